"""Everything that can go wrong between a client and this server, each to be switched on by number or name."""

from .frame import Active, Fault, Faults

__all__ = ["CATALOGUE", "Active", "Fault", "Faults"]

CATALOGUE: list[type[Fault]] = []

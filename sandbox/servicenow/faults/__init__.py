"""Everything that can go wrong between a client and this server, each to be switched on by number or name.

Number 46 (the Batch API) is not here: this server has no such API.
"""

from . import answers, concurrency, connections, operations, paging, signing_in, silence
from .frame import MATCHING, Active, Fault, Faults

__all__ = ["CATALOGUE", "MATCHING", "Active", "Fault", "Faults"]

CATALOGUE: list[type[Fault]] = sorted(
    [
        *concurrency.FAULTS,
        *silence.FAULTS,
        *answers.FAULTS,
        *connections.FAULTS,
        *signing_in.FAULTS,
        *paging.FAULTS,
        *operations.FAULTS,
    ],
    key=lambda kind: kind.number,
)

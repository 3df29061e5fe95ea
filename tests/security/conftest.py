"""The bot of these tests is started once for each file; see tests/standing.py."""

from tests.standing import standing

__all__ = ["standing"]

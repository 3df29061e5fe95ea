"""What digests are drawn from."""

import datetime as dt
from dataclasses import dataclass

from core.read_models import PersonView, StatementLine


@dataclass(frozen=True)
class Digest:
    """What one owner has not pushed yet. `working_days` is the age of the oldest edit."""

    person: PersonView
    local_date: dt.date
    total: int
    conflicts: int
    waiting: int
    working_days: int
    lines: tuple[StatementLine, ...]


@dataclass(frozen=True)
class RollUp:
    """What a team has not pushed yet, in counts; `systems` with theirs, most first. `working_days` is the oldest age."""

    local_date: dt.date
    total: int
    conflicts: int
    waiting: int
    owners: int
    working_days: int
    systems: tuple[tuple[str, int], ...]

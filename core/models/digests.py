"""What digests, and the notice of what may not be seen any more, are drawn from."""

import datetime as dt
import uuid
from dataclasses import dataclass

from core.models.requests import PersonView, StatementLine


@dataclass(frozen=True)
class DigestSettings:
    """A person's own settings. Where the hour is None or the days are empty, the deployment's count.

    `min_age` is in working days. `tells_results` is about direct messages on how a long push ended.
    """

    is_on: bool = True
    hour: int | None = None
    days: str = ""
    min_age: int = 0
    tells_results: bool = True


@dataclass(frozen=True)
class PersonalSettings:
    """A person's own settings, and what comes of them: the hour and the week days (Monday is 0) that count in their zone.

    `silent_until` is the first day on which there are reminders again, where they are snoozed.
    """

    own: DigestSettings
    hour: int
    days: frozenset[int]
    zone: str
    silent_until: dt.date | None = None


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


@dataclass(frozen=True)
class Unseen:
    """A finding: the `missing` statements by name, of which so many hold a local edit, and how many rows more are `hidden`.

    Hidden rows are counted by ServiceNow and not shown; statements of ours are among them only if they are missing too.
    """

    pull_id: uuid.UUID
    host: str
    missing: tuple[str, ...]
    edited: int
    hidden: int

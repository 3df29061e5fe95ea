"""What people, and grcpush itself, did: one line each, as histories tell it."""

import datetime as dt
from dataclasses import dataclass

from core.domain.audit import AuditKind
from core.domain.conflict import Choice
from core.domain.outcome import Level, Outcome
from core.models.edits import HistoryEntry, Subject
from core.models.requests import PersonView


@dataclass(frozen=True)
class Deed:
    """One event of the audit trail without any text: who did what to which statement, in which push request.

    `person` is None where grcpush itself did it. `channel` and `ts` say where the request's card is, if it is in Slack.
    """

    at: dt.datetime
    kind: AuditKind
    person: PersonView | None
    email: str = ""
    statement: str = ""
    number: int | None = None
    channel: str = ""
    ts: str = ""
    source: str = ""
    choice: Choice | None = None
    outcome: Outcome | None = None
    level: Level | None = None


@dataclass(frozen=True)
class Deeds:
    """A page of what somebody did, the newest first; `total` counts all of it, pages count from 0."""

    person: PersonView
    deeds: tuple[Deed, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class StatementHistory:
    """A page of what happened to a statement, the newest first: every save with its change, and everything else."""

    subject: Subject
    entries: tuple[HistoryEntry | Deed, ...]
    total: int
    page: int
    pages: int

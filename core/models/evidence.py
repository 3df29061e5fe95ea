"""What the evidence about one push holds: taken from the audit trail, with the number of each event beside it."""

import datetime as dt
import uuid
from dataclasses import dataclass

from core.domain.audit import AuditRecord
from core.domain.diff import TextDiff
from core.domain.outcome import Level, Outcome, is_success
from core.domain.push import Readiness
from core.models.requests import AuditVerdict


@dataclass(frozen=True)
class Said:
    """Something somebody did or said, and the event that records it. `where` tells the place of the act in words."""

    sequence: int
    at: dt.datetime
    name: str
    email: str
    via: str
    where: str = ""
    words: str = ""
    content_digest: str = ""


@dataclass(frozen=True)
class ShownText:
    """A text for people, beside the exact one and its SHA-256."""

    readable: str
    exact: str
    sha256: str


@dataclass(frozen=True)
class WriteEvidence:
    """One statement of the push. `before` is what ServiceNow held when it was written to, `stored` what it held after.

    `change` leads from what was there before to what was sent.
    """

    statement_id: uuid.UUID
    label: str
    control_name: str
    sn_sys_id: str
    approved_sha256: str
    readiness: str
    reason: str
    written_by: tuple[Said, ...]
    before: ShownText | None = None
    before_by: str = ""
    pushed: ShownText | None = None
    change: TextDiff | None = None
    stored: ShownText | None = None
    outcome: Outcome | None = None
    sentence: str = ""
    level: Level | None = None
    detail: str = ""
    attempts: tuple[int, ...] = ()
    ended: tuple[int, ...] = ()
    pushed_at: dt.datetime | None = None

    @property
    def is_in_the_push(self) -> bool:
        """Whether it was part of what was approved; what was left out, or settled otherwise, was not."""
        return self.readiness == Readiness.READY

    @property
    def is_stored_as_pushed(self) -> bool:
        """Whether ServiceNow stored exactly the bytes that were sent."""
        return self.pushed is not None and self.stored is not None and self.pushed.sha256 == self.stored.sha256


@dataclass(frozen=True)
class Evidence:
    """Everything about one push request."""

    number: int
    host: str
    state: str
    asked: Said
    content_digest: str
    approvals_required: int
    decisions: tuple[Said, ...]
    released: tuple[Said, ...]
    writes: tuple[WriteEvidence, ...]
    events: tuple[AuditRecord, ...]
    verdict: AuditVerdict
    made_at: dt.datetime
    made_by: str

    @property
    def good(self) -> tuple[WriteEvidence, ...]:
        """The statements of which ServiceNow holds the text."""
        return tuple(write for write in self.writes if write.outcome is not None and is_success(write.outcome))

    @property
    def bad(self) -> tuple[WriteEvidence, ...]:
        """The statements that were part of the push, and of which it does not."""
        return tuple(write for write in self.writes if write.is_in_the_push and write not in self.good)

    @property
    def left_out(self) -> tuple[WriteEvidence, ...]:
        """The statements that were asked for, and were no part of the push in the end."""
        return tuple(write for write in self.writes if not write.is_in_the_push)

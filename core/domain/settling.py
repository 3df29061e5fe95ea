"""What a look some seconds after the write, and ServiceNow's own audit, add to what its answer said.

The answer to a write only tells what is stored. Whether somebody's text was overwritten on the way, or ours right after,
shows in a second look and, where auditing is on, in the rows that name who changed the field from what to what.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.outcome import Level, Outcome
from core.domain.statement import RemoteVersion
from core.domain.write_protocol import Approved, suspicion
from core.text.content import fingerprint


@dataclass(frozen=True)
class Change:
    """One audited change of the field. `count` is the record's update count after it, None when it is not told."""

    user: str
    old_text: str
    new_text: str
    at: dt.datetime
    count: int | None = None


@dataclass(frozen=True)
class Evidence:
    """Everything known about one write: what was there before, what the answer said, and what was seen later.

    `changes` is None when the audit cannot be read (or was not asked); `service_user` is the login our writes bear.
    """

    approved: Approved
    before: RemoteVersion
    stored: RemoteVersion
    now: RemoteVersion | None
    changes: Sequence[Change] | None
    service_user: str | None


@dataclass(frozen=True)
class Settled:
    """The final word on a write. `lost_text` is somebody else's text that our write replaced, with its author."""

    outcome: Outcome
    level: Level
    detail: str = ""
    lost_text: str | None = None
    lost_author: str = ""


def settle(evidence: Evidence, answered: Outcome) -> Settled:
    """The final word, given what the answer to the write amounted to (`answered`)."""
    crossed = _crossed(evidence)
    if crossed is not None:
        return crossed
    level = Level.VERIFIED_BY_AUDIT if _our_change(evidence) is not None else Level.VERIFIED_BY_READBACK
    later = _later(evidence, level)
    if later is not None:
        return later
    doubt = suspicion(evidence.before, evidence.stored, evidence.service_user)
    if doubt and level is not Level.VERIFIED_BY_AUDIT and answered in (Outcome.PUSHED, Outcome.PUSHED_ALTERED):
        return Settled(Outcome.POSSIBLY_OVERWROTE, level, doubt)
    return Settled(answered, level)


def is_audit_complete(evidence: Evidence) -> bool:
    """Whether the audit shows our own write already: it may be written some seconds late."""
    return evidence.changes is None or _our_change(evidence) is not None


def _later(evidence: Evidence, level: Level) -> Settled | None:
    """Somebody changed or deleted the record after our write: told, nothing of theirs is lost."""
    if evidence.now is None:
        return Settled(Outcome.OVERWRITTEN_AFTER, level, "the record was deleted or hidden right after")
    kind = evidence.approved.kind
    if fingerprint(evidence.now.text, kind) == fingerprint(evidence.stored.text, kind):
        return None
    return Settled(Outcome.OVERWRITTEN_AFTER, level, f"changed by {evidence.now.stamp.updated_by or 'somebody'}")


def _crossed(evidence: Evidence) -> Settled | None:
    """Whether our write replaced a text that nobody had seen: the last one by somebody else before it."""
    ours = _our_change(evidence)
    if ours is None or evidence.changes is None:
        return None
    kind = evidence.approved.kind
    harmless = {fingerprint(evidence.before.text, kind), fingerprint(evidence.stored.text, kind)}
    recent = [change for change in evidence.changes if _is_since(change, evidence.before)]
    foreign = [change for change in recent if change is not ours and not _is_ours(change, evidence)]
    lost = [
        change
        for change in foreign
        if _came_before(change, ours, evidence) and fingerprint(change.new_text, kind) not in harmless
    ]
    if lost:
        return Settled(
            Outcome.OVERWROTE, Level.VERIFIED_BY_AUDIT, f"saved by {lost[-1].user}", lost[-1].new_text, lost[-1].user
        )
    if fingerprint(ours.old_text, kind) not in harmless:
        return Settled(Outcome.OVERWROTE, Level.VERIFIED_BY_AUDIT, "saved without a trace", ours.old_text)
    return None


def _our_change(evidence: Evidence) -> Change | None:
    mine = [
        change for change in evidence.changes or () if _is_since(change, evidence.before) and _is_ours(change, evidence)
    ]
    return mine[-1] if mine else None


def _is_ours(change: Change, evidence: Evidence) -> bool:
    """Ours bears our login (where it is known) and leaves what the answer said is stored."""
    kind = evidence.approved.kind
    if evidence.service_user is not None and change.user != evidence.service_user:
        return False
    written = {fingerprint(evidence.stored.text, kind), fingerprint(evidence.approved.text, kind)}
    return fingerprint(change.new_text, kind) in written


def _is_since(change: Change, before: RemoteVersion) -> bool:
    """Whether the change came after the version we looked at; by update count where it is told, else by the second."""
    if change.count is not None:
        return change.count > before.stamp.mod_count
    return before.stamp.updated_on is None or change.at >= before.stamp.updated_on


def _came_before(change: Change, ours: Change, evidence: Evidence) -> bool:
    """Whether somebody's change was replaced by ours and not the other way round.

    Within one second neither the stamp nor (where both writers loaded the same row) the count tells; then what the
    record holds now decides: while it is our text, ours was the last.
    """
    if change.at != ours.at:
        return change.at < ours.at
    if change.count is not None and ours.count is not None and change.count != ours.count:
        return change.count < ours.count
    kind = evidence.approved.kind
    return evidence.now is not None and fingerprint(evidence.now.text, kind) != fingerprint(change.new_text, kind)

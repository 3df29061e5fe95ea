"""The rules of one safe write: what to do after the last look, and what the answer proves.

ServiceNow offers no conditional update, and its 200 is no proof of a write. So every write is decided on a fresh look
at the record, and judged by what the record holds afterwards. Pure functions; the runner does the talking.
"""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.conflict import was_replaced
from core.domain.outcome import Level, Outcome
from core.domain.statement import RemoteVersion, Stamp
from core.text.content import Fingerprint, TextKind, fingerprint, lost_content


@dataclass(frozen=True)
class Approved:
    """What people agreed to: exactly these bytes, in place of a remote text equal to this fingerprint.

    `stamp` is the baseline's; `max_length` the field's, in characters, where it is known.
    """

    sys_id: str
    kind: TextKind
    text: str
    remote: Fingerprint
    stamp: Stamp
    max_length: int | None = None


@dataclass(frozen=True)
class Verdict:
    """The outcome a look or an answer amounts to, and what was proved."""

    outcome: Outcome
    level: Level | None = None
    detail: str = ""


class Trace(StrEnum):
    """What a look at the record says about a write whose answer never came.

    SAVED_AGAIN is the text from before under a newer stamp: another column was saved, or ours was stored and undone.
    """

    LANDED = "landed"
    UNTOUCHED = "untouched"
    SAVED_AGAIN = "saved_again"
    OTHER_TEXT = "other_text"
    GONE = "gone"


def decide(approved: Approved, now: RemoteVersion | None) -> Verdict | None:
    """What the last look before the write forbids, or None when the write may be sent."""
    if now is None:
        return Verdict(Outcome.GONE)
    if was_replaced(approved.stamp, now.stamp):
        return Verdict(Outcome.REPLACED)
    current = fingerprint(now.text, approved.kind)
    if current == fingerprint(approved.text, approved.kind):
        return Verdict(Outcome.ALREADY_THERE, Level.VERIFIED_BY_READBACK)
    if lost_content(now.text, approved.kind) or lost_content(approved.text, approved.kind):
        return Verdict(Outcome.LOSSY)
    if current != approved.remote:
        return Verdict(Outcome.CHANGED_SINCE_CHECK)
    if not now.is_writable:
        return Verdict(Outcome.LOCKED, detail=now.lock)
    if _is_too_long(approved, now):
        return Verdict(Outcome.TOO_LONG, detail=f"{len(approved.text)} characters, the field has {approved.max_length}")
    return None


def _is_too_long(approved: Approved, now: RemoteVersion) -> bool:
    """Whether the field may cut the text off. A field that already holds more than its length is evidently not held to it."""
    limit = approved.max_length
    return limit is not None and len(approved.text) > limit and len(now.text) <= limit


def judge_answer(
    approved: Approved, before: RemoteVersion, after: RemoteVersion, *, service_user: str | None
) -> Verdict:
    """What the answer to our write (or a later look at the record) proves about what is stored.

    A counter that moved by more than one, or a stamp by somebody else, makes the write suspect: a rule over there saved
    the record again, or somebody crossed us. Only the audit can tell; whoever settles the write looks there.
    """
    if was_replaced(before.stamp, after.stamp):
        return Verdict(Outcome.RECREATED, Level.VERIFIED_BY_READBACK)
    sent, stored = fingerprint(approved.text, approved.kind), fingerprint(after.text, approved.kind)
    doubt = suspicion(before, after, service_user)
    if stored == sent:
        return Verdict(Outcome.PUSHED, Level.VERIFIED_BY_READBACK, doubt)
    if after.text == before.text or stored == fingerprint(before.text, approved.kind):
        return Verdict(Outcome.NOT_WRITTEN, detail="" if _is_untouched(before, after) else doubt)
    is_foreign = is_by_other(after.stamp, service_user)
    if approved.text.startswith(after.text.rstrip()) and (after.text.strip() or not is_foreign):
        return Verdict(Outcome.TRUNCATED, Level.VERIFIED_BY_READBACK)
    if is_foreign:
        return Verdict(
            Outcome.OVERWRITTEN_AFTER, Level.VERIFIED_BY_READBACK, f"the record is {_stamped_by(after.stamp)}"
        )
    return Verdict(Outcome.PUSHED_ALTERED, Level.VERIFIED_BY_READBACK, doubt)


def judge_unknown(approved: Approved, before: RemoteVersion, now: RemoteVersion | None) -> Trace:
    """Read the record's state after an attempt whose answer never came.

    Only for UNTOUCHED may the write be sent again: the record is exactly what it was before the attempt.
    """
    if now is None:
        return Trace.GONE
    current = fingerprint(now.text, approved.kind)
    if current == fingerprint(approved.text, approved.kind):
        return Trace.LANDED
    if current != fingerprint(before.text, approved.kind):
        return Trace.OTHER_TEXT
    return Trace.UNTOUCHED if _is_untouched(before, now) else Trace.SAVED_AGAIN


def suspicion(before: RemoteVersion, after: RemoteVersion, service_user: str | None) -> str:
    """Why the stamps suggest that somebody else saved the record around our write; empty when they do not."""
    steps = after.stamp.mod_count - before.stamp.mod_count
    if is_by_other(after.stamp, service_user):
        return _stamped_by(after.stamp)
    if steps != 1:
        return f"the record was saved {steps} times since the last look"
    return ""


def is_by_other(stamp: Stamp, service_user: str | None) -> bool:
    """Whether the version is surely not ours. Logins are the same in any letter case."""
    return bool(service_user and stamp.updated_by) and stamp.updated_by.casefold() != (service_user or "").casefold()


def _is_untouched(before: RemoteVersion, after: RemoteVersion) -> bool:
    return after.stamp.is_same_version(before.stamp)


def _stamped_by(stamp: Stamp) -> str:
    return f"stamped by {stamp.updated_by}"

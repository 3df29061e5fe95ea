"""The rules of one safe write: what to do after the last look, and what the answer proves.

ServiceNow offers no conditional update, and its 200 is no proof of a write. So every write is decided on a fresh look
at the record, and judged by what the record holds afterwards. Pure functions; the runner does the talking.
"""

from dataclasses import dataclass

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
        return Verdict(Outcome.LOCKED)
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
    """What the answer to our write proves about what is stored.

    A counter that moved by more than one, or a stamp by somebody else, makes the write suspect: a rule over there saved
    the record again, or somebody crossed us. Only the audit trail can tell; the caller looks there.
    """
    sent, stored = fingerprint(approved.text, approved.kind), fingerprint(after.text, approved.kind)
    if stored == sent:
        return Verdict(Outcome.PUSHED, Level.VERIFIED_BY_READBACK, suspicion(before, after, service_user))
    if after.text == before.text or stored == fingerprint(before.text, approved.kind):
        return Verdict(Outcome.NOT_WRITTEN)
    if after.text and approved.text.startswith(after.text.rstrip()):
        return Verdict(Outcome.TRUNCATED, Level.VERIFIED_BY_READBACK)
    return Verdict(Outcome.PUSHED_ALTERED, Level.VERIFIED_BY_READBACK, suspicion(before, after, service_user))


@dataclass(frozen=True)
class ReadBack:
    """What a look after a write of unknown outcome says: it landed, it did not land yet, or somebody else wrote."""

    landed: bool
    may_send_again: bool


def judge_unknown(approved: Approved, before: RemoteVersion, now: RemoteVersion | None) -> ReadBack:
    """Read the record's state after an attempt whose answer never came.

    Sending again is safe only while the record is still exactly what it was before the attempt.
    """
    if now is None:
        return ReadBack(landed=False, may_send_again=False)
    current = fingerprint(now.text, approved.kind)
    if current == fingerprint(approved.text, approved.kind):
        return ReadBack(landed=True, may_send_again=False)
    untouched = current == fingerprint(before.text, approved.kind) and now.stamp.is_same_version(before.stamp)
    return ReadBack(landed=False, may_send_again=untouched)


def suspicion(before: RemoteVersion, after: RemoteVersion, service_user: str | None) -> str:
    """Why the stamps suggest that somebody else saved the record around our write; empty when they do not."""
    steps = after.stamp.mod_count - before.stamp.mod_count
    if service_user and after.stamp.updated_by not in ("", service_user):
        return f"stamped by {after.stamp.updated_by}"
    if steps != 1:
        return f"the record was saved {steps} times since the last look"
    return ""

"""What a look some seconds after the write, and ServiceNow's own audit, add to what its answer said.

The answer to a write only tells what is stored. Whether somebody's text was overwritten on the way, or ours right after,
shows in a second look and, where auditing is on, in the rows that name who changed the field from what to what.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.domain.conflict import was_replaced
from core.domain.crossing import lost_texts, our_changes, recent_changes
from core.domain.evidence import Evidence, Lost, Save
from core.domain.outcome import WRITTEN, Level, Outcome
from core.domain.write_protocol import is_by_other, suspicion


@dataclass(frozen=True)
class Settled:
    """The final word on a write. `lost` are texts by somebody else that our write replaced."""

    outcome: Outcome
    level: Level | None = None
    detail: str = ""
    lost: tuple[Lost, ...] = ()


def settle(evidence: Evidence, answered: Outcome) -> Settled:
    """The final word, given what the answer to the write amounted to (`answered`)."""
    if answered not in WRITTEN or evidence.stored is None:
        return _after_all(evidence, answered)
    ours = our_changes(evidence)
    level = Level.VERIFIED_BY_AUDIT if ours else Level.VERIFIED_BY_READBACK
    if lost := lost_texts(evidence):
        return Settled(Outcome.OVERWROTE, level, _savers(lost), lost)
    if answered is Outcome.RECREATED:
        return Settled(answered, level)
    if not evidence.holds(evidence.stored.text):
        return _overwritten_after(evidence, level)
    if answered is Outcome.OVERWRITTEN_AFTER and any(evidence.holds(change.new_text) for change in ours):
        return Settled(Outcome.PUSHED_ALTERED, level)  # a rule that saved once more, and no other person
    if answered is Outcome.PUSHED and not ours and _was_saved_by_other(evidence):
        return Settled(Outcome.ALREADY_THERE, Level.VERIFIED_BY_AUDIT, "somebody saved the same text just before us")
    if answered in (Outcome.PUSHED, Outcome.PUSHED_ALTERED) and (doubt := unexplained(evidence)):
        return Settled(Outcome.POSSIBLY_OVERWROTE, level, doubt)
    return Settled(answered, level)


def settle_late(evidence: Evidence, answered: Outcome) -> Settled:
    """The last word on a write of which a copy may have arrived late; `answered` itself where nothing came of it."""
    if answered in WRITTEN:
        if lost := lost_texts(evidence):
            return Settled(
                Outcome.OVERWROTE, Level.VERIFIED_BY_AUDIT, f"our write arrived twice, {_savers(lost)}", lost
            )
        if answered is not Outcome.RECREATED and _arrived_on_a_new_record(evidence):
            return Settled(Outcome.RECREATED, detail="our write arrived twice")
        if evidence.changes is None and _arrived_again(evidence):
            detail = "our write arrived twice, and somebody may have saved in between"
            return Settled(Outcome.POSSIBLY_OVERWROTE, Level.VERIFIED_BY_READBACK, detail)
        return Settled(answered)
    found = _after_all(evidence, answered)
    if found.outcome is not answered or answered not in (Outcome.IN_DOUBT, Outcome.OVERTAKEN):
        return found
    if evidence.now is None:
        return Settled(Outcome.GONE)
    if evidence.mark(evidence.now.text) == evidence.approved.remote:
        return Settled(Outcome.UNAVAILABLE, detail="The write never arrived.")
    return Settled(Outcome.OVERTAKEN if evidence.changes is None else Outcome.CHANGED_SINCE_CHECK)


def is_audit_complete(evidence: Evidence) -> bool:
    """Whether the audit shows our own write already: it may be written some seconds late."""
    return evidence.changes is None or bool(our_changes(evidence))


def unexplained(evidence: Evidence) -> str:
    """Why somebody else may have been overwritten, as far as the audit does not clear it up; empty when it does.

    It does when it shows our own change and, for each step of the record's update count, a save of whichever column.
    """
    if evidence.stored is None:
        return ""
    doubt = suspicion(evidence.before, evidence.stored, evidence.service_user)
    if not doubt or not our_changes(evidence):
        return doubt
    before = evidence.before.stamp
    saves = {Save(change.user, change.at, change.count) for change in evidence.changes or ()} | set(evidence.saves)
    steps = range(before.mod_count + 1, evidence.stored.stamp.mod_count + 1)
    if all(save.count is not None for save in saves):
        return "" if {save.count for save in saves} >= set(steps) else doubt
    since = [save for save in saves if before.updated_on is not None and save.at >= before.updated_on]
    since = [save for save in since if (save.user, save.at) != (before.updated_by, before.updated_on)]
    return "" if len(since) >= len(steps) else doubt


def _after_all(evidence: Evidence, answered: Outcome) -> Settled:
    """A write that was refused, or whose answer never came: whether it was stored all the same."""
    if evidence.now is not None and evidence.holds(evidence.approved.text):
        is_new = was_replaced(evidence.before.stamp, evidence.now.stamp)
        found = settle(replace(evidence, stored=evidence.now), Outcome.RECREATED if is_new else Outcome.PUSHED)
        return replace(found, detail=found.detail or "ServiceNow stored it without saying so")
    if not our_changes(evidence):
        return Settled(answered)
    if lost := lost_texts(evidence):
        return Settled(Outcome.OVERWROTE, Level.VERIFIED_BY_AUDIT, _savers(lost), lost)
    return _overwritten_after(evidence, Level.VERIFIED_BY_AUDIT)


def _overwritten_after(evidence: Evidence, level: Level) -> Settled:
    """Somebody changed or deleted the record after our write: told, nothing of theirs is lost."""
    if evidence.now is None:
        return Settled(Outcome.OVERWRITTEN_AFTER, level, "the record was deleted or hidden right after")
    return Settled(Outcome.OVERWRITTEN_AFTER, level, f"changed by {evidence.now.stamp.updated_by or 'somebody'}")


def _was_saved_by_other(evidence: Evidence) -> bool:
    sent = evidence.mark(evidence.approved.text)
    return any(evidence.mark(change.new_text) == sent for change in recent_changes(evidence))


def _arrived_again(evidence: Evidence) -> bool:
    stored, now = evidence.stored, evidence.now
    if stored is None or now is None or is_by_other(now.stamp, evidence.service_user):
        return False
    return evidence.holds(stored.text) and now.stamp.mod_count > stored.stamp.mod_count


def _arrived_on_a_new_record(evidence: Evidence) -> bool:
    """Whether the record was deleted and made anew since, and a second copy of our write may have come after that."""
    if evidence.now is None or not was_replaced(evidence.before.stamp, evidence.now.stamp):
        return False
    return len(our_changes(evidence)) > 1 or evidence.holds(evidence.approved.text)


def _savers(lost: Sequence[Lost]) -> str:
    authors = dict.fromkeys(text.author for text in lost if text.author)
    return f"saved by {', '.join(authors)}" if authors else "saved without a trace"

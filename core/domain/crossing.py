"""Reading ServiceNow's audit of one field: which change was ours, and whose text it replaced unseen.

The rows have times in whole seconds, sometimes written late, and an update count that two saves may share when they
crossed. So their order is only believed as far as it goes, and every text that may have been lost is told.
"""

from core.domain.conflict import was_replaced
from core.domain.evidence import Change, Evidence, Lost
from core.domain.statement import RemoteVersion
from core.domain.write_protocol import is_by_other
from core.text.content import Fingerprint


def are_cut_off(evidence: Evidence) -> bool:
    """Whether the audit keeps only the beginning of long texts, so that its rows prove nothing about this write."""
    written = _written(evidence)
    return any(
        change.new_text
        and evidence.approved.text.startswith(change.new_text)
        and evidence.mark(change.new_text) not in written
        for change in recent_changes(evidence)
        if _is_by_us(change, evidence)
    )


def our_changes(evidence: Evidence) -> list[Change]:
    """The changes that are ours: under our login, since the version we looked at, to what we sent or what was stored."""
    return [change for change in recent_changes(evidence) if _is_ours(change, evidence)]


def lost_texts(evidence: Evidence) -> tuple[Lost, ...]:
    """The texts by others that our write replaced although nobody had seen them, each once.

    Those are the changes by others that came before one of ours and were not themselves replaced by another change
    first; and what our own rows say that they replaced. Texts that were known, or that the record holds now, are not lost;
    nor is what the answer showed as stored, unless it was somebody else's: a copy of our write may have come after it.
    """
    ours = our_changes(evidence)
    replaced = [
        change for change in recent_changes(evidence) if change not in ours and _was_replaced(change, ours, evidence)
    ]
    last = [change for change in replaced if not _was_superseded(change, replaced, evidence)] or replaced
    authors = {evidence.mark(change.new_text): change.user for change in sorted(replaced, key=_place)}
    found = [Lost(change.new_text, change.user) for change in sorted(last, key=_place)]
    found += [
        Lost(change.old_text, authors.get(evidence.mark(change.old_text), "")) for change in sorted(ours, key=_place)
    ]
    known = {evidence.mark(text) for text in (evidence.before.text, evidence.approved.text)} | {
        evidence.approved.remote
    }
    known |= evidence.agreed
    known |= {evidence.mark(version.text) for version in (_stored_by_us(evidence), evidence.now) if version is not None}
    lost = []
    for text in found:
        mark = evidence.mark(text.text)
        if mark not in known:
            known.add(mark)
            lost.append(text)
    return tuple(lost)


def recent_changes(evidence: Evidence) -> list[Change]:
    """The changes since the version we looked at: by update count where it is told, else by the second.

    A change to another text under the very count of that version crossed the save that made it. A version stamped later
    than our own write had its stamp forged, or the clock went back: then our write's stamp is the earliest to go by.
    """
    before, seen = evidence.before.stamp, evidence.mark(evidence.before.text)
    is_new_record = evidence.now is not None and was_replaced(before, evidence.now.stamp)
    written = evidence.stored.stamp.updated_on if evidence.stored is not None else None
    began = before.updated_on if before.updated_on is None or written is None else min(before.updated_on, written)

    def is_recent(change: Change) -> bool:
        if change.count is None or is_new_record:
            return began is None or change.at >= began
        return change.count > before.mod_count or (
            change.count == before.mod_count and evidence.mark(change.new_text) != seen
        )

    return [change for change in evidence.changes or () if is_recent(change)]


def _is_ours(change: Change, evidence: Evidence) -> bool:
    return _is_by_us(change, evidence) and evidence.mark(change.new_text) in _written(evidence)


def _is_by_us(change: Change, evidence: Evidence) -> bool:
    user = evidence.service_user
    return user is None or change.user.casefold() == user.casefold()


def _written(evidence: Evidence) -> set[Fingerprint]:
    """What we sent, and what the answer says is stored."""
    stored = {evidence.mark(evidence.stored.text)} if evidence.stored is not None else set()
    return {evidence.mark(evidence.approved.text)} | stored


def _was_replaced(change: Change, ours: list[Change], evidence: Evidence) -> bool:
    """Whether one of our writes came after the change.

    While the record holds our text ours was the last, whatever the rows' times say; also when our row is not there yet.
    """
    if evidence.holds(evidence.approved.text) or _holds_our_rendering(evidence):
        return True
    return any(_came_before(change, own) for own in ours)


def _stored_by_us(evidence: Evidence) -> RemoteVersion | None:
    """What the answer showed as stored, if it may be what ServiceNow made of our text."""
    stored = evidence.stored
    return None if stored is None or is_by_other(stored.stamp, evidence.service_user) else stored


def _holds_our_rendering(evidence: Evidence) -> bool:
    """Whether the record still holds what ServiceNow made of our text."""
    stored = _stored_by_us(evidence)
    return stored is not None and evidence.holds(stored.text)


def _came_before(change: Change, own: Change) -> bool:
    """Rows that neither count nor time tells apart may have come in either order, so the worse is taken."""
    if change.count is not None and own.count is not None and change.count != own.count:
        return change.count < own.count
    return change.at <= own.at


def _was_superseded(change: Change, others: list[Change], evidence: Evidence) -> bool:
    """Whether a change that is surely a later one says that it replaced this one's text.

    Of two saves in one second without a count, either may have come last: then both texts are told.
    """
    text = evidence.mark(change.new_text)
    return any(_is_earlier(change, other) and evidence.mark(other.old_text) == text for other in others)


def _is_earlier(one: Change, other: Change) -> bool:
    if one.count is not None and other.count is not None and one.count != other.count:
        return one.count < other.count
    return one.at < other.at


def _place(change: Change) -> tuple[object, ...]:
    return (change.at, change.count or 0, change.user, change.new_text, change.old_text)

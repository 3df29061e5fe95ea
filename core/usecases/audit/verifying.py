"""Checking the audit trail: the chain of hashes from the first event to the noted end."""

from dataclasses import dataclass

from core.domain.audit import GENESIS, AuditRecord
from core.models.requests import AuditVerdict
from core.store import audit
from core.wiring import Core


@dataclass(frozen=True)
class NotedHead:
    """An end of the trail that somebody noted elsewhere: who holds one can tell when the whole chain was made anew."""

    sequence: int
    hash: str


async def verify_audit(core: Core, noted: NotedHead | None = None) -> AuditVerdict:
    """Walk the whole chain; the verdict names the first event that was changed, removed, inserted or moved.

    The chain alone cannot show that its end was cut off, or everything after some event made anew, together with the
    noted end in the same database. `noted` is an end known from elsewhere, which must still be part of the chain.
    """
    count, previous = 0, GENESIS
    seen_noted = noted is None or (noted.sequence, noted.hash) == (0, GENESIS)
    async with core.db.reading() as tx:
        head_sequence, head_hash = await audit.head(tx)
        async for record in audit.walk(tx):
            fault = _fault_of(record, count, previous, head_sequence)
            if fault:
                return AuditVerdict(count, previous, fault, count + 1)
            count, previous = record.sequence, record.hash
            if noted is not None and noted.sequence == count:
                if noted.hash.lower() != previous:
                    return AuditVerdict(count, previous, f"Event {count} is not the one whose hash was noted.", count)
                seen_noted = True
    if fault := _end_fault(count, previous, head_sequence, head_hash):
        return AuditVerdict(count, previous, fault, count if count == head_sequence else count + 1)
    if noted is not None and not seen_noted:
        return AuditVerdict(count, previous, f"Event {noted.sequence}, whose hash was noted, is not there.", count + 1)
    return AuditVerdict(count, previous)


def _fault_of(record: AuditRecord, count: int, previous: str, head_sequence: int) -> str:
    """What is wrong with the event that follows `count` good ones; empty when nothing is."""
    if record.sequence != count + 1:
        return f"Event {count + 1} is missing: the next one is {record.sequence}."
    if record.sequence > head_sequence:
        return f"Event {record.sequence} was added from outside: only {head_sequence} were written."
    if record.previous_hash != previous:
        return f"Event {record.sequence} does not follow event {count}: one of them was changed, moved or put there."
    if record.expected_hash() != record.hash:
        return f"Event {record.sequence} was changed after it was written."
    return ""


def _end_fault(count: int, previous: str, head_sequence: int, head_hash: str) -> str:
    if count < head_sequence:
        return f"The trail ends at event {count}, but {head_sequence} were written: the end was cut off."
    if previous != head_hash:
        return f"Event {count}, the last one, is not the one that was written last."
    return ""

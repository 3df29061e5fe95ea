"""Checking and reading the audit trail."""

from core.domain.audit import GENESIS
from core.read_models import AuditVerdict
from core.store import audit
from core.wiring import Core


async def verify_audit(core: Core) -> AuditVerdict:
    """Walk the whole chain; the verdict names the first event that was changed, removed, inserted or moved."""
    expected_sequence, previous = 1, GENESIS
    async with core.db.reading() as tx:
        head_sequence, head_hash = await audit.head(tx)
        async for record in audit.walk(tx):
            if record.sequence != expected_sequence:
                fault = f"Event {expected_sequence} is missing: the next one is {record.sequence}."
                return AuditVerdict(expected_sequence - 1, previous, fault, expected_sequence)
            if record.previous_hash != previous:
                fault = (
                    f"Event {record.sequence} does not follow its predecessor: something was changed or inserted there."
                )
                return AuditVerdict(expected_sequence - 1, previous, fault, record.sequence)
            if record.expected_hash() != record.hash:
                fault = f"Event {record.sequence} was changed after it was written."
                return AuditVerdict(expected_sequence - 1, previous, fault, record.sequence)
            previous = record.hash
            expected_sequence += 1
    if (head_sequence, head_hash) != (expected_sequence - 1, previous):
        fault = (
            f"The trail ends at event {expected_sequence - 1}, but {head_sequence} were written: the end was cut off."
        )
        return AuditVerdict(expected_sequence - 1, previous, fault, expected_sequence)
    return AuditVerdict(expected_sequence - 1, previous)

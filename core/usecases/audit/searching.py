"""Reading the audit trail: an admin's right, because it holds every text that was ever pushed."""

import uuid
from collections.abc import AsyncGenerator, Sequence

from core.domain.actor import Actor, Role
from core.domain.audit import AuditRecord
from core.store.audit_search import AuditFilter, list_events, newest_events, walk_events
from core.store.statements import labels_of
from core.wiring import Core


async def search_audit(
    core: Core, actor: Actor, wanted: AuditFilter, *, after: int = 0, limit: int
) -> list[AuditRecord]:
    """The events that match, in order, from the one behind `after` on. Raises NotAllowed."""
    actor.require(Role.ADMIN)
    async with core.db.reading() as tx:
        return await list_events(tx, wanted, after=after, limit=limit)


async def latest_audit(core: Core, actor: Actor, wanted: AuditFilter, *, limit: int) -> list[AuditRecord]:
    """The last events that match, in order. Raises NotAllowed."""
    actor.require(Role.ADMIN)
    async with core.db.reading() as tx:
        return await newest_events(tx, wanted, limit=limit)


async def labels_in(core: Core, records: Sequence[AuditRecord]) -> dict[str, str]:
    """How people name the statements that these events are about, by their ids."""
    ids = [uuid.UUID(record.entity_id) for record in records if record.entity_type == "statement"]
    async with core.db.reading() as tx:
        return {str(statement_id): label for statement_id, label in (await labels_of(tx, ids)).items()}


async def export_audit(core: Core, actor: Actor, wanted: AuditFilter) -> AsyncGenerator[AuditRecord, None]:
    """Every event that matches, in order, as the trail was at one moment. Raises NotAllowed."""
    actor.require(Role.ADMIN)
    async with core.db.reading() as tx:
        async for record in walk_events(tx, wanted):
            yield record

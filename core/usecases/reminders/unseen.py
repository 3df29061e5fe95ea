"""What grcpush may not see in ServiceNow any more, as pulls and checks found it: told to people once for each finding.

A record that is gone and one that is hidden look alike from here. What was found is read from the audit trail, so that it is
told whoever pulled, and after a restart.
"""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.audit import AuditKind
from core.domain.statement import SyncStatus
from core.models.digests import Unseen
from core.store.messages import find_message
from core.store.pulls import full_pulls
from core.store.push_tables import AuditEventRow
from core.store.statements import get_many
from core.wiring import Core

UNSEEN = "unseen"
"""The kind of the message in Slack that tells a finding; its entity is the pull that ended next."""

# What was found longer ago, before this was told at all or while nothing could be told, is seen in Home and the status.
_TOLD_WITHIN = dt.timedelta(days=2)


async def untold_findings(core: Core) -> list[Unseen]:
    """What was found in the last two days and is still so, and was not told yet; oldest first."""
    async with core.db.reading() as tx:
        told = []
        rises = await _rises(tx)
        for pull_id, statement_ids in (await _found(tx, core.clock.now() - _TOLD_WITHIN)).items():
            finding = await _finding(core, tx, pull_id, statement_ids, rises.get(pull_id, 0))
            known = await find_message(tx, UNSEEN, pull_id)
            if (finding.missing or finding.hidden) and (known is None or not known.drawn_hash):
                told.append(finding)
    return told


async def _found(tx: AsyncSession, since: dt.datetime) -> dict[uuid.UUID, Sequence[uuid.UUID]]:
    """For each pull that ended since then, the statements that were found missing between the one before and its end."""
    kinds = (AuditKind.STATEMENT_MISSING.value, AuditKind.PULL_FINISHED.value)
    query = select(AuditEventRow.kind, AuditEventRow.entity_id).where(
        col(AuditEventRow.kind).in_(kinds), col(AuditEventRow.at) >= since
    )
    found: dict[uuid.UUID, Sequence[uuid.UUID]] = {}
    missing: list[uuid.UUID] = []
    for kind, entity_id in (await tx.exec(query.order_by(col(AuditEventRow.sequence)))).all():
        if kind == AuditKind.STATEMENT_MISSING.value:
            missing.append(uuid.UUID(entity_id))
        else:
            found[uuid.UUID(entity_id)], missing = missing, []
    return found


async def _rises(tx: AsyncSession) -> Mapping[uuid.UUID, int]:
    """By how many each full pull found more rows hidden than the full pull before it."""
    rises, before = {}, 0
    for pull in await full_pulls(tx):
        rises[pull.id], before = max(0, pull.hidden - before), pull.hidden
    return rises


async def _finding(
    core: Core, tx: AsyncSession, pull_id: uuid.UUID, statement_ids: Sequence[uuid.UUID], hidden: int
) -> Unseen:
    found = (await get_many(tx, list(dict.fromkeys(statement_ids)))).values() if statement_ids else ()
    missing = [joined for joined in found if joined[0].sync_status == SyncStatus.MISSING.value]
    return Unseen(
        pull_id=pull_id,
        host=core.servicenow.host,
        missing=tuple(f"{system.name}/{control.number}" for _, control, system in missing),
        edited=sum(row.is_modified for row, _, _ in missing),
        hidden=hidden,
    )

"""Throwing away what nobody will ask for again. Never an audit event, an edit, or anything about a push that was asked for."""

import datetime as dt
import logging

from sqlalchemy import CursorResult, delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.push import RequestState
from core.store.api_tables import IdempotencyKeyRow
from core.store.pulls import last_full_pull, last_pull
from core.store.push_tables import PushItemRow, PushJobRow, PushRequestRow, RequestItemRow
from core.store.tables import DigestRunRow, DrawingLeaseRow, PullRow, SelectionRow
from core.usecases.operations import idempotency
from core.wiring import Core

log = logging.getLogger(__name__)

DRAFTS_KEPT = dt.timedelta(days=7)
SELECTIONS_KEPT = dt.timedelta(days=7)
PULLS_KEPT = dt.timedelta(days=30)
DIGESTS_KEPT = dt.timedelta(days=90)
LEASES_KEPT = dt.timedelta(days=1)


async def throw_old_away(core: Core) -> dict[str, int]:
    """Delete previews that were never asked for, lists that nobody finished, and notes about what is long over.

    Gives back how many rows of each kind went.
    """
    now = core.clock.now()
    async with core.db.transaction() as tx:
        thrown = {
            "drafts": await _drafts(tx, now - DRAFTS_KEPT),
            "selections": await _older(tx, SelectionRow, SelectionRow.updated_at, now - SELECTIONS_KEPT),
            "idempotency_keys": await _older(
                tx, IdempotencyKeyRow, IdempotencyKeyRow.started_at, now - idempotency.KEPT
            ),
            "pulls": await _pulls(tx, now - PULLS_KEPT),
            "digest_runs": await _older(tx, DigestRunRow, DigestRunRow.made_at, now - DIGESTS_KEPT),
            "drawing_leases": await _older(tx, DrawingLeaseRow, DrawingLeaseRow.until, now - LEASES_KEPT),
        }
    if any(thrown.values()):
        log.info("housekeeping.done %s", " ".join(f"{kind}={count}" for kind, count in thrown.items()))
    return thrown


async def _drafts(tx: AsyncSession, before: dt.datetime) -> int:
    """Drafts with what belongs to them. A draft was never shown to anybody but its maker, and has no audit event."""
    old = select(PushRequestRow.id).where(
        PushRequestRow.state == RequestState.DRAFT.value, col(PushRequestRow.created_at) < before
    )
    jobs = select(PushJobRow.id).where(col(PushJobRow.request_id).in_(old))
    await tx.exec(delete(PushItemRow).where(col(PushItemRow.job_id).in_(jobs)))
    await tx.exec(delete(PushJobRow).where(col(PushJobRow.request_id).in_(old)))
    await tx.exec(delete(RequestItemRow).where(col(RequestItemRow.request_id).in_(old)))
    return _count(await tx.exec(delete(PushRequestRow).where(col(PushRequestRow.id).in_(old))))


async def _pulls(tx: AsyncSession, before: dt.datetime) -> int:
    """Pulls of long ago, but for the newest of each kind that came to its end: the next pull goes on from them."""
    kept = [pull.id for pull in (await last_pull(tx), await last_full_pull(tx)) if pull is not None]
    return _count(await tx.exec(delete(PullRow).where(col(PullRow.started_at) < before, col(PullRow.id).not_in(kept))))


async def _older(tx: AsyncSession, table: type, moment: object, before: dt.datetime) -> int:
    return _count(await tx.exec(delete(table).where(col(moment) < before)))


def _count(result: CursorResult[object]) -> int:
    return max(0, result.rowcount)

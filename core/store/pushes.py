"""Queries for push requests, approvals and jobs."""

import datetime as dt
import uuid
from collections.abc import Sequence

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.push import OPEN_STATES, Readiness, RequestState
from core.errors import NotFound
from core.store.parts import in_parts
from core.store.push_tables import ApprovalRow, PushItemRow, PushJobRow, PushRequestRow, RequestItemRow
from core.store.tables import SwitchRow

PAUSE = "pause"
OPEN = tuple(state.value for state in OPEN_STATES)
HOLDING = (Readiness.READY.value, Readiness.CONFLICT.value)
"""How a statement stands in an open request that holds it: no other request may have it meanwhile."""
_NOT_STARTED = (RequestState.DRAFT.value, RequestState.SETTLING.value, RequestState.WAITING.value)


async def get_request(tx: AsyncSession, request_id: uuid.UUID) -> PushRequestRow:
    """One request, as it is in the database now; raises NotFound."""
    row = await tx.get(PushRequestRow, request_id, populate_existing=True)
    if row is None:
        raise NotFound("There is no such push request.", next_step="Check its number or id.")
    return row


async def next_number(tx: AsyncSession) -> int:
    """The next request number, for a writing transaction: those run one at a time, so none is given out twice."""
    return ((await tx.exec(select(func.max(PushRequestRow.number)))).one() or 0) + 1


async def list_items(tx: AsyncSession, request_id: uuid.UUID) -> list[RequestItemRow]:
    """The statements of a request, in order."""
    query = select(RequestItemRow).where(RequestItemRow.request_id == request_id).order_by(col(RequestItemRow.position))
    return list((await tx.exec(query)).all())


async def list_decisions(tx: AsyncSession, request_id: uuid.UUID) -> list[ApprovalRow]:
    """The decisions on a request, also those that were taken back, oldest first."""
    query = select(ApprovalRow).where(ApprovalRow.request_id == request_id).order_by(col(ApprovalRow.decided_at))
    return list((await tx.exec(query)).all())


async def list_approvals(tx: AsyncSession, request_id: uuid.UUID) -> list[ApprovalRow]:
    """The decisions on a request that were not taken back, oldest first."""
    return [row for row in await list_decisions(tx, request_id) if row.withdrawn_at is None]


async def find_approval(
    tx: AsyncSession, request_id: uuid.UUID, person_id: uuid.UUID, content_digest: str
) -> ApprovalRow | None:
    """What a person decided about this content, also when it was taken back."""
    query = select(ApprovalRow).where(
        ApprovalRow.request_id == request_id,
        ApprovalRow.person_id == person_id,
        ApprovalRow.content_digest == content_digest,
    )
    return (await tx.exec(query)).first()


async def list_jobs(tx: AsyncSession, request_id: uuid.UUID) -> list[PushJobRow]:
    """The runs of a request, oldest first."""
    query = select(PushJobRow).where(PushJobRow.request_id == request_id).order_by(col(PushJobRow.created_at))
    return list((await tx.exec(query)).all())


async def get_job(tx: AsyncSession, job_id: uuid.UUID) -> PushJobRow:
    """One run; raises NotFound."""
    row = await tx.get(PushJobRow, job_id, populate_existing=True)
    if row is None:
        raise NotFound("There is no such push job.", next_step="Check its id.")
    return row


async def list_push_items(tx: AsyncSession, job_ids: Sequence[uuid.UUID]) -> list[PushItemRow]:
    """The items of these jobs, oldest job first: of a statement that was tried again, the newest attempt comes last."""
    query = (
        select(PushItemRow)
        .join(PushJobRow, col(PushItemRow.job_id) == col(PushJobRow.id))
        .where(col(PushItemRow.job_id).in_(job_ids))
        .order_by(col(PushJobRow.created_at), col(PushItemRow.position))
    )
    return list((await tx.exec(query)).all())


async def open_requests_with(tx: AsyncSession, statement_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, PushRequestRow]:
    """For each statement that is part of an open request, that request."""
    found: dict[uuid.UUID, PushRequestRow] = {}
    for part in in_parts(statement_ids):
        query = (
            select(RequestItemRow.statement_id, PushRequestRow)
            .join(PushRequestRow, col(RequestItemRow.request_id) == col(PushRequestRow.id))
            .where(
                col(RequestItemRow.statement_id).in_(part),
                col(RequestItemRow.readiness).in_(HOLDING),
                col(PushRequestRow.state).in_(OPEN),
            )
        )
        found.update(dict((await tx.exec(query)).all()))
    return found


async def items_for_conflict(tx: AsyncSession, conflict_id: uuid.UUID) -> list[tuple[RequestItemRow, PushRequestRow]]:
    """The items of requests that have not begun, and of drafts, in which this conflict was found."""
    query = (
        select(RequestItemRow, PushRequestRow)
        .join(PushRequestRow, col(RequestItemRow.request_id) == col(PushRequestRow.id))
        .where(
            RequestItemRow.conflict_id == conflict_id,
            col(PushRequestRow.state).in_(_NOT_STARTED),
        )
    )
    return [(item, request) for item, request in (await tx.exec(query)).all()]


async def started_with_conflict(tx: AsyncSession, conflict_id: uuid.UUID) -> list[PushRequestRow]:
    """The requests that show this conflict and wait for nothing any more: their push has begun, or they have ended."""
    shown = select(RequestItemRow.request_id).where(RequestItemRow.conflict_id == conflict_id)
    query = select(PushRequestRow).where(
        col(PushRequestRow.id).in_(shown),
        col(PushRequestRow.state).not_in(_NOT_STARTED),
        col(PushRequestRow.number).is_not(None),
    )
    return list((await tx.exec(query)).all())


async def requesters_for_conflict(tx: AsyncSession, conflict_id: uuid.UUID) -> set[uuid.UUID]:
    """The people whose push requests, open or ended, show this conflict."""
    query = (
        select(PushRequestRow.requested_by)
        .join(RequestItemRow, col(RequestItemRow.request_id) == col(PushRequestRow.id))
        .where(RequestItemRow.conflict_id == conflict_id)
    )
    return set((await tx.exec(query)).all())


async def requests_since(tx: AsyncSession, person_id: uuid.UUID, since: dt.datetime) -> Sequence[dt.datetime]:
    """When the person made each of their requests since then, the newest first; drafts do not count."""
    query = select(PushRequestRow.created_at).where(
        PushRequestRow.requested_by == person_id,
        col(PushRequestRow.created_at) >= since,
        PushRequestRow.state != RequestState.DRAFT.value,
    )
    return (await tx.exec(query.order_by(col(PushRequestRow.created_at).desc()))).all()


async def is_paused(tx: AsyncSession) -> bool:
    """Whether an admin stopped all writing."""
    row = await tx.get(SwitchRow, PAUSE, populate_existing=True)
    return row is not None and row.is_on


async def item_counts(tx: AsyncSession, job_ids: Sequence[uuid.UUID]) -> dict[tuple[uuid.UUID, str, str | None], int]:
    """How many items each job has in each (state, outcome)."""
    query = (
        select(PushItemRow.job_id, PushItemRow.state, PushItemRow.outcome, func.count())
        .where(col(PushItemRow.job_id).in_(job_ids))
        .group_by(col(PushItemRow.job_id), col(PushItemRow.state), col(PushItemRow.outcome))
    )
    return {(job_id, state, outcome): count for job_id, state, outcome, count in (await tx.exec(query)).all()}

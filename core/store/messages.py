"""Queries for where drawings stand in Slack."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import and_, update
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.push import OPEN_STATES, RequestState
from core.store.push_tables import PushRequestRow
from core.store.tables import ConflictRow, SlackMessageRow

REQUEST, CONFLICT = "request", "conflict"


def conflict_in(request_id: uuid.UUID) -> str:
    """The kind of a conflict's drawing in the thread of one request: two requests may meet the same conflict."""
    return f"{CONFLICT}:{request_id.hex}"


@dataclass(frozen=True)
class Place:
    """Where a message is in Slack."""

    channel: str
    ts: str


async def find_message(tx: AsyncSession, kind: str, entity_id: uuid.UUID) -> SlackMessageRow | None:
    """The drawing of a thing, if it was made."""
    query = select(SlackMessageRow).where(SlackMessageRow.kind == kind, SlackMessageRow.entity_id == entity_id)
    return (await tx.exec(query)).first()


async def find_by_place(tx: AsyncSession, place: Place) -> SlackMessageRow | None:
    """What a message in Slack is a drawing of."""
    query = select(SlackMessageRow).where(SlackMessageRow.channel == place.channel, SlackMessageRow.ts == place.ts)
    return (await tx.exec(query)).first()


async def places_of_requests(tx: AsyncSession, request_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Place]:
    """Where the cards of these requests are; those that were not drawn, or are lost, are absent."""
    if not request_ids:
        return {}
    query = select(SlackMessageRow).where(
        SlackMessageRow.kind == REQUEST, col(SlackMessageRow.entity_id).in_(request_ids), SlackMessageRow.ts != ""
    )
    return {row.entity_id: Place(row.channel, row.ts) for row in (await tx.exec(query)).all()}


async def list_outdated(tx: AsyncSession) -> list[uuid.UUID]:
    """Requests whose card is missing or older than they are."""
    drawn = and_(col(SlackMessageRow.entity_id) == col(PushRequestRow.id), col(SlackMessageRow.kind) == REQUEST)
    query = (
        select(PushRequestRow.id)
        .join(SlackMessageRow, drawn, isouter=True)
        .where(
            PushRequestRow.state != RequestState.DRAFT.value,
            col(PushRequestRow.number).is_not(None),
            or_(col(SlackMessageRow.id).is_(None), col(SlackMessageRow.drawn_version) < col(PushRequestRow.version)),
        )
    )
    return list((await tx.exec(query)).all())


async def forget_open_drawings(tx: AsyncSession) -> None:
    """Forget what is drawn of every request and conflict that still waits for somebody."""
    requests = select(PushRequestRow.id).where(col(PushRequestRow.state).in_([state.value for state in OPEN_STATES]))
    conflicts = select(ConflictRow.id).where(col(ConflictRow.is_open).is_(True))
    is_conflict = col(SlackMessageRow.kind).startswith(f"{CONFLICT}:")
    for is_kind, open_ones in ((col(SlackMessageRow.kind) == REQUEST, requests), (is_conflict, conflicts)):
        await tx.exec(
            update(SlackMessageRow)
            .where(is_kind, col(SlackMessageRow.entity_id).in_(open_ones))
            .values(drawn_hash="", drawn_version=0)
        )

"""Queries for conflicts."""

import uuid
from collections.abc import Iterable, Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.conflict import ConflictKind
from core.errors import NotFound
from core.store.parts import in_parts, rows_by_id
from core.store.tables import ConflictRow


async def get_conflict(tx: AsyncSession, conflict_id: uuid.UUID) -> ConflictRow:
    """One conflict; raises NotFound."""
    row = await tx.get(ConflictRow, conflict_id)
    if row is None:
        raise NotFound("There is no such conflict.", next_step="Look at the card again.")
    return row


async def find_open(tx: AsyncSession, statement_id: uuid.UUID) -> ConflictRow | None:
    """The open conflict between the statement's local text and ServiceNow's, if there is one."""
    query = select(ConflictRow).where(
        ConflictRow.statement_id == statement_id,
        col(ConflictRow.is_open).is_(True),
        ConflictRow.kind == ConflictKind.CHANGED.value,
    )
    return (await tx.exec(query)).first()


async def open_by_statement(tx: AsyncSession, statement_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, ConflictRow]:
    """The open conflicts between the local texts of these statements and ServiceNow's, by statement."""
    found: dict[uuid.UUID, ConflictRow] = {}
    for part in in_parts(statement_ids):
        query = select(ConflictRow).where(
            col(ConflictRow.statement_id).in_(part),
            col(ConflictRow.is_open).is_(True),
            ConflictRow.kind == ConflictKind.CHANGED.value,
        )
        found |= {row.statement_id: row for row in (await tx.exec(query)).all()}
    return found


async def find_overwritten(tx: AsyncSession, statement_id: uuid.UUID, remote_token: str) -> ConflictRow | None:
    """The newest conflict, open or settled, that keeps this text of somebody's, which our push replaced."""
    query = (
        select(ConflictRow)
        .where(
            ConflictRow.statement_id == statement_id,
            ConflictRow.kind == ConflictKind.OVERWROTE.value,
            ConflictRow.remote_token == remote_token,
        )
        .order_by(col(ConflictRow.found_at).desc())
    )
    return (await tx.exec(query)).first()


async def find_latest(tx: AsyncSession, statement_id: uuid.UUID) -> ConflictRow | None:
    """The statement's newest conflict, open or settled."""
    query = (
        select(ConflictRow).where(ConflictRow.statement_id == statement_id).order_by(col(ConflictRow.found_at).desc())
    )
    return (await tx.exec(query.limit(1))).first()


async def conflicts_by_id(tx: AsyncSession, ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, ConflictRow]:
    """The conflicts with these ids."""
    return await rows_by_id(tx, ConflictRow, ids)

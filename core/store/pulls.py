"""Queries for pulls."""

from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.store.tables import PullRow


async def last_pull(tx: AsyncSession) -> PullRow | None:
    """The newest pull that was finished."""
    query = select(PullRow).where(PullRow.outcome == "done").order_by(col(PullRow.started_at).desc()).limit(1)
    return (await tx.exec(query)).first()


async def last_full_pull(tx: AsyncSession) -> PullRow | None:
    """The newest pull of everything that was finished."""
    query = select(PullRow).where(PullRow.outcome == "done", col(PullRow.is_full).is_(True))
    return (await tx.exec(query.order_by(col(PullRow.started_at).desc()).limit(1))).first()


async def full_pulls(tx: AsyncSession) -> Sequence[PullRow]:
    """Every pull of everything that was finished and is still kept, oldest first."""
    query = select(PullRow).where(PullRow.outcome == "done", col(PullRow.is_full).is_(True))
    return (await tx.exec(query.order_by(col(PullRow.started_at)))).all()


async def unfinished_pull(tx: AsyncSession, *, is_full: bool) -> PullRow | None:
    """The newest pull of this kind that began and did not end."""
    query = select(PullRow).where(PullRow.outcome == "running", PullRow.is_full == is_full)
    return (await tx.exec(query.order_by(col(PullRow.started_at).desc()).limit(1))).first()

"""Queries for pulls."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.store.tables import PullRow


async def last_pull(tx: AsyncSession) -> PullRow | None:
    """The newest pull that was finished."""
    query = select(PullRow).where(PullRow.outcome == "done").order_by(col(PullRow.started_at).desc()).limit(1)
    return (await tx.exec(query)).first()

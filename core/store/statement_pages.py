"""All statements, page by page."""

import uuid

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from core.store.statements import Joined, joined
from core.store.tables import StatementRow


async def list_page(tx: AsyncSession, *, after: uuid.UUID | None, limit: int, only_modified: bool) -> list[Joined]:
    """The next statements by id, behind `after`; a statement that comes or goes meanwhile moves no other one."""
    query = joined().order_by(col(StatementRow.id)).limit(limit)
    if after is not None:
        query = query.where(col(StatementRow.id) > after)
    if only_modified:
        query = query.where(col(StatementRow.is_modified).is_(True))
    return [(row[0], row[1], row[2]) for row in (await tx.exec(query)).all()]

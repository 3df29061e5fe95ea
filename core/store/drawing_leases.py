"""The right to draw a request in Slack: taken by one process at a time, by the database's own clock."""

import datetime as dt
import uuid

from sqlalchemy import delete, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, select

from core.store.database import Database
from core.store.tables import DrawingLeaseRow


async def take(db: Database, request_id: uuid.UUID, holder: str, seconds: float, *, local_time: dt.datetime) -> bool:
    """Take the right for so long; False while somebody else has it. Who has it already may take it again.

    The clock is PostgreSQL's, on which all processes agree; `local_time` counts on SQLite, which one machine has.
    """
    async with db.transaction() as tx:
        now = local_time if db.is_sqlite else (await tx.exec(select(func.clock_timestamp()))).one()
        insert = sqlite.insert if db.is_sqlite else postgresql.insert
        wanted = insert(DrawingLeaseRow).values(
            request_id=request_id, holder=holder, until=now + dt.timedelta(seconds=seconds)
        )
        await tx.exec(
            wanted.on_conflict_do_update(
                index_elements=["request_id"],
                set_={"holder": wanted.excluded.holder, "until": wanted.excluded.until},
                where=(col(DrawingLeaseRow.holder) == holder) | (col(DrawingLeaseRow.until) < now),
            )
        )
        query = select(DrawingLeaseRow.holder).where(DrawingLeaseRow.request_id == request_id)
        return (await tx.exec(query)).one() == holder


async def give_back(db: Database, request_id: uuid.UUID, holder: str) -> None:
    """End the right, if it still is this process's own."""
    async with db.transaction() as tx:
        own = (col(DrawingLeaseRow.request_id) == request_id, col(DrawingLeaseRow.holder) == holder)
        await tx.exec(delete(DrawingLeaseRow).where(*own))

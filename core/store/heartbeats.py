"""Heartbeats of the processes that share a database, by the database's own clock."""

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from core.store.database import Database


class DatabaseHeartbeats:
    """Heartbeats in the table `replicas` (PostgreSQL only: SQLite has one process)."""

    def __init__(self, db: Database) -> None:
        """Use this database."""
        self._db = db

    async def beat(self, executor_id: str) -> None:
        """Note that this process is alive now."""
        async with self._db.single_write() as tx:
            await _run(
                tx,
                "INSERT INTO replicas (executor_id, beat_at) VALUES (:id, now()) "
                "ON CONFLICT (executor_id) DO UPDATE SET beat_at = now()",
                id=executor_id,
            )

    async def silent(self, older_than_seconds: float) -> list[str]:
        """The processes that did not beat for so long."""
        async with self._db.reading() as tx:
            rows = await _run(
                tx,
                "SELECT executor_id FROM replicas WHERE beat_at < now() - make_interval(secs => :seconds) ORDER BY beat_at",
                seconds=older_than_seconds,
            )
            return [str(row[0]) for row in rows]

    async def forget(self, executor_id: str) -> None:
        """Drop the heartbeat of a process."""
        async with self._db.single_write() as tx:
            await _run(tx, "DELETE FROM replicas WHERE executor_id = :id", id=executor_id)


async def _run(tx: AsyncSession, query: str, **values: object) -> list[tuple[object, ...]]:
    result = await tx.exec(text(query), params=values)  # type: ignore[call-overload]
    return [tuple(row) for row in result.all()] if result.returns_rows else []

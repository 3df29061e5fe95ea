"""What those who run the deployment watch: counts over the whole database, the same whichever process is asked."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, extract, func
from sqlalchemy.orm import Mapped
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.push import ItemState, JobState, RequestState
from core.domain.statement import SyncStatus
from core.store import audit
from core.store.push_tables import PushItemRow, PushJobRow, PushRequestRow
from core.store.pushes import is_paused
from core.store.tables import ConflictRow, PullRow, StatementRow
from core.wiring import Core


@dataclass(frozen=True)
class Spans:
    """How many times something took, and how long in all, in seconds."""

    count: int
    seconds: float


@dataclass(frozen=True)
class Measurements:
    """The state of the deployment in numbers. `queue` counts statements that are released and not ended."""

    statements: Mapping[str, int]
    conflicts: int
    requests: Mapping[str, int]
    jobs: Mapping[str, int]
    outcomes: Mapping[str, int]
    queue: int
    release_to_start: Spans
    release_to_end: Spans
    audit_events: int
    last_pull_at: dt.datetime | None
    is_paused: bool


async def measure(core: Core) -> Measurements:
    """The numbers as they are now."""
    async with core.db.reading() as tx:
        sequence, _ = await audit.head(tx)
        return Measurements(
            statements=await _counted(tx, StatementRow.sync_status, [status.value for status in SyncStatus]),
            conflicts=(await tx.exec(select(func.count()).where(col(ConflictRow.is_open).is_(True)))).one(),
            requests=await _counted(
                tx, PushRequestRow.state, [s.value for s in RequestState if s is not RequestState.DRAFT]
            ),
            jobs=await _counted(tx, PushJobRow.state, [state.value for state in JobState]),
            outcomes=await _counted(tx, PushItemRow.outcome, []),
            queue=await _queue(tx),
            release_to_start=await _spans(core, tx, col(PushJobRow.started_at)),
            release_to_end=await _spans(core, tx, col(PushJobRow.completed_at)),
            audit_events=sequence,
            last_pull_at=(await tx.exec(select(func.max(PullRow.ended_at)).where(PullRow.outcome == "done"))).one(),
            is_paused=await is_paused(tx) or core.settings.read_only,
        )


async def is_database_reachable(core: Core) -> bool:
    """Whether the database answers; raises what the driver raises when it does not."""
    async with core.db.reading() as tx:
        sequence, _ = await audit.head(tx)
    return sequence >= 0


async def _counted(tx: AsyncSession, column: str | None, known: Sequence[str]) -> dict[str, int]:
    """How many rows have each value; the known ones are there also with none."""
    rows = (await tx.exec(select(column, func.count()).group_by(column))).all()
    return {**dict.fromkeys(known, 0), **{value: count for value, count in rows if value is not None}}


async def _queue(tx: AsyncSession) -> int:
    query = (
        select(func.count())
        .select_from(PushItemRow)
        .join(PushJobRow, col(PushItemRow.job_id) == col(PushJobRow.id))
        .where(
            col(PushJobRow.released_at).is_not(None),
            col(PushJobRow.completed_at).is_(None),
            PushItemRow.state != ItemState.ENDED.value,
        )
    )
    return (await tx.exec(query)).one()


async def _spans(core: Core, tx: AsyncSession, end: Mapped[dt.datetime | None]) -> Spans:
    """From the release of each job that was started until then; the database adds them up, however many there are."""
    took = _epoch(core, end) - _epoch(core, col(PushJobRow.released_at))
    query = select(func.count(took), func.coalesce(func.sum(took), 0)).where(col(PushJobRow.started_at).is_not(None))
    count, seconds = (await tx.exec(query)).one()
    return Spans(count, float(seconds))


def _epoch(core: Core, moment: Mapped[dt.datetime | None]) -> ColumnElement[Any]:
    """The moment in seconds, with their fractions; SQLite's own word for it knows whole ones only."""
    return func.julianday(moment) * 86_400 if core.db.is_sqlite else extract("epoch", moment)

"""What those who run the deployment watch: counts over the whole database, the same whichever process is asked."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func
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
        jobs = (
            await tx.exec(
                select(PushJobRow.released_at, PushJobRow.started_at, PushJobRow.completed_at).where(
                    col(PushJobRow.started_at).is_not(None)
                )
            )
        ).all()
        return Measurements(
            statements=await _counted(tx, StatementRow.sync_status, [status.value for status in SyncStatus]),
            conflicts=(await tx.exec(select(func.count()).where(col(ConflictRow.is_open).is_(True)))).one(),
            requests=await _counted(
                tx, PushRequestRow.state, [s.value for s in RequestState if s is not RequestState.DRAFT]
            ),
            jobs=await _counted(tx, PushJobRow.state, [state.value for state in JobState]),
            outcomes=await _counted(tx, PushItemRow.outcome, []),
            queue=await _queue(tx),
            release_to_start=_spans([(released, started) for released, started, _ in jobs]),
            release_to_end=_spans([(released, ended) for released, _, ended in jobs]),
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


def _spans(pairs: Sequence[tuple[dt.datetime | None, dt.datetime | None]]) -> Spans:
    known = [(end - start).total_seconds() for start, end in pairs if start is not None and end is not None]
    return Spans(len(known), sum(known))

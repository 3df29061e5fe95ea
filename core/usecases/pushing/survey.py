"""What is to be pushed next: one look at the released jobs, and the statements of theirs that wait."""

import functools
import itertools
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.push import ItemState, JobState, RequestState
from core.store.push_tables import PushItemRow, PushJobRow, PushRequestRow, RequestItemRow
from core.store.pushes import is_paused
from core.store.tables import StatementRow
from core.usecases.pushing.claims import Candidate, candidate_of, open_jobs
from core.wiring import Core

_LIVE = (JobState.PENDING.value, JobState.RUNNING.value)


class Canary(StrEnum):
    """Where the first write of a job stands; until it has an outcome, no other statement of the job is sent."""

    DUE = "due"
    UNDER_WAY = "under_way"
    DONE = "done"


@dataclass(frozen=True)
class OpenJob:
    """A released job that has not ended.

    `may_run` is not so while writing is paused, nor once its request ended; `has_waiting` says whether a statement of
    it is to be sent, `is_sent` that nothing is, and nothing of it is under way either.
    """

    id: uuid.UUID
    canary: Canary
    may_run: bool
    is_cancelled: bool
    has_waiting: bool
    is_sent: bool

    @property
    def is_open(self) -> bool:
        """Whether statements of it are to be sent now."""
        return self.may_run and self.has_waiting


async def survey(core: Core, tx: AsyncSession) -> list[OpenJob]:
    """Released jobs that have not ended, oldest release first, as they stand now."""
    may_write = not core.settings.read_only and not await is_paused(tx)
    return [
        OpenJob(
            id=job_id,
            canary=Canary.DONE if has_outcome else Canary.UNDER_WAY if has_tried else Canary.DUE,
            may_run=may_write and request_state == RequestState.PUSHING.value,
            is_cancelled=cancelled_at is not None,
            has_waiting=bool(is_waiting),
            is_sent=not (is_waiting or is_sending),
        )
        for job_id, cancelled_at, request_state, is_waiting, is_sending, has_tried, has_outcome in await tx.exec(
            _released_jobs()
        )
    ]


async def has_waiting_work(core: Core) -> bool:
    """Whether the runner has something to do: jobs to push, to settle, or only to end; see `open_jobs`."""
    return bool(await open_jobs(core))


async def next_candidates(tx: AsyncSession, limits: Mapping[uuid.UUID, int], room: int) -> list[Candidate]:
    """The next statements that wait, at most `room`, in turns from the jobs of `limits` in their order.

    Of each job at most as many as its limit says. So a short job behind a long one is not kept waiting.
    """
    waiting: dict[uuid.UUID, list[Candidate]] = {job_id: [] for job_id in limits}
    for row in await _first_waiting(tx, list(limits), room):
        candidate = candidate_of(*row)
        waiting[candidate.job_id].append(candidate)
    turns = itertools.chain.from_iterable(
        itertools.zip_longest(*(waiting[job_id][:limit] for job_id, limit in limits.items()))
    )
    return [candidate for candidate in turns if candidate is not None][:room]


async def _first_waiting(tx: AsyncSession, job_ids: Sequence[uuid.UUID], room: int) -> Sequence[Any]:
    """The first waiting statements of each job, in order, with what a candidate is made of."""
    found: Sequence[Any] = (await tx.exec(_waiting(), params={"jobs": list(job_ids), "room": room})).all()
    return found


# Both are asked at every turn of a push. Putting one together takes longer than its answer.
@functools.cache
def _released_jobs() -> Any:
    was_tried = (PushItemRow.attempts > 0, PushItemRow.state != ItemState.PENDING.value)
    return (
        select(  # type: ignore[call-overload]
            PushJobRow.id,
            PushJobRow.cancel_requested_at,
            PushRequestRow.state,
            _has(PushItemRow.state == ItemState.PENDING.value),
            _has(PushItemRow.state == ItemState.SENDING.value),
            _has(*was_tried),
            _has(*was_tried, col(PushItemRow.outcome).is_not(None)),
        )
        .join(PushRequestRow, col(PushJobRow.request_id) == col(PushRequestRow.id))
        .where(col(PushJobRow.released_at).is_not(None), col(PushJobRow.state).in_(_LIVE))
        .order_by(col(PushJobRow.released_at), col(PushJobRow.created_at), col(PushJobRow.id))
    )


@functools.cache
def _waiting() -> Any:
    """The first `room` statements that wait of each of the `jobs`."""
    place = (
        func.row_number().over(partition_by=col(PushItemRow.job_id), order_by=col(PushItemRow.position)).label("place")
    )
    first = (
        select(PushItemRow.id, place)
        .where(
            col(PushItemRow.job_id).in_(bindparam("jobs", expanding=True)), PushItemRow.state == ItemState.PENDING.value
        )
        .subquery()
    )
    return (
        select(PushItemRow, RequestItemRow, StatementRow)
        .join(first, col(PushItemRow.id) == first.c.id)
        .join(RequestItemRow, col(PushItemRow.request_item_id) == col(RequestItemRow.id))
        .join(StatementRow, col(PushItemRow.statement_id) == col(StatementRow.id))
        .where(first.c.place <= bindparam("room"))
        .order_by(first.c.place)
    )


def _has(*tests: Any) -> ColumnElement[bool]:
    return select(PushItemRow.id).where(PushItemRow.job_id == PushJobRow.id, *tests).exists()

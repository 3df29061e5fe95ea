"""Ending jobs and their requests, once every statement has its final outcome."""

import uuid
from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.audit import SYSTEM_ACTOR, AuditEvent, AuditKind
from core.domain.outcome import Outcome, is_success
from core.domain.push import ItemState, JobState, RequestState
from core.store import audit
from core.store.push_tables import PushJobRow
from core.store.pushes import get_request, list_jobs, list_push_items
from core.wiring import Core

# A correction that comes after the end may change how it ended.
_MAY_END = frozenset({RequestState.PUSHING, RequestState.DONE, RequestState.PARTLY, RequestState.FAILED})


async def finish_job(core: Core, job_id: uuid.UUID) -> uuid.UUID | None:
    """End the job once each of its statements has a final outcome; gives back its request, or None when it goes on."""
    async with core.db.transaction() as tx:
        job = await tx.get_one(PushJobRow, job_id, populate_existing=True)
        items = await list_push_items(tx, [job_id])
        if job.completed_at is not None or any(item.state != ItemState.ENDED for item in items):
            return None
        outcomes = [Outcome(item.outcome) for item in items if item.outcome]
        job.state, job.completed_at = _job_end(job, outcomes).value, core.clock.now()
        tx.add(job)
        counts = {outcome.value: outcomes.count(outcome) for outcome in dict.fromkeys(outcomes)}
        details = {"state": job.state, "outcomes": counts, "failure": job.failure}
        await audit.append(
            tx, core.clock.now(), AuditEvent(AuditKind.PUSH_JOB_ENDED, SYSTEM_ACTOR, "push_job", str(job_id), details)
        )
        await tx.flush()
        await finish_request(core, tx, job.request_id)
        return job.request_id


def _job_end(job: PushJobRow, outcomes: Sequence[Outcome]) -> JobState:
    if job.failure:
        return JobState.FAILED
    if job.cancel_requested_at is not None and any(outcome is Outcome.CANCELLED for outcome in outcomes):
        return JobState.CANCELLED
    return JobState.COMPLETED


async def finish_request(core: Core, tx: AsyncSession, request_id: uuid.UUID) -> None:
    """End the request once all its runs have ended, by the newest outcome of each statement."""
    jobs = await list_jobs(tx, request_id)
    request = await get_request(tx, request_id)
    if request.state not in _MAY_END or any(job.completed_at is None for job in jobs):
        return
    newest: dict[uuid.UUID, Outcome] = {}
    for item in await list_push_items(tx, [job.id for job in jobs]):
        newest[item.statement_id] = Outcome(item.outcome or Outcome.NOT_REACHED)
    good = sum(is_success(outcome) for outcome in newest.values())
    if newest and good == len(newest):
        request.state = RequestState.DONE.value
    elif good:
        request.state = RequestState.PARTLY.value
    elif newest and all(outcome is Outcome.CANCELLED for outcome in newest.values()):
        request.state = RequestState.CANCELLED.value
    else:
        request.state = RequestState.FAILED.value
    request.ended_at = request.ended_at or core.clock.now()
    request.version += 1
    tx.add(request)

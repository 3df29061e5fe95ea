"""Choosing what is pushed next, and claiming it: the intent is durable before anything is sent."""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Table, bindparam, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.audit import SYSTEM_ACTOR, AuditEvent, AuditKind, instant
from core.domain.push import ItemState, JobState, RequestState, sha256_of
from core.domain.statement import RemoteVersion, Stamp, SyncStatus
from core.domain.write_protocol import Approved
from core.store import audit
from core.store.pulls import last_pull
from core.store.push_tables import PushItemRow, PushJobRow, PushRequestRow, RequestItemRow
from core.store.pushes import is_paused
from core.store.tables import StatementRow
from core.text.content import Fingerprint, TextKind, fingerprint_in
from core.usecases.approvals.cases import has_standing_quorum
from core.wiring import Core

_ITEMS: Table = PushItemRow.__table__  # type: ignore[attr-defined]
JobOfRequest = tuple[PushJobRow, PushRequestRow]


@dataclass(frozen=True)
class Candidate:
    """A statement that may be pushed next, with exactly what people agreed to."""

    item_id: uuid.UUID
    job_id: uuid.UUID
    request_id: uuid.UUID
    statement_id: uuid.UUID
    approved: Approved
    attempts: int
    was_edited: bool


@dataclass(frozen=True)
class Claim:
    """A statement claimed for one attempt: `before` is the version seen just before, recorded as the intent."""

    candidate: Candidate
    token: str
    before: RemoteVersion
    checked_at: float


async def open_jobs(core: Core) -> list[uuid.UUID]:
    """Released jobs that have not ended, oldest release first; while writing is paused those that were called off only."""
    async with core.db.reading() as tx:
        query = (
            select(PushJobRow.id)
            .join(PushRequestRow, col(PushJobRow.request_id) == col(PushRequestRow.id))
            .where(
                col(PushJobRow.released_at).is_not(None),
                col(PushJobRow.state).in_((JobState.PENDING.value, JobState.RUNNING.value)),
                PushRequestRow.state == RequestState.PUSHING.value,
            )
            .order_by(col(PushJobRow.released_at), col(PushJobRow.created_at), col(PushJobRow.id))
        )
        if core.settings.read_only or await is_paused(tx):
            query = query.where(col(PushJobRow.cancel_requested_at).is_not(None))
        return list((await tx.exec(query)).all())


async def other_instance(core: Core, instance_name: str) -> str:
    """Why this is not the instance the statements were pulled from; empty when it is.

    A clone keeps every sys_id and replaces texts and accounts: writing there what was approved for another would be wrong.
    """
    async with core.db.reading() as tx:
        pulled = await last_pull(tx)
    if pulled is None:
        return "Nothing was pulled from ServiceNow yet. Pull first (grcpush pull)."
    if pulled.host != core.servicenow.host:
        return f"The statements were pulled from {pulled.host}, and this is {core.servicenow.host}."
    if pulled.instance_name and instance_name and pulled.instance_name != instance_name:
        return (
            f"{pulled.host} calls itself {instance_name} now, not {pulled.instance_name}: it was cloned over. "
            "Pull again (grcpush pull --full)."
        )
    return ""


def with_limit(candidate: Candidate, max_length: int | None) -> Candidate:
    """The candidate, knowing how many characters the field in ServiceNow takes."""
    return replace(candidate, approved=replace(candidate.approved, max_length=max_length))


def candidate_of(item: PushItemRow, request_item: RequestItemRow, statement: StatementRow) -> Candidate:
    """The rows as one value."""
    edited = statement.local_content is None or sha256_of(statement.local_content) != request_item.local_sha256
    return Candidate(
        item_id=item.id,
        job_id=item.job_id,
        request_id=request_item.request_id,
        statement_id=statement.id,
        attempts=item.attempts,
        was_edited=edited,
        approved=Approved(
            sys_id=statement.sn_sys_id,
            kind=TextKind(statement.kind),
            text=request_item.local_content,
            remote=agreed_text(request_item, TextKind(statement.kind)),
            stamp=Stamp(
                statement.sn_mod_count, statement.sn_updated_on, statement.sn_updated_by, statement.sn_created_on
            ),
        ),
    )


def agreed_text(item: RequestItemRow, kind: TextKind) -> Fingerprint:
    """The remote text that was agreed to be replaced."""
    return fingerprint_in(item.remote_token, item.remote_content, kind)


async def claim(
    core: Core, looked: Sequence[tuple[Candidate, RemoteVersion]], token: str, checked_at: float
) -> list[Claim]:
    """Claim these statements in one commit, each only if it still waits and its job still may run.

    Release, approval, cancellation and pause are looked at again here, inside the transaction.
    """
    if not looked:
        return []
    now = core.clock.now()
    async with core.db.transaction() as tx:
        if await is_paused(tx):
            return []
        jobs = await _approved(tx, await _runnable_jobs(tx, {candidate.job_id for candidate, _ in looked}))
        waiting = await _still_waiting(tx, [candidate.item_id for candidate, _ in looked])
        taken = [(c, before) for c, before in looked if c.item_id in waiting and c.job_id in jobs]
        if not taken:
            return []
        await _record_intents(tx, taken, token, now)
        started = {candidate.job_id for candidate, _ in taken}
        events = _started([jobs[job_id] for job_id in jobs if job_id in started], now)
        events += [_attempted(candidate, before) for candidate, before in taken]
        await audit.append(tx, now, *events)
    return [Claim(candidate, token, before, checked_at) for candidate, before in taken]


async def _runnable_jobs(tx: AsyncSession, job_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, JobOfRequest]:
    """Of these jobs, those that may run at this moment, each with its request."""
    query = (
        select(PushJobRow, PushRequestRow)
        .join(PushRequestRow, col(PushJobRow.request_id) == col(PushRequestRow.id))
        .where(
            col(PushJobRow.id).in_(job_ids),
            col(PushJobRow.released_at).is_not(None),
            col(PushJobRow.cancel_requested_at).is_(None),
            col(PushJobRow.state).in_((JobState.PENDING.value, JobState.RUNNING.value)),
            PushRequestRow.state == RequestState.PUSHING.value,
        )
    )
    return {job.id: (job, request) for job, request in (await tx.exec(query)).all()}


async def _approved(tx: AsyncSession, jobs: Mapping[uuid.UUID, JobOfRequest]) -> dict[uuid.UUID, JobOfRequest]:
    """The jobs among them whose request's approvals still suffice for the content that was frozen."""
    requests = {request.id: request for _, request in jobs.values()}
    standing = {request_id for request_id, request in requests.items() if await has_standing_quorum(tx, request)}
    return {job_id: pair for job_id, pair in jobs.items() if pair[1].id in standing}


async def _still_waiting(tx: AsyncSession, item_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Of these items, those that wait."""
    query = select(PushItemRow.id).where(
        col(PushItemRow.id).in_(item_ids), PushItemRow.state == ItemState.PENDING.value
    )
    return set((await tx.exec(query)).all())


async def _record_intents(
    tx: AsyncSession, taken: Sequence[tuple[Candidate, RemoteVersion]], token: str, now: dt.datetime
) -> None:
    connection = await tx.connection()
    intents = [
        {
            "item": candidate.item_id,
            "state": ItemState.SENDING.value,
            "attempt_token": token,
            "attempts": candidate.attempts + 1,
            "intent_at": now,
            **_intent(before),
        }
        for candidate, before in taken
    ]
    await connection.execute(update(_ITEMS).where(_ITEMS.c.id == bindparam("item")), intents)
    statement_ids = [candidate.statement_id for candidate, _ in taken]
    await tx.exec(
        update(StatementRow)
        .where(col(StatementRow.id).in_(statement_ids))
        .values(sync_status=SyncStatus.PUSHING.value)
        .execution_options(synchronize_session=False)
    )


def _started(jobs: Sequence[JobOfRequest], now: dt.datetime) -> list[AuditEvent]:
    """Mark the jobs that had not begun yet as running."""
    events = []
    for job, request in jobs:
        if job.state == JobState.PENDING:
            job.state, job.started_at = JobState.RUNNING.value, now
            request.version += 1
            details = {"number": request.number}
            events.append(AuditEvent(AuditKind.PUSH_JOB_STARTED, SYSTEM_ACTOR, "push_job", str(job.id), details))
    return events


async def renew_intent(core: Core, claim: Claim, before: RemoteVersion) -> bool:
    """Record the version that was seen anew as the one the write will replace; False when the attempt was taken over."""
    async with core.db.transaction() as tx:
        renewed = await tx.exec(
            update(PushItemRow)
            .where(
                col(PushItemRow.id) == claim.candidate.item_id,
                col(PushItemRow.state) == ItemState.SENDING.value,
                col(PushItemRow.attempt_token) == claim.token,
            )
            .values(**_intent(before))
        )
    return renewed.rowcount == 1


async def wait_again(core: Core, claim: Claim, *, look_again_at: dt.datetime | None = None) -> None:
    """Give a claimed statement back: nothing of it is under way, and it waits for its turn again.

    `look_again_at` asks for one more look, because an earlier attempt may still land until then.
    """
    async with core.db.transaction() as tx:
        item = await tx.get_one(PushItemRow, claim.candidate.item_id, populate_existing=True)
        if item.state != ItemState.SENDING or item.attempt_token != claim.token:
            return
        item.state, item.attempt_token = ItemState.PENDING.value, None
        item.check_again_at = look_again_at or item.check_again_at
        tx.add(item)


def _intent(before: RemoteVersion) -> dict[str, object]:
    return {
        "intent_content": before.text,
        "intent_mod_count": before.stamp.mod_count,
        "intent_updated_on": before.stamp.updated_on,
        "intent_updated_by": before.stamp.updated_by,
        "intent_created_on": before.stamp.created_on,
    }


def _attempted(candidate: Candidate, before: RemoteVersion) -> AuditEvent:
    updated_on = before.stamp.updated_on
    details = {
        "push_job": str(candidate.job_id),
        "attempt": candidate.attempts + 1,
        "sn_sys_id": candidate.approved.sys_id,
        "local_sha256": sha256_of(candidate.approved.text),
        "remote_before": before.text,
        "remote_mod_count": before.stamp.mod_count,
        "remote_updated_on": instant(updated_on) if updated_on else None,
        "remote_updated_by": before.stamp.updated_by,
    }
    return AuditEvent(AuditKind.PUSH_ITEM_ATTEMPTED, SYSTEM_ACTOR, "statement", str(candidate.statement_id), details)

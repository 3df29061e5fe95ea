"""Choosing what is pushed next, and claiming it: the intent is durable before anything is sent."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import update
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
from core.text.content import Fingerprint, TextKind, fingerprint
from core.usecases.approval_cases import has_standing_quorum
from core.wiring import Core


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
    """Released jobs that still have statements to push, oldest release first; none while writing is paused."""
    async with core.db.reading() as tx:
        if await is_paused(tx) or core.settings.read_only:
            return []
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
        return f"{pulled.host} calls itself {instance_name} now, not {pulled.instance_name}: it was cloned over. Pull again (grcpush pull --full)."
    return ""


async def candidates(core: Core, job_id: uuid.UUID, limit: int) -> list[Candidate]:
    """The next statements of a job that wait, in order."""
    query = (
        select(PushItemRow, RequestItemRow, StatementRow)
        .join(RequestItemRow, col(PushItemRow.request_item_id) == col(RequestItemRow.id))
        .join(StatementRow, col(PushItemRow.statement_id) == col(StatementRow.id))
        .where(PushItemRow.job_id == job_id, PushItemRow.state == ItemState.PENDING.value)
        .order_by(col(PushItemRow.position))
        .limit(limit)
    )
    async with core.db.reading() as tx:
        rows = (await tx.exec(query)).all()
    return [candidate_of(item, request_item, statement) for item, request_item, statement in rows]


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
    """The remote text that was agreed to be replaced; made anew from the text when the rules of equality changed since."""
    try:
        return Fingerprint.parse(item.remote_token)
    except ValueError:
        return fingerprint(item.remote_content, kind)


class Canary(StrEnum):
    """Where the first write of a job stands; until it has an outcome, no other statement of the job is sent."""

    DUE = "due"
    UNDER_WAY = "under_way"
    DONE = "done"


async def canary_state(core: Core, job_id: uuid.UUID) -> Canary:
    """Where the job's first write stands."""
    query = (
        select(col(PushItemRow.outcome).is_not(None))
        .where(PushItemRow.job_id == job_id, PushItemRow.attempts > 0, PushItemRow.state != ItemState.PENDING.value)
        .distinct()
    )
    async with core.db.reading() as tx:
        found = set((await tx.exec(query)).all())
    if True in found:
        return Canary.DONE
    return Canary.UNDER_WAY if found else Canary.DUE


async def claim(
    core: Core, looked: Sequence[tuple[Candidate, RemoteVersion]], token: str, checked_at: float
) -> list[Claim]:
    """Claim these statements in one commit, each only if it still waits and its job still may run.

    Release, approval, cancellation and pause are looked at again here, inside the transaction.
    """
    claimed = []
    async with core.db.transaction() as tx:
        if await is_paused(tx):
            return []
        events = []
        approved = await _approved(tx, looked)
        for candidate, before in looked:
            if candidate.request_id in approved and await _claim_one(core, tx, candidate, before, token):
                claimed.append(Claim(candidate, token, before, checked_at))
                events.append(_attempted(candidate, before))
        await audit.append(tx, core.clock.now(), *events)
    return claimed


async def _approved(tx: AsyncSession, looked: Sequence[tuple[Candidate, RemoteVersion]]) -> set[uuid.UUID]:
    """The requests among them whose approvals still suffice for the content that was frozen."""
    requests = {candidate.request_id for candidate, _ in looked}
    return {
        request_id
        for request_id in requests
        if await has_standing_quorum(tx, await tx.get_one(PushRequestRow, request_id, populate_existing=True))
    }


async def _claim_one(core: Core, tx: AsyncSession, candidate: Candidate, before: RemoteVersion, token: str) -> bool:
    job = await tx.get_one(PushJobRow, candidate.job_id, populate_existing=True)
    request = await tx.get_one(PushRequestRow, candidate.request_id, populate_existing=True)
    may_run = job.released_at is not None and job.cancel_requested_at is None and request.state == RequestState.PUSHING
    if not may_run or job.state not in (JobState.PENDING, JobState.RUNNING):
        return False
    taken = await tx.exec(
        update(PushItemRow)
        .where(col(PushItemRow.id) == candidate.item_id, col(PushItemRow.state) == ItemState.PENDING.value)
        .values(
            state=ItemState.SENDING.value,
            attempt_token=token,
            attempts=candidate.attempts + 1,
            intent_at=core.clock.now(),
            **_intent(before),
        )
    )
    if taken.rowcount != 1:
        return False
    await tx.exec(
        update(StatementRow)
        .where(col(StatementRow.id) == candidate.statement_id)
        .values(sync_status=SyncStatus.PUSHING.value)
    )
    if job.state == JobState.PENDING:
        job.state, job.started_at = JobState.RUNNING.value, core.clock.now()
        request.version += 1
        tx.add_all([job, request])
        event = AuditEvent(
            AuditKind.PUSH_JOB_STARTED, SYSTEM_ACTOR, "push_job", str(job.id), {"number": request.number}
        )
        await audit.append(tx, core.clock.now(), event)
    return True


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

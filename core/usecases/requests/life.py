"""The life of a push request between its statements: freezing, releasing, superseding. Callers hold the transaction."""

import uuid
from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.actor import Actor, Role
from core.domain.audit import AuditActor, AuditEvent, AuditKind
from core.domain.push import (
    ItemState,
    JobState,
    Policy,
    Readiness,
    RequestItem,
    RequestState,
    content_digest,
    job_sizes,
    sha256_of,
    step,
)
from core.errors import NotAllowed
from core.store import audit
from core.store.push_tables import PushItemRow, PushJobRow, PushRequestRow, RequestItemRow
from core.store.pushes import (
    get_request,
    items_for_conflict,
    list_items,
    list_jobs,
    list_push_items,
    open_requests_with,
    started_with_conflict,
)
from core.store.tables import ConflictRow, StatementRow
from core.wiring import Core


def item_value(row: RequestItemRow) -> RequestItem:
    """The row as the value that digests are made of."""
    readiness = Readiness(row.readiness)
    return RequestItem(row.statement_id, row.position, readiness, row.local_sha256, row.remote_token, row.reason)


async def digest_of(tx: AsyncSession, request_id: uuid.UUID) -> str:
    """The hash of exactly what the request would push now."""
    items = await list_items(tx, request_id)
    return content_digest([item_value(item) for item in items])


def may_decide_in_chat(core: Core, request: PushRequestRow) -> bool:
    """Whether people may decide about the request in Slack: it was so when it was asked for, and it still is."""
    return request.in_chat and core.settings.approval_in_chat


def touch(tx: AsyncSession, request: PushRequestRow) -> None:
    """Note that the card looks different now."""
    request.version += 1
    tx.add(request)


def move(core: Core, tx: AsyncSession, request: PushRequestRow, state: RequestState) -> None:
    """Take the request to the state; raises StaleCard when the step is not allowed from here."""
    request.state = step(RequestState(request.state), state).value
    if state not in (RequestState.SETTLING, RequestState.WAITING, RequestState.PUSHING):
        request.ended_at = core.clock.now()
    touch(tx, request)


async def freeze_if_settled(core: Core, tx: AsyncSession, request: PushRequestRow, actor: AuditActor) -> None:
    """Fix the content once no conflict is left, and ask for approval (or release, where the policy needs none).

    A request of which nothing is left ends: zero statements are never a success.
    """
    items = await list_items(tx, request.id)
    if any(item.readiness == Readiness.CONFLICT for item in items):
        touch(tx, request)
        return
    if not any(item.readiness == Readiness.READY for item in items):
        request.note = "Nothing is left to push."
        await end_unstarted(core, tx, request, RequestState.CANCELLED, AuditKind.PUSH_CANCELLED, actor)
        return
    await fill_jobs(core, tx, request, [item for item in items if item.readiness == Readiness.READY])
    request.content_digest = await digest_of(tx, request.id)
    request.frozen_at = core.clock.now()
    policy = Policy(request.approvals_required, request.expires_hours, request.in_chat)
    request.expires_at = policy.expires_at(request.frozen_at)
    details = {
        "number": request.number,
        "content_digest": request.content_digest,
        "approvals_required": policy.approvals_required,
    }
    await audit.append(
        tx, core.clock.now(), AuditEvent(AuditKind.PUSH_FROZEN, actor, "push_request", str(request.id), details)
    )
    if policy.approvals_required == 0:
        await release(core, tx, request, actor)
    else:
        move(core, tx, request, RequestState.WAITING)


async def release(core: Core, tx: AsyncSession, request: PushRequestRow, actor: AuditActor) -> None:
    """Let the engine push the request's jobs. Only released jobs are ever claimed."""
    move(core, tx, request, RequestState.PUSHING)
    now = core.clock.now()
    for job in await list_jobs(tx, request.id):
        if job.released_at is None:
            job.released_at = now
            tx.add(job)
    details = {"number": request.number, "content_digest": request.content_digest}
    await audit.append(tx, now, AuditEvent(AuditKind.PUSH_RELEASED, actor, "push_request", str(request.id), details))


async def end_unstarted(
    core: Core, tx: AsyncSession, request: PushRequestRow, state: RequestState, kind: AuditKind, actor: AuditActor
) -> None:
    """End a request of which nothing was sent; its jobs are never released."""
    move(core, tx, request, state)
    await cancel_jobs(core, tx, request)
    details = {"number": request.number, "note": request.note}
    await audit.append(tx, core.clock.now(), AuditEvent(kind, actor, "push_request", str(request.id), details))


async def cancel_jobs(core: Core, tx: AsyncSession, request: PushRequestRow) -> None:
    """End the jobs of a request of which nothing was sent: who looks at them must not wait for ever."""
    for job in await list_jobs(tx, request.id):
        job.state, job.completed_at = JobState.CANCELLED.value, core.clock.now()
        tx.add(job)


async def reopen_jobs(tx: AsyncSession, request: PushRequestRow) -> None:
    """Let the jobs that ended with a decline wait again; none of them was ever released."""
    for job in await list_jobs(tx, request.id):
        if job.released_at is None and await list_push_items(tx, [job.id]):
            job.state, job.completed_at = JobState.PENDING.value, None
            tx.add(job)


LEFT_OUT = "Left out."
"""The reason that stands beside a statement which somebody left out."""


async def drop_item(tx: AsyncSession, request: PushRequestRow, item: RequestItemRow, reason: str) -> None:
    """Leave a statement out; nothing of it was sent."""
    item.readiness, item.reason = Readiness.LEFT_OUT.value, reason
    tx.add(item)
    touch(tx, request)


async def fill_jobs(core: Core, tx: AsyncSession, request: PushRequestRow, items: Sequence[RequestItemRow]) -> None:
    """Make the request's unreleased jobs hold exactly these statements in this order, at most PUSH_MAX_STATEMENTS each.

    Jobs that are there keep their ids; missing ones are made.
    """
    jobs = [job for job in await list_jobs(tx, request.id) if job.released_at is None and job.completed_at is None]
    for push_item in await list_push_items(tx, [job.id for job in jobs]):
        await tx.delete(push_item)
    await tx.flush()
    start = 0
    for index, size in enumerate(job_sizes(len(items), core.settings.push_max_statements)):
        job = jobs[index] if index < len(jobs) else _new_job(core, request)
        tx.add(job)
        await tx.flush()
        tx.add_all([_new_push_item(core, job, items[at], at) for at in range(start, start + size)])
        start += size
    for job in jobs[len(job_sizes(len(items), core.settings.push_max_statements)) :]:
        job.state, job.completed_at = JobState.CANCELLED.value, core.clock.now()
        tx.add(job)
    await tx.flush()


def _new_job(core: Core, request: PushRequestRow) -> PushJobRow:
    return PushJobRow(
        id=core.new_id(),
        request_id=request.id,
        state=JobState.PENDING.value,
        created_by=request.requested_by,
        created_at=core.clock.now(),
    )


def _new_push_item(core: Core, job: PushJobRow, item: RequestItemRow, position: int) -> PushItemRow:
    return PushItemRow(
        id=core.new_id(),
        job_id=job.id,
        request_item_id=item.id,
        statement_id=item.statement_id,
        position=position,
        state=ItemState.PENDING.value,
    )


def fill_item(item: RequestItemRow, local: str, remote: str, remote_token: str) -> None:
    """Take the texts into the item: what would be sent, and what it would replace."""
    item.local_content, item.local_sha256 = local, sha256_of(local)
    item.remote_content, item.remote_token = remote, remote_token


async def text_changed(core: Core, tx: AsyncSession, row: StatementRow, actor: AuditActor) -> list[uuid.UUID]:
    """Adjust the open request that holds a statement whose local text just changed; gives back the requests touched.

    While conflicts are being settled the content is provisional and simply follows. After that, approvals were given
    (or asked) for other content: the request is superseded. A push under way notices by itself, statement by statement.
    """
    request = (await open_requests_with(tx, [row.id])).get(row.id)
    if request is None or request.state == RequestState.PUSHING:
        return []
    if request.state == RequestState.SETTLING and row.local_content is not None:
        item = next(item for item in await list_items(tx, request.id) if item.statement_id == row.id)
        fill_item(item, row.local_content, item.remote_content, item.remote_token)
        tx.add(item)
        touch(tx, request)
    else:
        request.note = f"{actor.name} edited an included statement after this was asked for."
        await end_unstarted(core, tx, request, RequestState.SUPERSEDED, AuditKind.PUSH_SUPERSEDED, actor)
    return [request.id]


async def conflict_settled(
    core: Core, tx: AsyncSession, conflict: ConflictRow, row: StatementRow, actor: AuditActor
) -> list[uuid.UUID]:
    """Take a settled conflict into the requests that wait for it; gives back those requests."""
    touched = []
    for item, request in await items_for_conflict(tx, conflict.id):
        touched.append(request.id)
        if not _takes_part(item):
            touch(tx, request)
            continue
        if row.local_content is None:
            await drop_item(tx, request, item, "ServiceNow's text was kept.")
        else:
            fill_item(item, row.local_content, conflict.remote_content, conflict.remote_token)
            item.readiness, item.reason = Readiness.READY.value, ""
            tx.add(item)
        await tx.flush()
        if request.state == RequestState.SETTLING:
            await freeze_if_settled(core, tx, request, actor)
    return touched + await _touch_started(tx, conflict)


async def conflict_gone(core: Core, tx: AsyncSession, conflict: ConflictRow, why: str, actor: AuditActor) -> None:
    """Refuse the statement of a conflict that is over without a choice, as it cannot be pushed: nobody could settle it."""
    for item, request in await items_for_conflict(tx, conflict.id):
        touch(tx, request)
        if item.readiness != Readiness.CONFLICT:
            continue
        item.readiness, item.reason = Readiness.REFUSED.value, why
        tx.add(item)
        await tx.flush()
        if request.state == RequestState.SETTLING:
            await freeze_if_settled(core, tx, request, actor)


async def conflict_reopened(core: Core, tx: AsyncSession, conflict: ConflictRow) -> list[uuid.UUID]:
    """Bring the requests that had taken a settled conflict back to settling; approvals given so far no longer cover them."""
    touched = []
    for item, request in await items_for_conflict(tx, conflict.id):
        touched.append(request.id)
        if not _takes_part(item):
            touch(tx, request)
            continue
        item.readiness, item.reason = Readiness.CONFLICT.value, ""
        tx.add(item)
        settle_again(core, tx, request)
    return touched + await _touch_started(tx, conflict)


def _takes_part(item: RequestItemRow) -> bool:
    """Whether what becomes of its conflict decides about this item: not where somebody left it out, or it was refused."""
    return item.left_out_by is None and item.readiness != Readiness.REFUSED


def settle_again(core: Core, tx: AsyncSession, request: PushRequestRow) -> None:
    """Note that a conflict of the request is open again: approvals given so far no longer cover what it holds."""
    if request.state != RequestState.WAITING:
        touch(tx, request)
        return
    request.content_digest = ""
    request.frozen_at = request.expires_at = None
    move(core, tx, request, RequestState.SETTLING)


async def _touch_started(tx: AsyncSession, conflict: ConflictRow) -> list[uuid.UUID]:
    """Have the conflict drawn anew also where it waits for nothing: under the pushes that met it, or went without it."""
    started = await started_with_conflict(tx, conflict.id)
    for request in started:
        touch(tx, request)
    return [request.id for request in started]


def announce(core: Core, request_ids: list[uuid.UUID]) -> None:
    """After the commit: have the cards drawn anew, and wake the engine in case something was released."""
    for request_id in dict.fromkeys(request_ids):
        core.signals.request_changed(request_id)
    if request_ids:
        core.signals.work_released()


async def own_draft(tx: AsyncSession, request_id: uuid.UUID, person_id: uuid.UUID) -> PushRequestRow | None:
    """The person's own draft with this id, or None when it is somebody else's or no draft any more."""
    request = await get_request(tx, request_id)
    return request if request.state == RequestState.DRAFT and request.requested_by == person_id else None


def require_requester(actor: Actor, request: PushRequestRow) -> None:
    """Raise NotAllowed unless the actor asked for the push or is an admin."""
    if request.requested_by != actor.id and not actor.has_role(Role.ADMIN):
        raise NotAllowed(
            "Only the person who asked for this push, or an admin, may do this.",
            gate="requester_only",
            next_step="Ask them.",
        )

"""Asking for a push: request, leave out, cancel, retry."""

import datetime as dt
import uuid
from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.actor import Actor, Role
from core.domain.audit import AuditEvent, AuditKind
from core.domain.outcome import CANARY_STOPS, Outcome, may_retry
from core.domain.push import (
    RETRYABLE_STATES,
    JobState,
    Readiness,
    RequestState,
    sha256_of,
)
from core.errors import NotAllowed, NotFound, NothingToPush, PushInProgress, StaleCard, TooMuch, WritingPaused
from core.models.requests import RequestCard
from core.store import audit
from core.store.push_tables import PushItemRow, PushRequestRow, RequestItemRow
from core.store.pushes import (
    get_request,
    list_items,
    list_jobs,
    list_push_items,
    next_number,
    open_requests_with,
    requests_since,
)
from core.store.statements import get_many
from core.usecases.approvals.cases import has_standing_quorum, lost_approvers
from core.usecases.people.actors import audit_actor
from core.usecases.requests.cards import request_card
from core.usecases.requests.life import (
    LEFT_OUT,
    announce,
    drop_item,
    end_unstarted,
    fill_jobs,
    freeze_if_settled,
    move,
    own_draft,
    require_requester,
    touch,
)
from core.wiring import Core


async def request_push(
    core: Core, actor: Actor, request_id: uuid.UUID, *, reason: str = "", channel: str | None = None
) -> RequestCard:
    """Turn the draft into a push request that others see, with its jobs, pending until it is approved.

    Raises StaleCard when a text changed since the preview, PushInProgress, NothingToPush, TooMuch (requests in the
    hour), WritingPaused on a read-only deployment.
    """
    if core.settings.read_only:
        raise WritingPaused(
            "This deployment is read-only: it never writes to ServiceNow.",
            next_step="The local edits stay. Whoever runs grcpush can set READ_ONLY to false.",
        )
    async with core.db.transaction() as tx:
        number = await next_number(tx)
        request = await own_draft(tx, request_id, actor.id)
        if request is None:
            raise StaleCard("This preview was already sent, or is not yours.", next_step="Start again with /grcpush.")
        items = await list_items(tx, request.id)
        await _check_draft(core, tx, actor, items)
        request.number, request.reason, request.channel = number, reason, channel
        request.created_at = core.clock.now()
        _follow_policy(core, request)
        move(core, tx, request, RequestState.SETTLING)
        live = [item for item in items if item.readiness in (Readiness.READY, Readiness.CONFLICT)]
        await fill_jobs(core, tx, request, live)
        await tx.flush()
        details = {
            "number": number,
            "reason": reason,
            "statements": [
                {"id": str(i.statement_id), "readiness": i.readiness, "local_sha256": i.local_sha256} for i in items
            ],
            "policy": {"approvals_required": request.approvals_required, "expires_hours": request.expires_hours},
        }
        event = AuditEvent(AuditKind.PUSH_REQUESTED, audit_actor(actor), "push_request", str(request.id), details)
        await audit.append(tx, core.clock.now(), event)
        await freeze_if_settled(core, tx, request, audit_actor(actor))
    announce(core, [request_id])
    return await request_card(core, request_id)


def _follow_policy(core: Core, request: PushRequestRow) -> None:
    """The preview may be older than the rules: those in force now count, but never fewer approvals than were shown."""
    policy = core.policy()
    request.approvals_required = max(request.approvals_required, policy.approvals_required)
    request.expires_hours, request.in_chat = policy.expires_hours, policy.in_chat


async def leave_out(core: Core, actor: Actor, request_id: uuid.UUID, statement_id: uuid.UUID) -> None:
    """Take one statement out of a request that is not approved yet. Raises StaleCard, NotFound, NotAllowed."""
    async with core.db.transaction() as tx:
        request = await get_request(tx, request_id)
        require_requester(actor, request)
        if request.state not in (RequestState.DRAFT, RequestState.SETTLING):
            raise StaleCard(
                "The content of this request is fixed now.", next_step="Cancel it and ask again without the statement."
            )
        item = next((item for item in await list_items(tx, request_id) if item.statement_id == statement_id), None)
        if item is None or item.readiness == Readiness.LEFT_OUT:
            raise NotFound("This statement is not part of the request.", next_step="The card shows what is.")
        item.left_out_by, item.left_out_at = actor.id, core.clock.now()
        await drop_item(tx, request, item, LEFT_OUT)
        details = {"number": request.number, "statement_id": str(statement_id)}
        event = AuditEvent(AuditKind.PUSH_ITEM_LEFT_OUT, audit_actor(actor), "push_request", str(request_id), details)
        await audit.append(tx, core.clock.now(), event)
        await tx.flush()
        if request.state == RequestState.SETTLING:
            await freeze_if_settled(core, tx, request, audit_actor(actor))
    announce(core, [request_id])


async def cancel_push(core: Core, actor: Actor, request_id: uuid.UUID) -> RequestCard:
    """Call the request off. Where it runs already, what waits is stopped, and writes under way are finished.

    Raises StaleCard when it already ended or is stopping, NotAllowed unless the actor asked for it or is an admin.
    """
    async with core.db.transaction() as tx:
        request = await get_request(tx, request_id)
        require_requester(actor, request)
        if request.state == RequestState.PUSHING:
            running = [job for job in await list_jobs(tx, request_id) if job.completed_at is None]
            if running and all(job.cancel_requested_at is not None for job in running):
                raise StaleCard(
                    "This push is stopping already.",
                    next_step="Writes under way are finished; the card shows when it has ended.",
                )
            for job in running:
                job.cancel_requested_at = job.cancel_requested_at or core.clock.now()
                tx.add(job)
            touch(tx, request)
            event = AuditEvent(
                AuditKind.PUSH_CANCELLED,
                audit_actor(actor),
                "push_request",
                str(request_id),
                {"number": request.number, "while": "pushing"},
            )
            await audit.append(tx, core.clock.now(), event)
        else:
            request.note = f"Cancelled by {actor.name}."
            await end_unstarted(core, tx, request, RequestState.CANCELLED, AuditKind.PUSH_CANCELLED, audit_actor(actor))
    announce(core, [request_id])
    return await request_card(core, request_id)


async def retry_failed(core: Core, actor: Actor, request_id: uuid.UUID) -> RequestCard:
    """Push again what failed and may succeed now, as a new job of the same request; nothing else is touched.

    The approval must still stand. Raises StaleCard, NothingToPush, NotAllowed.
    """
    lost = await lost_approvers(core, request_id)
    async with core.db.transaction() as tx:
        request = await get_request(tx, request_id)
        require_requester(actor, request)
        if RequestState(request.state) not in RETRYABLE_STATES:
            raise StaleCard(
                "There is nothing to retry: this push is not in a failed state.",
                next_step="The card shows its present state.",
            )
        if request.expires_at is not None and core.clock.now() >= request.expires_at:
            raise NotAllowed(
                "The approval of this push has expired.", gate="expired", next_step="Ask for a new push of what failed."
            )
        if not await has_standing_quorum(tx, request, without=lost):
            raise NotAllowed(
                "The approvals of this push do not suffice any more.",
                gate="quorum",
                next_step="Ask for a new push of what failed.",
            )
        items = {item.id: item for item in await list_items(tx, request_id)}
        failed = await _retryable_items(tx, request_id)
        again = [items[item_id] for item_id in failed if items[item_id].readiness == Readiness.READY]
        if not again:
            raise NothingToPush(
                "Nothing that failed here can be mended by trying again.",
                next_step="The card says what to do, for each.",
            )
        await _check_draft(core, tx, actor, again)
        await fill_jobs(core, tx, request, again)
        await tx.flush()
        move(core, tx, request, RequestState.PUSHING)
        request.ended_at, now = None, core.clock.now()
        for job in await list_jobs(tx, request_id):
            if job.state == JobState.PENDING and job.released_at is None:
                job.released_at = now
                tx.add(job)
        details = {"number": request.number, "statements": [str(item.statement_id) for item in again]}
        event = AuditEvent(AuditKind.PUSH_RETRIED, audit_actor(actor), "push_request", str(request_id), details)
        await audit.append(tx, core.clock.now(), event)
    announce(core, [request_id])
    return await request_card(core, request_id)


async def _check_draft(core: Core, tx: AsyncSession, actor: Actor, items: Sequence[RequestItemRow]) -> None:
    """Raise for whatever changed since these items were drawn: by others, in a text, or in what the actor may ask for."""
    live = [item for item in items if item.readiness in (Readiness.READY, Readiness.CONFLICT)]
    if not live:
        raise NothingToPush("Nothing here can be pushed.", next_step="The preview says why, for each statement.")
    await _check_hour(core, tx, actor)
    held = await open_requests_with(tx, [item.statement_id for item in live])
    rows = await get_many(tx, [item.statement_id for item in live])
    actor.require(Role.REQUESTER, tuple(sorted({system.name for _, _, system in rows.values()})))
    for item in live:
        row, control, system = rows[item.statement_id]
        if (holder := held.get(item.statement_id)) is not None:
            raise PushInProgress(
                f"{system.name}/{control.number} is part of push request #{holder.number}.",
                next_step="Wait until that one has ended, or have it cancelled; or leave this statement out.",
            )
        if row.local_content is None or sha256_of(row.local_content) != item.local_sha256:
            raise StaleCard(
                f"{system.name}/{control.number} was changed after this was drawn.", next_step="Preview it again."
            )


async def _check_hour(core: Core, tx: AsyncSession, actor: Actor) -> None:
    """Raise TooMuch for who asked for as many pushes within the last hour as one person may."""
    hour, limit = dt.timedelta(hours=1), core.settings.push_requests_per_hour
    now = core.clock.now()
    made = await requests_since(tx, actor.id, now - hour)
    if len(made) < limit:
        return
    # The next may be asked for once so many of these are older than an hour that fewer than the limit are left.
    free_at = made[limit - 1] + hour
    raise TooMuch(
        f"You asked for {limit} pushes within the last hour, which is the limit.",
        next_step=f"Ask again after {free_at:%H:%M} UTC.",
        retry_after_seconds=(free_at - now).total_seconds(),
    )


async def _retryable_items(tx: AsyncSession, request_id: uuid.UUID) -> list[uuid.UUID]:
    """The request items whose newest result failed in a way that a retry may mend.

    What was refused comes last: another statement is the canary, so that a refusal of one alone does not stop all again.
    """
    card = {item.statement_id: item for item in await list_items(tx, request_id)}
    newest: dict[uuid.UUID, PushItemRow] = {}
    jobs = {job.id: job for job in await list_jobs(tx, request_id)}
    for item in await list_push_items(tx, list(jobs)):
        newest[item.statement_id] = item
    outcomes = {each: Outcome(item.outcome) for each, item in newest.items() if item.outcome is not None}
    again = [
        each
        for each, outcome in outcomes.items()
        if may_retry(outcome, stopped_its_job=bool(jobs[newest[each].job_id].failure))
    ]
    again.sort(key=lambda each: outcomes[each] in CANARY_STOPS)
    return [card[each].id for each in again]

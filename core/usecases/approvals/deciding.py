"""Deciding on a push request. An approval covers exactly the content it was given for."""

import uuid
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.actor import Actor
from core.domain.approval import DecisionKind, check_may_decide, check_may_start, check_may_withdraw
from core.domain.audit import AuditEvent, AuditKind
from core.domain.push import Readiness, RequestState, sha256_of
from core.errors import GrcError, Refused, StaleCard
from core.models.requests import RequestCard
from core.store import audit
from core.store.push_tables import ApprovalRow, PushRequestRow
from core.store.pushes import find_approval, get_request, list_items, open_requests_with
from core.store.statements import get_many
from core.usecases.approvals.cases import approval_case, lost_approvers, void_approvals
from core.usecases.people.actors import audit_actor
from core.usecases.requests.cards import request_card
from core.usecases.requests.life import announce, cancel_jobs, digest_of, move, release, reopen_jobs, touch
from core.wiring import Core

_KINDS = {
    DecisionKind.APPROVE: AuditKind.PUSH_APPROVED,
    DecisionKind.CHANGES: AuditKind.PUSH_CHANGES_ASKED,
    DecisionKind.DECLINE: AuditKind.PUSH_DECLINED,
}


@dataclass(frozen=True)
class Verdict:
    """What somebody decides about the content of this digest, and why."""

    kind: DecisionKind
    shown_digest: str
    comment: str = ""
    starts_push: bool = True


async def approve_push(
    core: Core, actor: Actor, request_id: uuid.UUID, *, shown_digest: str, comment: str = "", starts_push: bool = True
) -> RequestCard:
    """Record an approval of the content shown; with the quorum reached, the push is released in the same transaction.

    An approval that does not start the push leaves that to `start_push`. Approvals of people who may not approve any
    more do not count. Raises NotAllowed (naming the gate) or StaleCard.
    """
    lost = await lost_approvers(core, request_id)
    async with core.db.transaction() as tx:
        request = await get_request(tx, request_id)
        case = await approval_case(core, tx, request)
        check_may_decide(case, actor, DecisionKind.APPROVE, shown_digest=shown_digest, now=core.clock.now())
        await _check_frozen(tx, request)
        await void_approvals(core, tx, request, lost - {actor.id})
        await _decide(
            core, tx, request, actor, Verdict(DecisionKind.APPROVE, shown_digest, comment.strip(), starts_push)
        )
        if starts_push and (await approval_case(core, tx, request)).has_quorum():
            await release(core, tx, request, audit_actor(actor))
        else:
            touch(tx, request)
    announce(core, [request_id])
    return await request_card(core, request_id)


async def start_push(core: Core, actor: Actor, request_id: uuid.UUID, *, shown_digest: str) -> RequestCard:
    """Start a push that is approved and waits for somebody to say so: its requester, an approver, or an admin.

    Raises NotAllowed, StaleCard. Approvals of people who may not approve any more do not count.
    """
    lost = await lost_approvers(core, request_id)
    try:
        async with core.db.transaction() as tx:
            request = await get_request(tx, request_id)
            case = await approval_case(core, tx, request)
            check_may_start(case, actor, shown_digest=shown_digest, now=core.clock.now(), without=lost)
            await _check_frozen(tx, request)
            await release(core, tx, request, audit_actor(actor))
    except Refused:
        async with core.db.transaction() as tx:
            request = await get_request(tx, request_id)
            if request.state == RequestState.WAITING:
                await void_approvals(core, tx, request, lost)
        announce(core, [request_id])
        raise
    announce(core, [request_id])
    return await request_card(core, request_id)


async def decline_push(
    core: Core, actor: Actor, request_id: uuid.UUID, *, shown_digest: str, comment: str
) -> RequestCard:
    """Record a decline with its reason; the request ends, unless the decline is withdrawn in time.

    Raises NotAllowed, StaleCard, Refused without a reason.
    """
    verdict = Verdict(DecisionKind.DECLINE, shown_digest, comment.strip())
    return await _object(core, actor, request_id, verdict, "A decline needs a reason.")


async def ask_for_changes(
    core: Core, actor: Actor, request_id: uuid.UUID, *, shown_digest: str, comment: str
) -> RequestCard:
    """Say what should change. The request stays open and cannot be pushed before the same person approves it.

    An edit of an included statement supersedes it. Raises NotAllowed, StaleCard, Refused without a comment.
    """
    verdict = Verdict(DecisionKind.CHANGES, shown_digest, comment.strip())
    return await _object(core, actor, request_id, verdict, "Asking for changes needs a comment.")


async def withdraw_decline(core: Core, actor: Actor, request_id: uuid.UUID, *, shown_digest: str) -> RequestCard:
    """Take a decline back: the request waits for approval again, if it still stands as it was.

    Raises NotAllowed, StaleCard for one that has expired, or of which a text changed or is in another request.
    """
    async with core.db.transaction() as tx:
        request = await get_request(tx, request_id)
        case = await approval_case(core, tx, request)
        check_may_withdraw(case, actor, shown_digest=shown_digest, now=core.clock.now())
        await _check_still_the_same(tx, request)
        row = await find_approval(tx, request_id, actor.id, request.content_digest)
        if row is not None:
            row.withdrawn_at = core.clock.now()
            tx.add(row)
        request.note, request.ended_at = "", None
        move(core, tx, request, RequestState.WAITING)
        await reopen_jobs(tx, request)
        details = {"number": request.number, "content_digest": request.content_digest}
        event = AuditEvent(
            AuditKind.PUSH_DECLINE_WITHDRAWN, audit_actor(actor), "push_request", str(request_id), details
        )
        await audit.append(tx, core.clock.now(), event)
    announce(core, [request_id])
    return await request_card(core, request_id)


async def why_not_decide(core: Core, actor: Actor, request_id: uuid.UUID) -> str:
    """Why this person may not approve the request as it stands now, in a sentence; empty when they may."""
    async with core.db.reading() as tx:
        request = await get_request(tx, request_id)
        case = await approval_case(core, tx, request)
    try:
        check_may_decide(case, actor, DecisionKind.APPROVE, shown_digest=request.content_digest, now=core.clock.now())
    except GrcError as error:
        return "" if getattr(error, "gate", "") == "already_decided" else error.message
    return ""


async def _object(
    core: Core, actor: Actor, request_id: uuid.UUID, verdict: Verdict, without_reason: str
) -> RequestCard:
    if not verdict.comment:
        raise Refused(without_reason, next_step="Say in a sentence what should change.")
    async with core.db.transaction() as tx:
        request = await get_request(tx, request_id)
        case = await approval_case(core, tx, request)
        check_may_decide(case, actor, verdict.kind, shown_digest=verdict.shown_digest, now=core.clock.now())
        await _decide(core, tx, request, actor, verdict)
        if verdict.kind is DecisionKind.DECLINE:
            request.note = f"Declined by {actor.name}: {verdict.comment}"
            move(core, tx, request, RequestState.DECLINED)
            await cancel_jobs(core, tx, request)
        else:
            touch(tx, request)
    announce(core, [request_id])
    return await request_card(core, request_id)


async def _check_frozen(tx: AsyncSession, request: PushRequestRow) -> None:
    if await digest_of(tx, request.id) != request.content_digest:
        raise RuntimeError("a frozen request changed its content")


async def _check_still_the_same(tx: AsyncSession, request: PushRequestRow) -> None:
    """Raise StaleCard unless every text is still the one that was asked for, and in no other request."""
    items = [item for item in await list_items(tx, request.id) if item.readiness == Readiness.READY]
    ids = [item.statement_id for item in items]
    rows, held = await get_many(tx, ids), await open_requests_with(tx, ids)
    for item in items:
        row, control, system = rows[item.statement_id]
        again = "Ask for a new push with /grcpush."
        if (holder := held.get(item.statement_id)) is not None:
            raise StaleCard(f"{system.name}/{control.number} is in push request #{holder.number} now.", next_step=again)
        if row.local_content is None or sha256_of(row.local_content) != item.local_sha256:
            raise StaleCard(f"{system.name}/{control.number} was changed after the decline.", next_step=again)


async def _decide(core: Core, tx: AsyncSession, request: PushRequestRow, actor: Actor, verdict: Verdict) -> None:
    """Keep the person's decision, in the place of what they decided about the same content before."""
    row = await find_approval(tx, request.id, actor.id, request.content_digest) or ApprovalRow(
        id=core.new_id(),
        request_id=request.id,
        person_id=actor.id,
        kind="",
        content_digest=request.content_digest,
        decided_at=core.clock.now(),
    )
    row.kind, row.comment, row.starts_push = verdict.kind.value, verdict.comment, verdict.starts_push
    row.decided_at, row.withdrawn_at = core.clock.now(), None
    tx.add(row)
    await tx.flush()
    details = {
        "number": request.number,
        "content_digest": request.content_digest,
        "comment": verdict.comment,
        "starts_push": verdict.starts_push,
        "policy": {"approvals_required": request.approvals_required, "expires_hours": request.expires_hours},
    }
    event = AuditEvent(_KINDS[verdict.kind], audit_actor(actor), "push_request", str(request.id), details)
    await audit.append(tx, core.clock.now(), event)

"""Deciding on a push request. An approval covers exactly the content it was given for."""

import uuid

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.actor import Actor
from core.domain.approval import ApprovalCase, Decision, DecisionKind, check_may_decide
from core.domain.audit import SYSTEM_ACTOR, AuditEvent, AuditKind
from core.domain.push import Readiness, RequestState
from core.errors import Refused
from core.read_models import RequestCard
from core.store import audit
from core.store.people import people_by_id
from core.store.push_tables import ApprovalRow, PushRequestRow
from core.store.pushes import get_request, list_approvals, list_items
from core.store.statements import authors, get_many
from core.usecases.cards import request_card
from core.usecases.people import audit_actor
from core.usecases.requests import announce, cancel_jobs, digest_of, end_unstarted, move, release, touch
from core.wiring import Core


async def approve_push(
    core: Core, actor: Actor, request_id: uuid.UUID, *, shown_digest: str, comment: str = ""
) -> RequestCard:
    """Record an approval of the content shown; with the quorum reached, the push is released in the same transaction.

    Raises NotAllowed (naming the gate) or StaleCard.
    """
    async with core.db.transaction() as tx:
        request = await get_request(tx, request_id)
        case = await approval_case(tx, request)
        check_may_decide(case, actor, shown_digest=shown_digest, now=core.clock.now())
        if await digest_of(tx, request_id) != request.content_digest:
            raise RuntimeError("a frozen request changed its content")
        await _decide(core, tx, request, actor, DecisionKind.APPROVE, comment)
        if (await approval_case(tx, request)).has_quorum():
            await release(core, tx, request, audit_actor(actor))
        else:
            touch(tx, request)
    announce(core, [request_id])
    return await request_card(core, request_id)


async def decline_push(
    core: Core, actor: Actor, request_id: uuid.UUID, *, shown_digest: str, comment: str
) -> RequestCard:
    """Record a decline with its reason; the request ends. Raises NotAllowed, StaleCard, Refused without a reason."""
    if not comment.strip():
        raise Refused("A decline needs a reason.", next_step="Say in a sentence what should change.")
    async with core.db.transaction() as tx:
        request = await get_request(tx, request_id)
        check_may_decide(await approval_case(tx, request), actor, shown_digest=shown_digest, now=core.clock.now())
        await _decide(core, tx, request, actor, DecisionKind.DECLINE, comment.strip())
        request.note = f"Declined by {actor.name}: {comment.strip()}"
        move(core, tx, request, RequestState.DECLINED)
        await cancel_jobs(core, tx, request)
    announce(core, [request_id])
    return await request_card(core, request_id)


async def expire_requests(core: Core) -> list[uuid.UUID]:
    """End the requests whose approval did not come in time; gives back those requests."""
    ended = []
    async with core.db.reading() as tx:
        overdue = await _overdue(core, tx)
    for request_id in overdue:
        async with core.db.transaction() as tx:
            request = await get_request(tx, request_id)
            if request.state == RequestState.WAITING:
                request.note = "Nobody approved it in time."
                await end_unstarted(core, tx, request, RequestState.EXPIRED, AuditKind.PUSH_EXPIRED, SYSTEM_ACTOR)
                ended.append(request_id)
    announce(core, ended)
    return ended


async def approval_case(tx: AsyncSession, request: PushRequestRow) -> ApprovalCase:
    """Everything the gates look at, as it is in the database now."""
    items = [item for item in await list_items(tx, request.id) if item.readiness == Readiness.READY]
    statements = await get_many(tx, [item.statement_id for item in items])
    touched: dict[uuid.UUID, list[str]] = {}
    for statement_id, people in (await authors(tx, list(statements))).items():
        for person_id in people:
            touched.setdefault(person_id, []).append(statements[statement_id][1].number)
    rows = await list_approvals(tx, request.id)
    names = await people_by_id(tx, (row.person_id for row in rows))
    decisions = tuple(
        Decision(
            row.person_id,
            names[row.person_id].name,
            DecisionKind(row.kind),
            row.content_digest,
            row.decided_at,
            row.comment,
        )
        for row in rows
    )
    return ApprovalCase(
        number=request.number or 0,
        state=RequestState(request.state),
        content_digest=request.content_digest,
        requester_id=request.requested_by,
        authors={person_id: tuple(sorted(numbers)) for person_id, numbers in touched.items()},
        systems=tuple(sorted({system.name for _, _, system in statements.values()})),
        decisions=decisions,
        approvals_required=request.approvals_required,
        expires_at=request.expires_at,
        in_chat=request.in_chat,
    )


async def _decide(
    core: Core, tx: AsyncSession, request: PushRequestRow, actor: Actor, kind: DecisionKind, comment: str
) -> None:
    tx.add(
        ApprovalRow(
            id=core.new_id(),
            request_id=request.id,
            person_id=actor.id,
            kind=kind.value,
            content_digest=request.content_digest,
            comment=comment,
            decided_at=core.clock.now(),
        )
    )
    await tx.flush()
    details = {
        "number": request.number,
        "content_digest": request.content_digest,
        "comment": comment,
        "policy": {"approvals_required": request.approvals_required, "expires_hours": request.expires_hours},
    }
    audit_kind = AuditKind.PUSH_APPROVED if kind is DecisionKind.APPROVE else AuditKind.PUSH_DECLINED
    await audit.append(
        tx, core.clock.now(), AuditEvent(audit_kind, audit_actor(actor), "push_request", str(request.id), details)
    )


async def _overdue(core: Core, tx: AsyncSession) -> list[uuid.UUID]:
    query = select(PushRequestRow.id).where(
        PushRequestRow.state == RequestState.WAITING.value, col(PushRequestRow.expires_at) <= core.clock.now()
    )
    return list((await tx.exec(query)).all())

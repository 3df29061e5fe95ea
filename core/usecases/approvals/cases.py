"""What an approval is worth at this moment: who gave it, for what, and whether that person may still approve."""

import uuid
from collections.abc import Collection

from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.actor import Actor
from core.domain.approval import ApprovalCase, Decision, DecisionKind
from core.domain.audit import SYSTEM_ACTOR, AuditEvent, AuditKind
from core.domain.push import Readiness, RequestState
from core.errors import NotAllowed
from core.store import audit
from core.store.people import people_by_id
from core.store.push_tables import ApprovalRow, PushRequestRow
from core.store.pushes import find_approval, get_job, get_request, list_approvals, list_items, list_jobs
from core.store.statements import authors, get_many
from core.usecases.people.actors import configured_grants
from core.usecases.requests.life import digest_of, may_decide_in_chat, touch
from core.wiring import Core


async def approval_case(core: Core, tx: AsyncSession, request: PushRequestRow) -> ApprovalCase:
    """Everything the gates look at, as it is in the database now."""
    items = [item for item in await list_items(tx, request.id) if item.readiness == Readiness.READY]
    statements = await get_many(tx, [item.statement_id for item in items])
    touched: dict[uuid.UUID, list[str]] = {}
    for statement_id, people in (await authors(tx, list(statements))).items():
        for person_id in people:
            touched.setdefault(person_id, []).append(statements[statement_id][1].number)
    rows = await list_approvals(tx, request.id)
    names = await people_by_id(tx, (row.person_id for row in rows))
    return ApprovalCase(
        number=request.number or 0,
        state=RequestState(request.state),
        content_digest=request.content_digest,
        requester_id=request.requested_by,
        authors={person_id: tuple(sorted(numbers)) for person_id, numbers in touched.items()},
        systems=tuple(sorted({system.name for _, _, system in statements.values()})),
        decisions=tuple(_decision(row, names[row.person_id].name) for row in rows),
        approvals_required=request.approvals_required,
        expires_at=request.expires_at,
        in_chat=may_decide_in_chat(core, request),
    )


async def lost_approvers(core: Core, request_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Those whose approval stands, and who may not approve any more.

    Raises NotAllowed when their roles cannot be read now: an approval that cannot be checked is none.
    """
    if core.rights.of is None:
        return frozenset()
    async with core.db.reading() as tx:
        case = await approval_case(core, tx, await get_request(tx, request_id))
        people = await people_by_id(tx, (decision.person_id for decision in case.standing_approvals()))
    lost = []
    for person in people.values():
        if person.slack_user_id:
            grants = await core.rights.of(person.slack_user_id)
        else:
            grants = configured_grants(core, {person.email or ""})
        if not case.may_approve(Actor(person.id, person.name, grants=grants)):
            lost.append(person.id)
    return frozenset(lost)


async def void_approvals(core: Core, tx: AsyncSession, request: PushRequestRow, people: Collection[uuid.UUID]) -> None:
    """Take the approvals of these people out of the count, and say so in the audit trail."""
    names = await people_by_id(tx, people)
    for person_id in people:
        row = await find_approval(tx, request.id, person_id, request.content_digest)
        if row is None or row.withdrawn_at is not None:
            continue
        row.withdrawn_at = core.clock.now()
        tx.add(row)
        touch(tx, request)
        details = {
            "number": request.number,
            "content_digest": request.content_digest,
            "person": str(person_id),
            "name": names[person_id].name,
            "why": "may not approve any more",
        }
        event = AuditEvent(AuditKind.PUSH_APPROVAL_VOIDED, SYSTEM_ACTOR, "push_request", str(request.id), details)
        await audit.append(tx, core.clock.now(), event)
    await tx.flush()


async def why_not_start(core: Core, job_id: uuid.UUID) -> str:
    """Why the released job may not begin after all, in sentences; empty when it may.

    Quorum, content, expiry and the approvers' roles are looked at once more. Where Slack does not tell the roles, those
    that were read at the release count: a push does not depend on Slack.
    """
    async with core.db.reading() as tx:
        job = await get_job(tx, job_id)
        request = await get_request(tx, job.request_id)
        case = await approval_case(core, tx, request)
        is_frozen = await digest_of(tx, request.id) == request.content_digest
        has_begun = any(each.started_at is not None for each in await list_jobs(tx, request.id))
    if not is_frozen:
        return "What would be pushed is not what was approved. Ask for the push again."
    if case.approvals_required == 0:
        return ""
    if not has_begun and request.expires_at is not None and core.clock.now() >= request.expires_at:
        return "The approval expired before the push began. Ask for the push again."
    try:
        lost = await lost_approvers(core, request.id)
    except NotAllowed:
        lost = frozenset()
    if case.has_quorum(lost):
        return ""
    names = ", ".join(d.person_name for d in case.standing_approvals() if d.person_id in lost)
    who = f" {names} may not approve any more." if names else ""
    return f"Too few approvals stand for this push.{who} Ask for it again."


async def has_standing_quorum(tx: AsyncSession, request: PushRequestRow, without: Collection[uuid.UUID] = ()) -> bool:
    """Whether the recorded approvals of the present content suffice, not counting those named, and nobody objects."""
    if request.approvals_required == 0:
        return True
    rows = [row for row in await list_approvals(tx, request.id) if row.content_digest == request.content_digest]
    approving = {row.person_id for row in rows if row.kind == DecisionKind.APPROVE.value} - set(without)
    return len(approving) >= request.approvals_required and all(row.kind == DecisionKind.APPROVE.value for row in rows)


def _decision(row: ApprovalRow, name: str) -> Decision:
    return Decision(
        row.person_id,
        name,
        DecisionKind(row.kind),
        row.content_digest,
        row.decided_at,
        row.comment,
        row.starts_push,
    )

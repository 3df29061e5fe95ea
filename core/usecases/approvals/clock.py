"""What time does to a request that waits for approval: reminders, and its end."""

import datetime as dt
import uuid

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.actor import Actor, Role
from core.domain.approval import nudges_due
from core.domain.audit import SYSTEM_ACTOR, AuditActor, AuditEvent, AuditKind
from core.domain.digest import is_working_time
from core.domain.push import RequestState
from core.errors import NotAllowed, StaleCard
from core.models.requests import RequestCard
from core.store import audit
from core.store.push_tables import PushRequestRow
from core.store.pushes import get_request
from core.store.tables import PersonRow
from core.usecases.people.actors import audit_actor
from core.usecases.reminders.calendar import calendar_of
from core.usecases.requests.cards import request_card
from core.usecases.requests.life import announce, end_unstarted, touch
from core.wiring import Core

BETWEEN_REMINDERS = dt.timedelta(hours=4)


async def expire_requests(core: Core) -> list[uuid.UUID]:
    """End the requests whose approval did not come in time; gives back those requests."""
    ended = []
    now = core.clock.now()
    for request_id in await _waiting(core, col(PushRequestRow.expires_at) <= now):
        async with core.db.transaction() as tx:
            request = await get_request(tx, request_id)
            is_over = request.expires_at is not None and request.expires_at <= now
            if request.state == RequestState.WAITING and is_over:
                request.note = "Nobody approved it in time."
                await end_unstarted(core, tx, request, RequestState.EXPIRED, AuditKind.PUSH_EXPIRED, SYSTEM_ACTOR)
                ended.append(request_id)
    announce(core, ended)
    return ended


async def nudge_approvers(core: Core) -> list[uuid.UUID]:
    """Remind of requests half of whose time is over, and once more in their last hour; gives back those requests.

    Only in the requester's working hours: what is due in the night is made up for in the morning.
    """
    nudged = []
    now = core.clock.now()
    for request_id in await _waiting(core, col(PushRequestRow.expires_at) > now):
        async with core.db.transaction() as tx:
            request = await get_request(tx, request_id)
            if request.state != RequestState.WAITING or request.frozen_at is None or request.expires_at is None:
                continue
            due = nudges_due(request.frozen_at, request.expires_at, now)
            zone = (await tx.get_one(PersonRow, request.requested_by)).time_zone
            if due > request.nudges and is_working_time(now, zone, calendar_of(core)):
                request.nudges = due
                await _remind(core, tx, request, SYSTEM_ACTOR)
                nudged.append(request_id)
    announce(core, nudged)
    return nudged


async def remind_approvers(core: Core, actor: Actor, request_id: uuid.UUID) -> RequestCard:
    """Have the approvers reminded, for the requester or an admin; at most once in four hours.

    Raises NotAllowed, StaleCard when nothing waits for them.
    """
    async with core.db.transaction() as tx:
        request = await get_request(tx, request_id)
        if request.state != RequestState.WAITING:
            raise StaleCard(
                "This request does not wait for approvers now.", next_step="The card shows its present state."
            )
        if request.requested_by != actor.id and not actor.has_role(Role.ADMIN):
            raise NotAllowed(
                "Only the person who asked for this push, or an admin, may remind the approvers.",
                gate="requester_only",
                next_step="Ask them to, or write to an approver yourself.",
            )
        _check_not_too_soon(request, core.clock.now())
        await _remind(core, tx, request, audit_actor(actor))
    announce(core, [request_id])
    return await request_card(core, request_id)


def _check_not_too_soon(request: PushRequestRow, now: dt.datetime) -> None:
    if request.reminded_at is None or now >= request.reminded_at + BETWEEN_REMINDERS:
        return
    minutes = int((request.reminded_at + BETWEEN_REMINDERS - now).total_seconds() // 60) + 1
    wait = f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
    raise NotAllowed(
        "The approvers were reminded less than four hours ago.",
        gate="reminded",
        next_step=f"They can be reminded again in {wait}; or write to one of them yourself.",
    )


async def _remind(core: Core, tx: AsyncSession, request: PushRequestRow, actor: AuditActor) -> None:
    request.reminders += 1
    request.reminded_at = core.clock.now()
    touch(tx, request)
    details = {"number": request.number, "reminders": request.reminders}
    event = AuditEvent(AuditKind.PUSH_REMINDED, actor, "push_request", str(request.id), details)
    await audit.append(tx, core.clock.now(), event)


async def _waiting(core: Core, *tests: object) -> list[uuid.UUID]:
    query = select(PushRequestRow.id).where(PushRequestRow.state == RequestState.WAITING.value, *tests)  # type: ignore[arg-type]
    async with core.db.reading() as tx:
        return list((await tx.exec(query)).all())

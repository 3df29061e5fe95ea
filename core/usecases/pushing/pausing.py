"""Stopping all writing to ServiceNow, and letting it go on: an admin's act, checked at every claim."""

import uuid

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.actor import Actor, Role
from core.domain.audit import AuditEvent, AuditKind
from core.domain.push import OPEN_STATES
from core.errors import StaleCard
from core.store import audit
from core.store.push_tables import PushRequestRow
from core.store.pushes import PAUSE
from core.store.tables import SwitchRow
from core.usecases.people.actors import audit_actor
from core.usecases.requests.life import announce, touch
from core.wiring import Core


async def pause_writing(core: Core, actor: Actor, *, reason: str = "") -> None:
    """Claim nothing more, in the whole deployment, until somebody resumes; writes under way are finished.

    Raises NotAllowed, and StaleCard when writing is paused already.
    """
    await _switch(core, actor, is_on=True, reason=reason.strip())


async def resume_writing(core: Core, actor: Actor) -> None:
    """Let the pushes that wait go on. Raises NotAllowed, and StaleCard when writing is not paused."""
    await _switch(core, actor, is_on=False, reason="")


async def _switch(core: Core, actor: Actor, *, is_on: bool, reason: str) -> None:
    actor.require(Role.ADMIN)
    async with core.db.transaction() as tx:
        row = await tx.get(SwitchRow, PAUSE)
        if (row is not None and row.is_on) == is_on:
            raise StaleCard(
                "Writing is paused already." if is_on else "Writing is not paused.",
                next_step="/grcpush resume lets it go on."
                if is_on
                else "Pushes that are approved go on by themselves.",
            )
        row = row or SwitchRow(name=PAUSE, is_on=is_on, set_by="", set_at=core.clock.now())
        row.is_on, row.set_by, row.set_at, row.reason = is_on, str(actor.id), core.clock.now(), reason
        tx.add(row)
        kind = AuditKind.WRITING_PAUSED if is_on else AuditKind.WRITING_RESUMED
        event = AuditEvent(kind, audit_actor(actor), "switch", PAUSE, {"reason": reason} if reason else {})
        await audit.append(tx, core.clock.now(), event)
        touched = await _touch_open_requests(tx)
    announce(core, touched)
    core.signals.work_released()


async def _touch_open_requests(tx: AsyncSession) -> list[uuid.UUID]:
    """Have every open card say so, also those drawn by other processes."""
    states = [state.value for state in OPEN_STATES]
    requests = (await tx.exec(select(PushRequestRow).where(col(PushRequestRow.state).in_(states)))).all()
    for request in requests:
        touch(tx, request)
    return [request.id for request in requests]

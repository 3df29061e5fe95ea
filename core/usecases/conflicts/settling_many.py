"""The conflicts of a push request, many at once: one choice for all of them, more of them shown, one taken back in."""

import uuid
from dataclasses import dataclass, replace

from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.actor import Actor, Role
from core.domain.audit import AuditEvent, AuditKind
from core.domain.conflict import Choice, digest_of_shown
from core.domain.push import Readiness, RequestState
from core.errors import GrcError, NotAllowed, NotFound, StaleCard
from core.store import audit
from core.store.conflicts import conflicts_by_id, get_conflict
from core.store.pushes import get_request, list_items, open_requests_with
from core.usecases.conflicts.settling import SeenConflict, resolve_conflict
from core.usecases.people.actors import audit_actor
from core.usecases.requests.life import LEFT_OUT, announce, require_requester, settle_again, touch
from core.wiring import Core

SHOWN_AT_A_TIME = 10


@dataclass(frozen=True)
class SettledMany:
    """How many conflicts a choice for all of them settled, and the sentences of those it did not."""

    settled: int
    refused: tuple[str, ...]


async def settle_all(core: Core, actor: Actor, request_id: uuid.UUID, choice: Choice, *, seen: str) -> SettledMany:
    """One choice for every open conflict of the request, for exactly those that were shown (`digest_of_shown`).

    Each is settled by itself: one that moved meanwhile stays open and is told. Raises NotAllowed unless the actor asked
    for the push, and StaleCard when other conflicts were shown than are open now.
    """
    async with core.db.reading() as tx:
        request = await get_request(tx, request_id)
        conflicts = await _open_conflicts(tx, request_id)
    if request.requested_by != actor.id:
        raise NotAllowed(
            "Only the person who asked for this push may choose for all of its conflicts at once.",
            gate="requester_only",
            next_step="Settle them one by one in the thread, or ask the requester.",
        )
    if digest_of_shown((one.conflict_id, one.revision) for one in conflicts) != seen:
        raise StaleCard(
            "The conflicts are not the ones that this was drawn for.", next_step="Look at the card again, then choose."
        )
    refused = []
    for conflict in conflicts:
        try:
            await resolve_conflict(core, actor, replace(conflict, among=len(conflicts)), choice)
        except GrcError as error:
            refused.append(error.message)
    return SettledMany(len(conflicts) - len(refused), tuple(refused))


async def show_more_conflicts(core: Core, actor: Actor, request_id: uuid.UUID, *, shown: int) -> None:
    """Let ten more conflicts stand in the thread than `shown`, the number that was drawn; a second click adds none.

    Raises NotAllowed for who could settle none of them, and StaleCard once there are no conflicts to settle.
    """
    async with core.db.transaction() as tx:
        request = await get_request(tx, request_id)
        if request.state != RequestState.SETTLING:
            raise StaleCard("There are no conflicts to settle any more.", next_step="The card shows its present state.")
        if request.requested_by != actor.id and not (actor.has_role(Role.EDITOR) or actor.has_role(Role.ADMIN)):
            raise NotAllowed(
                "Only the requester, editors and admins may have more conflicts shown.",
                gate="settle",
                next_step="Ask one of them.",
            )
        if request.conflicts_shown == shown:
            request.conflicts_shown = shown + SHOWN_AT_A_TIME
            touch(tx, request)
    announce(core, [request_id])


async def put_back(core: Core, actor: Actor, request_id: uuid.UUID, statement_id: uuid.UUID) -> None:
    """Take a statement in again that was left out with its conflict unsettled, as long as nothing was pushed.

    Raises NotFound, NotAllowed, and StaleCard once the request or the conflict is over or another request holds it.
    """
    async with core.db.transaction() as tx:
        request = await get_request(tx, request_id)
        require_requester(actor, request)
        item = next((item for item in await list_items(tx, request_id) if item.statement_id == statement_id), None)
        if item is None or item.conflict_id is None or item.reason != LEFT_OUT:
            raise NotFound(
                "This statement was not left out of the request.", next_step="The card shows what is part of it."
            )
        held = statement_id in await open_requests_with(tx, [statement_id])
        is_open = (await get_conflict(tx, item.conflict_id)).is_open
        if held or not is_open or request.state not in (RequestState.SETTLING, RequestState.WAITING):
            raise StaleCard("This can no longer be undone.", next_step="Ask for another push with this statement.")
        item.readiness, item.reason = Readiness.CONFLICT.value, ""
        item.left_out_by = item.left_out_at = None
        tx.add(item)
        settle_again(core, tx, request)
        details = {"number": request.number, "statement_id": str(statement_id)}
        event = AuditEvent(AuditKind.PUSH_ITEM_PUT_BACK, audit_actor(actor), "push_request", str(request_id), details)
        await audit.append(tx, core.clock.now(), event)
    announce(core, [request_id])


async def _open_conflicts(tx: AsyncSession, request_id: uuid.UUID) -> list[SeenConflict]:
    items = [item for item in await list_items(tx, request_id) if item.readiness == Readiness.CONFLICT.value]
    rows = await conflicts_by_id(tx, (item.conflict_id for item in items))
    known = (rows.get(item.conflict_id) for item in items if item.conflict_id is not None)
    return [SeenConflict(row.id, row.revision) for row in known if row is not None and row.is_open]

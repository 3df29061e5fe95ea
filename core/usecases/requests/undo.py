"""Undoing a finished push: the earlier texts become local edits, for a new request that goes the usual way."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.actor import Actor, Role
from core.domain.audit import AuditEvent, AuditKind
from core.domain.outcome import SUCCESSES, Outcome
from core.domain.push import RequestState, sha256_of
from core.domain.statement import Stamp, SyncStatus
from core.errors import NothingToPush, Refused, StaleCard
from core.store import audit
from core.store.push_tables import PushItemRow, PushRequestRow
from core.store.pushes import get_request, list_jobs, list_push_items
from core.store.statements import Joined, get_many
from core.store.tables import StatementRow
from core.text.content import TextKind, clean, fingerprint, lost_content
from core.usecases.people.actors import audit_actor
from core.usecases.statements.rows import adopt_baseline, keep_edit, set_local
from core.usecases.texts import in_thread
from core.wiring import Core

_UNDER_WAY = "This push is not over yet."
_WAITS_ALREADY = "its earlier text is a local edit already"
_NAMED = 5


@dataclass(frozen=True)
class Undone:
    """The statements whose earlier texts are local edits now; and those left alone, each with the reason."""

    number: int
    statement_ids: tuple[uuid.UUID, ...]
    left_alone: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class _Earlier:
    """What one statement held before the push, as it would be saved; `why_not` says why it is not brought back."""

    text: str = ""
    is_taken_over: bool = False
    why_not: str = ""


async def undo_push(core: Core, actor: Actor, request_id: uuid.UUID) -> Undone:
    """Make the texts that the push replaced local edits of the actor's. Nothing is sent; a request for them is the next step.

    What somebody changed in ServiceNow after the push is found as a conflict by the next look, because the text that was
    pushed counts as the baseline again. A statement with a local edit is left alone. Raises NotAllowed for who may not
    edit and request the statements, StaleCard while the push runs, NothingToPush when there is nothing to bring back.
    """
    async with core.db.reading() as tx:
        request, items = await _pushed(tx, request_id)
        statements = await get_many(tx, list(items))
    systems = tuple(sorted({system.name for _, _, system in statements.values()}))
    actor.require(Role.EDITOR, systems)
    actor.require(Role.REQUESTER, systems)
    earlier = await in_thread(lambda: {each: _earlier(items[each], statements[each][0]) for each in items})
    async with core.db.transaction() as tx:
        fresh = await get_many(tx, list(items))
        done = [
            statement_id
            for statement_id, text in earlier.items()
            if not text.why_not and fresh[statement_id][0].row_version == statements[statement_id][0].row_version
        ]
        for statement_id in done:
            await _restore(core, tx, actor, request, fresh[statement_id], items[statement_id], earlier[statement_id])
        left = _left_alone(earlier, done, statements)
        if not done:
            raise _nothing(request, left)
        details = {"number": request.number, "statements": [str(each) for each in done]}
        event = AuditEvent(AuditKind.PUSH_UNDONE, audit_actor(actor), "push_request", str(request_id), details)
        await audit.append(tx, core.clock.now(), event)
    return Undone(request.number or 0, tuple(done), left)


async def _pushed(tx: AsyncSession, request_id: uuid.UUID) -> tuple[PushRequestRow, dict[uuid.UUID, PushItemRow]]:
    """The newest write of each statement that the request brought to ServiceNow."""
    request = await get_request(tx, request_id)
    if request.state in (RequestState.PUSHING, RequestState.WAITING, RequestState.SETTLING):
        raise StaleCard(_UNDER_WAY, next_step="Wait for its end, or stop it.")
    rows = await list_push_items(tx, [job.id for job in await list_jobs(tx, request_id)])
    written = [row for row in rows if row.outcome and Outcome(row.outcome) in SUCCESSES - {Outcome.ALREADY_THERE}]
    if not written:
        raise NothingToPush(
            f"Push request #{request.number} replaced no text.", next_step="There is nothing to bring back."
        )
    return request, {row.statement_id: row for row in written}


def _earlier(item: PushItemRow, row: StatementRow) -> _Earlier:
    kind = TextKind(row.kind)
    if item.intent_content is None or item.stored_content is None:
        return _Earlier(why_not="what it held before is not known")
    if row.local_content is not None:
        is_there = row.local_content == clean(item.intent_content, kind)
        return _Earlier(why_not=_WAITS_ALREADY if is_there else "it has an edit that is not pushed")
    if row.sync_status in (SyncStatus.MISSING.value, SyncStatus.PUSHING.value):
        return _Earlier(why_not="it is missing in ServiceNow, or being pushed")
    if lost := lost_content(item.intent_content, kind):
        return _Earlier(why_not=f"the earlier text holds content grcpush cannot carry ({', '.join(lost)})")
    now = fingerprint(row.content, kind)
    if now == fingerprint(item.intent_content, kind):
        return _Earlier(why_not="ServiceNow holds the earlier text already")
    return _Earlier(clean(item.intent_content, kind), is_taken_over=now != fingerprint(item.stored_content, kind))


async def _restore(  # noqa: PLR0913 -- who, whose, and the three texts
    core: Core,
    tx: AsyncSession,
    actor: Actor,
    request: PushRequestRow,
    joined: Joined,
    item: PushItemRow,
    earlier: _Earlier,
) -> None:
    row, control, system = joined
    if earlier.is_taken_over:
        stamp = Stamp(
            item.stored_mod_count or 0, item.stored_updated_on, item.stored_updated_by or "", item.stored_created_on
        )
        adopt_baseline(row, item.stored_content or "", stamp, None)
    set_local(core, row, earlier.text, actor.id)
    source = f"undo of #{request.number}"
    keep_edit(core, tx, row, actor.id, source)
    tx.add(row)
    details = {
        "control": f"{system.name}/{control.number}",
        "source": source,
        "local_sha256": sha256_of(earlier.text),
        "baseline_sha256": sha256_of(row.content),
    }
    event = AuditEvent(AuditKind.STATEMENT_EDITED, audit_actor(actor), "statement", str(row.id), details)
    await audit.append(tx, core.clock.now(), event)


def _left_alone(
    earlier: Mapping[uuid.UUID, _Earlier], done: Sequence[uuid.UUID], statements: Mapping[uuid.UUID, Joined]
) -> tuple[tuple[str, str], ...]:
    return tuple(
        (f"{statements[each][2].name}/{statements[each][1].number}", text.why_not or "it changed just now")
        for each, text in earlier.items()
        if each not in done
    )


def _nothing(request: PushRequestRow, left: Sequence[tuple[str, str]]) -> Refused:
    """Why nothing is brought back; texts that wait as local edits already have another way on than the others."""
    reasons = "; ".join(f"{label}: {why}" for label, why in left[:_NAMED])
    others = [why for _, why in left if why != _WAITS_ALREADY]
    if not others:
        return NothingToPush(
            f"The texts from before push request #{request.number} are local edits already. {reasons}.",
            next_step="/grcpush lists them, to be pushed or given up.",
        )
    listed = "/grcpush lists the local edits. " if len(others) < len(left) else ""
    return NothingToPush(
        f"Nothing of push request #{request.number} can be brought back now. {reasons}.",
        next_step=f"{listed}Edit the statements themselves: /grcpush history SYSTEM/CONTROL shows every earlier text.",
    )

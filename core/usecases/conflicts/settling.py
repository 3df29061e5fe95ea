"""Settling conflicts: the choice is made for exactly the version that was shown, and can be undone until the push."""

import uuid
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.actor import Actor, Role
from core.domain.audit import AuditEvent, AuditKind, instant
from core.domain.conflict import Choice, ConflictKind
from core.domain.push import RequestState, sha256_of
from core.domain.statement import Stamp, SyncStatus
from core.errors import AlreadyResolved, LossyText, NotAllowed, StaleCard
from core.models.requests import ConflictCard
from core.store import audit
from core.store.conflicts import get_conflict
from core.store.people import people_by_id
from core.store.pushes import open_requests_with, requesters_for_conflict
from core.store.statements import get_row
from core.store.tables import ConflictRow, StatementRow
from core.text.content import TextKind, clean, lost_content
from core.text.moments import in_utc
from core.usecases.people.actors import audit_actor
from core.usecases.requests.cards import conflict_card
from core.usecases.requests.life import announce, conflict_reopened, conflict_settled, text_changed
from core.usecases.statements.modified import local_preview
from core.usecases.statements.rows import adopt_baseline, clear_local, keep_edit, label_of, set_local
from core.usecases.texts import cleared, in_thread, is_cleared
from core.wiring import Core


@dataclass(frozen=True)
class SeenConflict:
    """The conflict as the person saw it, and for how many conflicts at once the choice was made."""

    conflict_id: uuid.UUID
    revision: int
    among: int = 1


async def resolve_conflict(
    core: Core,
    actor: Actor,
    seen: SeenConflict,
    choice: Choice,
    *,
    merged_text: str | None = None,
    allow_empty: bool = False,
) -> ConflictCard:
    """Settle the conflict for exactly the remote version that was shown.

    KEEP_LOCAL makes the shown remote text the baseline and leaves the local one to be pushed; KEEP_REMOTE takes the
    remote text over and drops the local edit (kept in the history); MERGED makes `merged_text` the local text. Where our
    push overwrote somebody's text, KEEP_REMOTE brings theirs back as a local edit, to be pushed. Raises AlreadyResolved,
    StaleCard, NotAllowed, NotFound, LossyText, and EmptyText for a merge that would clear the text, unless `allow_empty`.
    """
    text = await _text_to_keep(core, seen, choice, merged_text)
    async with core.db.transaction() as tx:
        conflict = await get_conflict(tx, seen.conflict_id)
        row = await get_row(tx, conflict.statement_id)
        await _require_may_settle(tx, actor, conflict, row)
        await check_shown(tx, conflict, seen)
        before = row.local_content
        if text is not None and text.lost:
            raise LossyText(
                f"The text holds content grcpush cannot carry: {', '.join(text.lost)}.",
                next_step="Restore it in ServiceNow itself.",
            )
        if text is not None and text.clears and not allow_empty:
            raise cleared()
        if conflict.kind == ConflictKind.OVERWROTE:
            _apply_to_overwritten(core, row, choice, actor, text)
        else:
            _apply(core, row, conflict, choice, actor, text)
        if row.local_content != before:
            keep_edit(core, tx, row, actor.id, choice.value)
        conflict.is_open = False
        conflict.revision += 1
        conflict.choice, conflict.resolved_by, conflict.resolved_at = choice.value, actor.id, core.clock.now()
        conflict.resolved_row_version = row.row_version
        tx.add_all([row, conflict])
        await tx.flush()
        await audit.append(
            tx, core.clock.now(), _event(AuditKind.CONFLICT_RESOLVED, actor, conflict, row, among=seen.among)
        )
        touched = await conflict_settled(core, tx, conflict, row, audit_actor(actor))
        touched += await _changed_elsewhere(core, tx, row, before, touched, actor)
    announce(core, touched)
    return await conflict_card(core, conflict.id)


async def undo_resolution(core: Core, actor: Actor, seen: SeenConflict) -> ConflictCard:
    """Open a settled conflict again, with all three texts as they were. Raises StaleCard once anything moved on."""
    async with core.db.transaction() as tx:
        conflict = await get_conflict(tx, seen.conflict_id)
        row = await get_row(tx, conflict.statement_id)
        await _require_may_settle(tx, actor, conflict, row)
        pushing = (await open_requests_with(tx, [row.id])).get(row.id)
        is_pushing = pushing is not None and pushing.state == RequestState.PUSHING
        moved = conflict.revision != seen.revision or conflict.resolved_row_version != row.row_version
        is_final = conflict.kind == ConflictKind.OVERWROTE
        if conflict.is_open or conflict.choice is None or moved or is_pushing or is_final:
            raise StaleCard(
                "This choice can no longer be undone: the statement moved on.", next_step="Edit the statement instead."
            )
        before = row.local_content
        event = _event(AuditKind.CONFLICT_UNDONE, actor, conflict, row)
        baseline = Stamp(conflict.baseline_mod_count, conflict.baseline_updated_on, conflict.baseline_updated_by)
        adopt_baseline(row, conflict.baseline_content, baseline, None)
        set_local(core, row, conflict.local_content, actor.id)
        row.local_since, row.edited_by, row.edited_at = (
            conflict.local_since,
            conflict.local_edited_by,
            conflict.local_edited_at,
        )
        row.sync_status = SyncStatus.CONFLICT.value
        conflict.is_open, conflict.choice = True, None
        conflict.resolved_by = conflict.resolved_at = conflict.resolved_row_version = None
        conflict.revision += 1
        tx.add_all([row, conflict])
        await tx.flush()
        await audit.append(tx, core.clock.now(), event)
        touched = await conflict_reopened(core, tx, conflict)
        touched += await _changed_elsewhere(core, tx, row, before, touched, actor)
    announce(core, touched)
    return await conflict_card(core, conflict.id)


@dataclass(frozen=True)
class _Kept:
    """A text that becomes the local one: as it is saved, its first characters, and what would forbid saving it."""

    text: str
    preview: str | None
    lost: tuple[str, ...]
    clears: bool


async def _text_to_keep(core: Core, seen: SeenConflict, choice: Choice, merged_text: str | None) -> _Kept | None:
    """The new local text, where the choice makes one; judged off the event loop and before the database is locked."""
    async with core.db.reading() as tx:
        conflict = await get_conflict(tx, seen.conflict_id)
        kind = TextKind((await get_row(tx, conflict.statement_id)).kind)
    if choice is Choice.MERGED:
        if merged_text is None:
            raise ValueError("a merge needs its text")
        return await in_thread(_judged, conflict.local_content, merged_text, kind)
    if choice is Choice.KEEP_REMOTE and conflict.kind == ConflictKind.OVERWROTE:
        # They cleared the text knowingly, so bringing it back clears nothing by accident.
        return await in_thread(_judged, "", conflict.remote_content, kind)
    return None


def _judged(before: str, text: str, kind: TextKind) -> _Kept:
    cleaned = clean(text, kind)
    return _Kept(cleaned, local_preview(cleaned, kind), lost_content(text, kind), is_cleared(before, cleaned, kind))


def _apply(
    core: Core, row: StatementRow, conflict: ConflictRow, choice: Choice, actor: Actor, merged: _Kept | None
) -> None:
    if row.local_content != conflict.local_content:
        raise StaleCard("The local text changed after this was drawn.", next_step="Look at the conflict again.")
    shown = Stamp(conflict.remote_mod_count, conflict.remote_updated_on, conflict.remote_updated_by)
    row.sync_status = SyncStatus.MODIFIED.value
    adopt_baseline(row, conflict.remote_content, shown, conflict.remote_token)
    if choice is Choice.KEEP_REMOTE:
        clear_local(row)
    if merged is not None:
        set_local(core, row, merged.text, actor.id, preview=merged.preview)


def _apply_to_overwritten(core: Core, row: StatementRow, choice: Choice, actor: Actor, kept: _Kept | None) -> None:
    """Our text is in ServiceNow, theirs only here: keep ours, or make theirs (or a merge) a local edit to be pushed."""
    if choice is Choice.KEEP_LOCAL or kept is None:
        row.row_version += 1
        return
    if row.local_content is not None:
        raise StaleCard(
            "This statement was edited meanwhile.", next_step="Push or revert that edit first, then settle this."
        )
    set_local(core, row, kept.text, actor.id, preview=kept.preview)


async def _changed_elsewhere(
    core: Core, tx: AsyncSession, row: StatementRow, before: str | None, known: list[uuid.UUID], actor: Actor
) -> list[uuid.UUID]:
    """Adjust the open request that holds the statement and not this conflict, where its text is another one now.

    ServiceNow may have moved again after the request was frozen: what is chosen then is an edit like any other.
    """
    holder = (await open_requests_with(tx, [row.id])).get(row.id)
    if row.local_content == before or holder is None or holder.id in known:
        return []
    return await text_changed(core, tx, row, audit_actor(actor))


async def _require_may_settle(tx: AsyncSession, actor: Actor, conflict: ConflictRow, row: StatementRow) -> None:
    """The requester of a waiting push, the author of the local text, and editors of the system may settle."""
    if conflict.local_edited_by == actor.id:
        return
    if actor.id in await requesters_for_conflict(tx, conflict.id):
        return
    _, system = await label_of(tx, row)
    if not actor.may(Role.EDITOR, system.name):
        raise NotAllowed(
            "Only the requester, the author of the local text, or an editor of this system may settle this conflict.",
            gate="settle",
            next_step="Ask one of them, or ask an admin to make you an editor.",
        )


async def check_shown(tx: AsyncSession, conflict: ConflictRow, seen: SeenConflict) -> None:
    """Raise AlreadyResolved for a conflict that is settled, StaleCard for one that is not as it was shown."""
    if not conflict.is_open:
        people = await people_by_id(tx, [conflict.resolved_by])
        if conflict.resolved_by is None or conflict.resolved_at is None or conflict.choice is None:
            raise StaleCard(
                "This conflict is over without a choice: both sides agree, or the statement cannot be pushed now.",
                next_step="Its line in the thread says which.",
            )
        words = {Choice.KEEP_LOCAL: "the local text", Choice.KEEP_REMOTE: "ServiceNow's text", Choice.MERGED: "a merge"}
        raise AlreadyResolved(
            f"{people[conflict.resolved_by].name} already settled this conflict with {words[Choice(conflict.choice)]}"
            f", {in_utc(conflict.resolved_at)}.",
            next_step="Where that can still be undone, “Undo” stands under the conflict.",
        )
    if conflict.revision != seen.revision:
        raise StaleCard(
            "One of the texts changed again after this was drawn.", next_step="Look at the conflict again, then choose."
        )


def _event(kind: AuditKind, actor: Actor, conflict: ConflictRow, row: StatementRow, *, among: int = 1) -> AuditEvent:
    details: dict[str, object] = {
        "conflict_id": str(conflict.id),
        "choice": conflict.choice,
        "sn_sys_id": row.sn_sys_id,
        "remote_token": conflict.remote_token,
        "remote_updated_by": conflict.remote_updated_by,
        "remote_updated_on": instant(conflict.remote_updated_on) if conflict.remote_updated_on else None,
        "dropped_local_sha256": sha256_of(conflict.local_content)
        if row.local_content != conflict.local_content
        else None,
    }
    if among > 1:
        details["chosen_at_once_for"] = among
    return AuditEvent(kind, audit_actor(actor), "statement", str(row.id), details)

"""Changing local texts: save, revert, history. Every text ever saved is kept."""

import uuid
from dataclasses import dataclass

from core.domain.actor import Actor, Role
from core.domain.audit import AuditEvent, AuditKind
from core.domain.push import sha256_of
from core.domain.statement import Statement, SyncStatus
from core.errors import LossyText, NotFound, StaleCard
from core.store import audit
from core.store.statements import get_by_name, get_row, to_statement
from core.store.tables import StatementRow
from core.text.content import TextKind, clean, fingerprint, lost_content
from core.usecases.people.actors import audit_actor
from core.usecases.requests.life import announce, text_changed
from core.usecases.statements.modified import local_preview
from core.usecases.statements.rows import clear_local, keep_edit, label_of, present_in, set_local, take_into_conflict
from core.usecases.texts import cleared, in_thread, is_cleared
from core.wiring import Core


async def get_statement(core: Core, name: str) -> Statement:
    """The statement a person means by an id, a sys_id or SYSTEM/CONTROL. Raises NotFound."""
    async with core.db.reading() as tx:
        return to_statement(*await get_by_name(tx, name))


async def save_edit(  # noqa: PLR0913 -- what, whose, where from, and two safeguards
    core: Core,
    actor: Actor,
    statement_id: uuid.UUID,
    text: str,
    *,
    source: str,
    expected_row_version: int | None = None,
    allow_empty: bool = False,
) -> Statement:
    """Save a new local text, sanitised; what is saved here is, byte for byte, what a push will send.

    A text equal to the one already there changes nothing; one equal to the baseline drops the local edit. Raises
    NotAllowed, NotFound, LossyText, StaleCard when the statement is no longer at `expected_row_version`, and EmptyText
    when it would clear a text, unless `allow_empty`.
    """
    wanted = await _wanted(core, statement_id, text)
    async with core.db.transaction() as tx:
        row = await get_row(tx, statement_id)
        control, system = await label_of(tx, row)
        actor.require(Role.EDITOR, (system.name,))
        _check_editable(row, expected_row_version)
        if present_in(row) in (wanted.text, text):
            return to_statement(row, control, system)
        if wanted.held_against != (row.content, present_in(row)):
            wanted = await in_thread(_judged, text, row.content, present_in(row), TextKind(row.kind))
        if wanted.clears and not allow_empty:
            raise cleared()
        if wanted.is_baseline and row.sync_status != SyncStatus.CONFLICT.value:
            clear_local(row)
        else:
            set_local(core, row, wanted.text, actor.id, preview=wanted.preview)
        keep_edit(core, tx, row, actor.id, source)
        await take_into_conflict(tx, row)
        tx.add(row)
        await tx.flush()
        touched = await text_changed(core, tx, row, audit_actor(actor))
        details = {
            "control": f"{system.name}/{control.number}",
            "source": source,
            "local_sha256": sha256_of(row.local_content) if row.local_content is not None else None,
            "baseline_sha256": sha256_of(row.content),
        }
        event = AuditEvent(AuditKind.STATEMENT_EDITED, audit_actor(actor), "statement", str(row.id), details)
        await audit.append(tx, core.clock.now(), event)
        saved = to_statement(row, control, system)
    announce(core, touched)
    return saved


async def check_edit(
    core: Core, actor: Actor, statement_id: uuid.UUID, text: str, *, allow_empty: bool = False
) -> None:
    """Raise what saving this text would raise, and save nothing."""
    wanted = await _wanted(core, statement_id, text)
    async with core.db.reading() as tx:
        row = await get_row(tx, statement_id)
        _, system = await label_of(tx, row)
    actor.require(Role.EDITOR, (system.name,))
    _check_editable(row, None)
    if wanted.clears and not allow_empty:
        raise cleared()


@dataclass(frozen=True)
class _Wanted:
    """A text to be saved, and how it stands to the two texts that it was held against: the baseline and the present one."""

    text: str
    preview: str | None
    held_against: tuple[str, str]
    is_baseline: bool
    clears: bool


async def _wanted(core: Core, statement_id: uuid.UUID, text: str) -> _Wanted:
    """The text as it is saved, judged before the database is locked and off the event loop, because long texts take a while.

    Raises LossyText for one that holds content which saving would drop.
    """
    async with core.db.reading() as tx:
        row = await get_row(tx, statement_id)
    kind = TextKind(row.kind)
    if lost := await in_thread(lost_content, text, kind):
        raise LossyText(
            f"The text holds content grcpush cannot carry: {', '.join(lost)}.",
            next_step="Edit it in ServiceNow itself.",
        )
    return await in_thread(_judged, text, row.content, present_in(row), kind)


def _judged(text: str, baseline: str, present: str, kind: TextKind) -> _Wanted:
    cleaned = clean(text, kind)
    return _Wanted(
        text=cleaned,
        preview=local_preview(cleaned, kind),
        held_against=(baseline, present),
        is_baseline=fingerprint(cleaned, kind) == fingerprint(baseline, kind),
        clears=is_cleared(present, cleaned, kind),
    )


async def revert(
    core: Core, actor: Actor, statement_id: uuid.UUID, *, expected_row_version: int | None = None
) -> Statement:
    """Drop the local edit (it stays in the history); the statement is its baseline again.

    Raises NotFound, NotAllowed, and StaleCard when the statement is no longer at `expected_row_version`.
    """
    async with core.db.transaction() as tx:
        row = await get_row(tx, statement_id)
        control, system = await label_of(tx, row)
        actor.require(Role.EDITOR, (system.name,))
        _check_editable(row, expected_row_version)
        if row.local_content is None:
            raise NotFound(
                f"{system.name}/{control.number} has no local edit to revert.",
                next_step="/grcpush history SYSTEM/CONTROL shows what became of it.",
            )
        if row.sync_status == SyncStatus.CONFLICT.value:
            raise StaleCard("This statement is in conflict.", next_step="Settle it with “Keep ServiceNow” instead.")
        clear_local(row)
        keep_edit(core, tx, row, actor.id, "revert")
        tx.add(row)
        await tx.flush()
        touched = await text_changed(core, tx, row, audit_actor(actor))
        event = AuditEvent(
            AuditKind.STATEMENT_REVERTED,
            audit_actor(actor),
            "statement",
            str(row.id),
            {"control": f"{system.name}/{control.number}"},
        )
        await audit.append(tx, core.clock.now(), event)
        reverted = to_statement(row, control, system)
    announce(core, touched)
    return reverted


def _check_editable(row: StatementRow, expected_row_version: int | None) -> None:
    if expected_row_version is not None and row.row_version != expected_row_version:
        raise StaleCard(
            "Somebody changed this statement meanwhile.", next_step="Look at the new text, then edit again."
        )
    if row.sync_status == SyncStatus.MISSING.value:
        raise NotFound(
            "This statement is missing in ServiceNow: it was deleted there, or is hidden from the service account.",
            next_step="Ask who looks after it in ServiceNow; once it is back, the next pull finds it.",
        )
    if lost := lost_content(row.content, TextKind(row.kind)):
        raise LossyText(
            f"The text in ServiceNow holds content grcpush cannot carry: {', '.join(lost)}.",
            next_step="Edit this statement in ServiceNow itself.",
        )

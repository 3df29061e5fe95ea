"""Changing statement rows: the few steps every use case takes, so that no field is forgotten in one of them."""

import uuid

from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.conflict import ConflictKind
from core.domain.statement import Stamp, SyncStatus
from core.store.conflicts import find_open
from core.store.list_keys import folded
from core.store.tables import ControlRow, EditRow, StatementRow, SystemRow
from core.text.content import TextKind
from core.usecases.statements.modified import local_preview
from core.wiring import Core


def adopt_baseline(row: StatementRow, text: str, stamp: Stamp, token: str | None) -> None:
    """Make this version of ServiceNow's the baseline. The local edit, if any, stays."""
    row.content = text
    row.content_token = token
    row.sn_mod_count = stamp.mod_count
    row.sn_updated_on = stamp.updated_on
    row.sn_updated_by = stamp.updated_by
    row.sn_created_on = stamp.created_on or row.sn_created_on
    row.row_version += 1


def present_in(row: StatementRow) -> str:
    """The text that an edit starts from: the local one, else the baseline."""
    return row.content if row.local_content is None else row.local_content


def set_local(core: Core, row: StatementRow, text: str, person_id: uuid.UUID, *, preview: str | None = None) -> None:
    """Make this the local text. `preview` are its first characters, where they are known already."""
    now = core.clock.now()
    row.local_content = text
    row.local_preview = local_preview(text, TextKind(row.kind)) if preview is None else preview
    row.searched_preview = folded(row.local_preview or "")
    row.local_since = row.local_since or now
    row.edited_by, row.edited_at = person_id, now
    row.is_modified = True
    if row.sync_status != SyncStatus.CONFLICT.value:
        row.sync_status = SyncStatus.MODIFIED.value
    row.row_version += 1


def clear_local(row: StatementRow) -> None:
    """Drop the local text; the statement is what ServiceNow holds."""
    row.local_content = row.local_preview = row.searched_preview = None
    row.local_since = row.edited_by = row.edited_at = None
    row.is_modified = False
    row.sync_status = SyncStatus.SYNCED.value
    row.row_version += 1


def keep_edit(core: Core, tx: AsyncSession, row: StatementRow, person_id: uuid.UUID, source: str) -> None:
    """Write the present local text (None: dropped) into the history of edits."""
    tx.add(
        EditRow(
            id=core.new_id(),
            statement_id=row.id,
            person_id=person_id,
            source=source,
            content=row.local_content,
            saved_at=core.clock.now(),
        )
    )


async def take_into_conflict(tx: AsyncSession, row: StatementRow) -> None:
    """Let the statement's open conflict, if it has one, show the local text as it is now; older drawings of it are void."""
    conflict = await find_open(tx, row.id)
    if conflict is None or conflict.kind != ConflictKind.CHANGED or row.local_content is None:
        return
    conflict.local_content, conflict.local_since = row.local_content, row.local_since
    conflict.local_edited_by, conflict.local_edited_at = row.edited_by, row.edited_at
    conflict.revision += 1
    tx.add(conflict)


async def label_of(tx: AsyncSession, row: StatementRow) -> tuple[ControlRow, SystemRow]:
    """The control and system of a statement."""
    control = await tx.get_one(ControlRow, row.control_id)
    return control, await tx.get_one(SystemRow, control.system_id)

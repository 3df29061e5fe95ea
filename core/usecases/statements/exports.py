"""Statements as files, and edited files as statements. What is on the disk is the caller's business."""

import re
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from core.domain.actor import Actor
from core.domain.diff import TextDiff
from core.domain.editing import Format, statement_of, written
from core.domain.push import sha256_of
from core.domain.statement import Statement, SyncStatus
from core.domain.statement_file import Header, StatementFile, made_file
from core.errors import Refused, StaleCard
from core.store.statement_pages import list_page
from core.store.statements import get_by_name, to_statement
from core.text.content import TextKind, clean, fingerprint, lost_content
from core.usecases.statements.edits import check_edit, save_edit
from core.usecases.texts import diff_texts, in_thread
from core.wiring import Core

SOURCE = "import"
_PAGE = 200
_SYS_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Exported:
    """One statement as a file, or (`file` None) why it is not written to one."""

    label: str
    file: StatementFile | None
    reason: str = ""


@dataclass(frozen=True)
class Imported:
    """What an edited file would change, or changed: `change` is None when nothing. `file` is the file as it should be now."""

    label: str
    change: TextDiff | None
    file: StatementFile


async def export_statements(core: Core, *, system: str = "*", only_modified: bool = False) -> AsyncIterator[Exported]:
    """The statements of the systems that match the glob, in a stable order, one after the other."""
    after: uuid.UUID | None = None
    while True:
        async with core.db.reading() as tx:
            rows = await list_page(tx, after=after, limit=_PAGE, only_modified=only_modified)
        if not rows:
            return
        after = rows[-1][0].id
        for row in rows:
            statement = to_statement(*row)
            if fnmatchcase(statement.system_name.casefold(), system.casefold()):
                yield await in_thread(_exported, statement)


def _exported(statement: Statement) -> Exported:
    if statement.status is SyncStatus.MISSING:
        return Exported(statement.label, None, "it is missing in ServiceNow")
    text = statement.present
    if lost := lost_content(text, statement.kind):
        return Exported(statement.label, None, f"it holds content grcpush cannot carry: {', '.join(lost)}")
    return Exported(statement.label, _file_of(statement))


def _file_of(statement: Statement) -> StatementFile:
    text = statement.present
    shown = written(text, statement.kind)
    header = Header(
        system=_told(statement.system_name),
        control=_told(statement.control_number),
        name=_told(statement.control_name),
        sys_id=statement.sn_sys_id,
        format=shown.format,
        base=sha256_of(text),
        as_written="",
    )
    return made_file(header, shown.body)


async def import_file(
    core: Core, actor: Actor, file: StatementFile, *, is_trial: bool = False, allow_empty: bool = False
) -> Imported:
    """Save the edited text of a file; a trial makes every check and saves nothing.

    Raises Refused for a damaged header, StaleCard when the statement's text moved since the file was written, and
    everything that saving an edit raises.
    """
    statement = await _statement_of(core, file.header)
    if not file.is_edited:
        return Imported(statement.label, None, file)
    now = statement.present
    text = await in_thread(_text_in, file, statement, now)
    if await in_thread(lambda: fingerprint(text, statement.kind) == fingerprint(now, statement.kind)):
        return Imported(statement.label, None, _as_saved(file, statement))
    if sha256_of(now) != file.header.base:
        raise StaleCard(
            "The statement was changed since this file was exported.",
            next_step="Move the file away, export again, and put your changes into the new file.",
        )
    change = await diff_texts(now, text, statement.kind)
    if is_trial:
        await check_edit(core, actor, statement.id, text, allow_empty=allow_empty)
        return Imported(statement.label, change, file)
    saved = await save_edit(
        core,
        actor,
        statement.id,
        text,
        source=SOURCE,
        expected_row_version=statement.row_version,
        allow_empty=allow_empty,
    )
    return Imported(statement.label, change, _as_saved(file, saved))


def _text_in(file: StatementFile, statement: Statement, now: str) -> str:
    form = file.header.format
    if (form is Format.PLAIN) != (statement.kind is TextKind.PLAIN):
        raise Refused(
            f"Its format is {form.value}, which this statement's field does not hold.", next_step="Export it again."
        )
    return clean(statement_of(file.body, form, statement.kind, [now]), statement.kind)


def _as_saved(file: StatementFile, statement: Statement) -> StatementFile:
    """The file with its text as the person left it, noted as made of what is saved now."""
    return made_file(replace(file.header, base=sha256_of(statement.present)), file.body)


async def _statement_of(core: Core, header: Header) -> Statement:
    if not _SYS_ID.fullmatch(header.sys_id):
        raise Refused("The sys_id in its header is none.", next_step="Export the statement again.")
    async with core.db.reading() as tx:
        statement = to_statement(*await get_by_name(tx, header.sys_id))
    if (header.system, header.control) != (_told(statement.system_name), _told(statement.control_number)):
        raise Refused(
            f"Its header says {header.system}/{header.control}, but its sys_id is that of {statement.label}.",
            next_step="Export the statement again.",
        )
    return statement


def _told(name: str) -> str:
    return " ".join(name.split())

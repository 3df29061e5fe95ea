"""Pages of statements, modified or all, for those who read them by offset: programs."""

import uuid
from dataclasses import dataclass, replace

from sqlalchemy import func
from sqlmodel import col, select

from core.domain.statement import Statement
from core.models.requests import PersonView, StatementLine
from core.store.modified import LIST_ORDER, ListedRow
from core.store.statements import Joined, StatementFilter, get_many, matching, modified_where, to_statement
from core.store.tables import StatementRow
from core.text.content import TextKind
from core.usecases.people.actors import person_views
from core.usecases.statements.modified import local_preview, statement_lines
from core.usecases.texts import in_thread
from core.wiring import Core


@dataclass(frozen=True)
class Slice:
    """Which part of a list: from `offset` on, at most `limit`."""

    offset: int = 0
    limit: int = 100


@dataclass(frozen=True)
class StatementSlice:
    """A part of a list, and how long the whole is."""

    lines: tuple[StatementLine, ...]
    total: int


@dataclass(frozen=True)
class StatementSheet:
    """One statement with both its texts."""

    statement: Statement
    editor: PersonView | None


async def list_statements(core: Core, wanted: StatementFilter, part: Slice, *, modified_only: bool) -> StatementSlice:
    """Statements that match, ordered by system, then control."""
    tests = modified_where(wanted) if modified_only else matching(wanted)
    # Counted and sorted are ids only: with the texts, a page far down would read all texts before it.
    ids = select(StatementRow.id).where(*tests).order_by(*LIST_ORDER)
    async with core.db.reading() as tx:
        total = (await tx.exec(select(func.count(col(StatementRow.id))).where(*tests))).one()
        page = (await tx.exec(ids.offset(part.offset).limit(part.limit))).all()
        found = await get_many(tx, page)
        rows: list[Joined] = [found[statement_id] for statement_id in page]
        lines = await statement_lines(tx, [ListedRow.of(row) for row in rows])
    if not modified_only:
        lines = await in_thread(_with_previews, rows, lines)
    return StatementSlice(tuple(lines), total)


async def statement_sheet(core: Core, statement_id: uuid.UUID) -> StatementSheet:
    """One statement with its texts. Raises NotFound."""
    async with core.db.reading() as tx:
        row, control, system = (await get_many(tx, [statement_id]))[statement_id]
        people = await person_views(tx, [row.edited_by])
    return StatementSheet(to_statement(row, control, system), people.get(row.edited_by) if row.edited_by else None)


def _with_previews(rows: list[Joined], lines: list[StatementLine]) -> list[StatementLine]:
    """The lines of unedited statements with the beginning of ServiceNow's text."""
    return [
        line if row.is_modified else replace(line, preview=local_preview(row.content, TextKind(row.kind)) or "")
        for (row, _, _), line in zip(rows, lines, strict=True)
    ]

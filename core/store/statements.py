"""Queries for statements: the tests of a filter, statements by id or by name, and who wrote their local texts."""

import re
import uuid
from collections.abc import Iterable, Sequence, Sized
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from core.domain.statement import Stamp, Statement, SyncStatus
from core.errors import NotFound
from core.store.list_keys import has_words, in_family, in_system, of_control, of_system_and_control
from core.store.parts import in_parts
from core.store.tables import ControlRow, EditRow, StatementRow, SystemRow
from core.text.content import TextKind

Joined = tuple[StatementRow, ControlRow, SystemRow]


@dataclass(frozen=True)
class StatementFilter:
    """What to list. Empty fields do not limit; `controls` are control numbers or families like AC."""

    system: str = ""
    owner_id: uuid.UUID | None = None
    family: str = ""
    text: str = ""
    status: str = ""
    controls: tuple[str, ...] = ()


def joined() -> Select[StatementRow, ControlRow, SystemRow]:
    """The query for statements with their control and system."""
    return (
        select(StatementRow, ControlRow, SystemRow)
        .join(ControlRow, col(StatementRow.control_id) == col(ControlRow.id))
        .join(SystemRow, col(ControlRow.system_id) == col(SystemRow.id))
    )


def to_statement(row: StatementRow, control: ControlRow, system: SystemRow) -> Statement:
    """The rows as one value."""
    return Statement(
        id=row.id,
        sn_sys_id=row.sn_sys_id,
        kind=TextKind(row.kind),
        control_number=control.number,
        control_name=control.name,
        system_name=system.name,
        baseline=row.content,
        stamp=Stamp(row.sn_mod_count, row.sn_updated_on, row.sn_updated_by, row.sn_created_on),
        local=row.local_content,
        status=SyncStatus(row.sync_status),
        row_version=row.row_version,
        edited_by=row.edited_by,
        edited_at=row.edited_at,
        baseline_token=row.content_token,
    )


def modified_where(wanted: StatementFilter) -> list[ColumnElement[bool]]:
    """The conditions for modified statements that match the filter."""
    return [col(StatementRow.is_modified).is_(True), *matching(wanted)]


def matching(wanted: StatementFilter) -> list[ColumnElement[bool]]:
    """The conditions for statements, edited or not, that match the filter."""
    tests: list[ColumnElement[bool]] = []
    if wanted.system:
        tests.append(in_system(wanted.system))
    if wanted.owner_id:
        tests.append(col(StatementRow.edited_by) == wanted.owner_id)
    if wanted.family:
        tests.append(in_family(wanted.family))
    if wanted.status:
        tests.append(col(StatementRow.sync_status) == wanted.status)
    if wanted.controls:
        tests.append(or_(*(of_control(name) if "-" in name else in_family(name) for name in wanted.controls)))
    if wanted.text:
        tests.append(has_words(wanted.text))
    return tests


async def get_many(tx: AsyncSession, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Joined]:
    """The statements with these ids; raises NotFound when one does not exist."""
    found: dict[uuid.UUID, Joined] = {}
    for part in in_parts(ids):
        query = joined().where(col(StatementRow.id).in_(part))
        found.update({row[0].id: (row[0], row[1], row[2]) for row in (await tx.exec(query)).all()})
    _require_all(found, ids)
    return found


@dataclass(frozen=True)
class Outline:
    """What is to be known of a statement before it is read whole."""

    id: uuid.UUID
    sn_sys_id: str
    is_modified: bool
    system_name: str


async def get_outlines(tx: AsyncSession, ids: Sequence[uuid.UUID]) -> list[Outline]:
    """The statements with these ids in outline, in the order given; raises NotFound when one does not exist."""
    found: dict[uuid.UUID, Outline] = {}
    for part in in_parts(ids):
        query = (
            select(StatementRow.id, StatementRow.sn_sys_id, StatementRow.is_modified, SystemRow.name)
            .join(ControlRow, col(StatementRow.control_id) == col(ControlRow.id))
            .join(SystemRow, col(ControlRow.system_id) == col(SystemRow.id))
            .where(col(StatementRow.id).in_(part))
        )
        found.update({row[0]: Outline(*row) for row in (await tx.exec(query)).all()})
    _require_all(found, ids)
    return [found[statement_id] for statement_id in ids]


async def get_rows(tx: AsyncSession, ids: Sequence[uuid.UUID]) -> list[StatementRow]:
    """Their own rows alone, in less than half the time; raises NotFound when one does not exist."""
    found: list[StatementRow] = []
    for part in in_parts(ids):
        found += (await tx.exec(select(StatementRow).where(col(StatementRow.id).in_(part)))).all()
    _require_all(found, ids)
    return found


async def get_versions(tx: AsyncSession, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """The `row_version` of each of these statements."""
    found: dict[uuid.UUID, int] = {}
    for part in in_parts(ids):
        query = select(StatementRow.id, StatementRow.row_version).where(col(StatementRow.id).in_(part))
        found |= dict((await tx.exec(query)).all())
    return found


def _require_all(found: Sized, ids: Iterable[uuid.UUID]) -> None:
    if len(found) < len(set(ids)):
        raise NotFound("One of these statements does not exist.", next_step="List the statements again.")


async def labels_of(tx: AsyncSession, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """How people name these statements, without reading their texts; the record's id where they have no name."""
    found: dict[uuid.UUID, str] = {}
    for part in in_parts(list(set(ids))):
        query = (
            select(StatementRow.id, StatementRow.sn_sys_id, SystemRow.name, ControlRow.number)
            .join(ControlRow, col(StatementRow.control_id) == col(ControlRow.id))
            .join(SystemRow, col(ControlRow.system_id) == col(SystemRow.id))
            .where(col(StatementRow.id).in_(part))
        )
        for statement_id, sys_id, system, number in (await tx.exec(query)).all():
            found[statement_id] = f"{system}/{number}" if system or number else f"record {sys_id}"
    return found


async def get_row(tx: AsyncSession, statement_id: uuid.UUID) -> StatementRow:
    """One statement's row; raises NotFound."""
    row = await tx.get(StatementRow, statement_id)
    if row is None:
        raise NotFound("There is no such statement.", next_step="List them, and check the name.")
    return row


async def get_by_name(tx: AsyncSession, name: str) -> Joined:
    """The statement a person means by an id, a ServiceNow sys_id, SYSTEM/CONTROL, or a control number of one system only.

    Raises NotFound when none or several fit, saying which.
    """
    rows = list((await tx.exec(joined().where(_name_test(name)).limit(6))).all())
    if len(rows) == 1:
        return rows[0][0], rows[0][1], rows[0][2]
    if not rows:
        raise NotFound(
            f"No statement is called “{name}”.", next_step="grcpush list shows the names, as SYSTEM/CONTROL."
        )
    names = ", ".join(f"{system.name}/{control.number}" for _, control, system in rows[:5])
    raise NotFound(f"“{name}” fits several statements.", next_step=f"Say which: {names}.")


async def known_by_sys_id(tx: AsyncSession, sys_ids: Iterable[str]) -> dict[str, StatementRow]:
    """The rows we hold for these ServiceNow records."""
    wanted = list(sys_ids)
    found: dict[str, StatementRow] = {}
    for part in in_parts(wanted):
        query = select(StatementRow).where(col(StatementRow.sn_sys_id).in_(part))
        found.update({row.sn_sys_id: row for row in (await tx.exec(query)).all()})
    return found


async def authors(tx: AsyncSession, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, set[uuid.UUID]]:
    """For each statement, everybody who wrote or merged a text of its present local edit since the baseline."""
    found: dict[uuid.UUID, set[uuid.UUID]] = {statement_id: set() for statement_id in ids}
    for part in in_parts(ids):
        query = (
            select(EditRow.statement_id, EditRow.person_id)
            .join(StatementRow, col(EditRow.statement_id) == col(StatementRow.id))
            .where(
                col(EditRow.statement_id).in_(part),
                col(EditRow.content).is_not(None),
                col(EditRow.saved_at) >= col(StatementRow.local_since),
            )
            .distinct()
        )
        for statement_id, person_id in (await tx.exec(query)).all():
            found[statement_id].add(person_id)
    return found


def _name_test(name: str) -> ColumnElement[bool]:
    try:
        return col(StatementRow.id) == uuid.UUID(name) if len(name) > 32 else _sys_id_or_label(name)
    except ValueError:
        return _sys_id_or_label(name)


def _sys_id_or_label(name: str) -> ColumnElement[bool]:
    if re.fullmatch(r"[0-9a-f]{32}", name):
        return col(StatementRow.sn_sys_id) == name
    system, slash, number = name.rpartition("/")
    return of_system_and_control(system, number) if slash else of_control(number)

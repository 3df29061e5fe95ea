"""Queries for lists of modified statements. They read no text but its beginning, however many statements there are.

What is needed of a statement stands in the partial index `ix_statements_modified`: the rows themselves hold the long
texts, and walking through those would take longer than everything else together.
"""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FunctionElement, FunctionFilter, Result, Select, func, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.statement import SyncStatus
from core.store.parts import in_parts
from core.store.push_tables import PushRequestRow, RequestItemRow
from core.store.pushes import HOLDING, OPEN
from core.store.statements import Joined, StatementFilter, modified_where
from core.store.tables import ControlRow, StatementRow, SystemRow

_Query = Select[*tuple[Any, ...]]
_IS_CONFLICT = col(StatementRow.sync_status) == SyncStatus.CONFLICT.value


@dataclass(frozen=True)
class ListedRow:
    """What a list shows of a statement."""

    id: uuid.UUID
    sn_sys_id: str
    control_number: str
    control_name: str
    system_name: str
    sync_status: str
    edited_by: uuid.UUID | None
    edited_at: dt.datetime | None
    preview: str

    @classmethod
    def of(cls, joined: Joined) -> "ListedRow":
        """The same of rows that were read whole."""
        row, control, system = joined
        names = (control.number, control.name, system.name)
        return cls(
            row.id, row.sn_sys_id, *names, row.sync_status, row.edited_by, row.edited_at, row.local_preview or ""
        )


@dataclass(frozen=True)
class Tally:
    """How many modified statements match: all of them, those in conflict, and those that may be chosen without a look."""

    total: int
    conflicts: int
    free: int


async def list_page(
    tx: AsyncSession, wanted: StatementFilter, *, page: int, size: int
) -> tuple[Tally, int, list[ListedRow]]:
    """The numbers over all pages, and one page in the order of system and control: the nearest one there is, by its number."""
    if not needs_names(wanted):
        counts = await tally(tx, wanted)
        page = _nearest(page, size, counts.total)
        return counts, page, await _listed(tx, await _page_ids(tx, wanted, page, size))
    # With names to look at, going through the statements is most of the work: once, then, for numbers and page together.
    query = _joined(select(col(StatementRow.id), *(number.over() for number in _numbers())))
    query = query.where(*modified_where(wanted)).order_by(*_ORDER)
    found = (await _rows(tx, query.offset(max(0, page) * size).limit(size))).all()
    if not found and page > 0:
        counts = await tally(tx, wanted)
        return await list_page(tx, wanted, page=_nearest(page, size, counts.total), size=size)
    counts = Tally(*found[0][1:]) if found else Tally(0, 0, 0)
    return counts, max(0, page), await _listed(tx, [row[0] for row in found])


async def list_oldest(tx: AsyncSession, wanted: StatementFilter, limit: int) -> list[ListedRow]:
    """The modified statements that wait longest."""
    query = _narrowed(select(col(StatementRow.id)), wanted).where(*modified_where(wanted))
    query = query.order_by(col(StatementRow.edited_at), col(StatementRow.id)).limit(limit)
    return await _listed(tx, [row[0] for row in await _rows(tx, query)])


async def tally(tx: AsyncSession, wanted: StatementFilter) -> Tally:
    """The numbers over all pages."""
    query = _narrowed(select(*_numbers()), wanted).where(*modified_where(wanted))
    return Tally(*(await _rows(tx, query)).one())


async def count_by_system(tx: AsyncSession, wanted: StatementFilter) -> list[tuple[SystemRow, int]]:
    """How many match in each system, by name."""
    systems = (col(SystemRow.id), col(SystemRow.name))
    query = _joined(select(*systems, func.count())).where(*modified_where(wanted))
    rows = (await _rows(tx, query.group_by(*systems).order_by(col(SystemRow.name)))).all()
    return [(SystemRow(id=system_id, name=name), count) for system_id, name, count in rows]


async def count_by_family(tx: AsyncSession, wanted: StatementFilter) -> list[tuple[str, int]]:
    """How many match in each control family, by its letters."""
    query = _joined(select(col(ControlRow.number), func.count())).where(*modified_where(wanted))
    families: Counter[str] = Counter()
    for number, count in (await _rows(tx, query.group_by(col(ControlRow.number)))).all():
        families[number.partition("-")[0].upper()] += count
    return sorted(families.items())


async def count_by_owner(tx: AsyncSession, wanted: StatementFilter) -> list[tuple[uuid.UUID, int]]:
    """How many match of each owner, who has most first."""
    query = _narrowed(select(col(StatementRow.edited_by), func.count()), wanted).where(*modified_where(wanted))
    query = query.group_by(col(StatementRow.edited_by)).order_by(func.count().desc(), col(StatementRow.edited_by))
    return [(owner, count) for owner, count in (await _rows(tx, query)).all() if owner is not None]


async def list_ids(
    tx: AsyncSession, tests: Iterable[ColumnElement[bool]], *, among: Sequence[uuid.UUID] | None = None
) -> list[uuid.UUID]:
    """The modified statements that pass the tests, in list order; on request only those `among` the ones given."""
    query = _joined(select(col(StatementRow.id))).where(*modified_where(StatementFilter()), *tests)
    if among is not None:
        query = query.where(col(StatementRow.id).in_(among))
    return [row[0] for row in await _rows(tx, query.order_by(*_ORDER))]


async def count_ids(tx: AsyncSession, tests: Iterable[ColumnElement[bool]], *, needs_names: bool) -> int:
    """How many modified statements pass the tests; `needs_names` when those look at controls or systems."""
    counting = select(func.count())
    query = _joined(counting) if needs_names else counting.select_from(StatementRow)
    return int((await _rows(tx, query.where(*modified_where(StatementFilter()), *tests))).scalar_one())


def is_free() -> ColumnElement[bool]:
    """The test for statements that may be chosen without a look at each: in no conflict, and in no open push request."""
    held = (
        select(col(RequestItemRow.statement_id))
        .join(PushRequestRow, col(RequestItemRow.request_id) == col(PushRequestRow.id))
        .where(col(PushRequestRow.state).in_(OPEN), col(RequestItemRow.readiness).in_(HOLDING))
    )
    return ~_IS_CONFLICT & col(StatementRow.id).not_in(held)


def needs_names(wanted: StatementFilter) -> bool:
    """Whether the filter looks at controls or systems."""
    return bool(wanted.system or wanted.family or wanted.controls or wanted.text)


def _narrowed(query: _Query, wanted: StatementFilter) -> _Query:
    """The query over statements, joined with their controls and systems only where the filter needs them."""
    return _joined(query) if needs_names(wanted) else query.select_from(StatementRow)


def _joined(query: _Query) -> _Query:
    return (
        query.select_from(StatementRow)
        .join(ControlRow, col(StatementRow.control_id) == col(ControlRow.id))
        .join(SystemRow, col(ControlRow.system_id) == col(SystemRow.id))
    )


def _numbers() -> tuple[FunctionElement[int] | FunctionFilter[int], ...]:
    """The three numbers of a tally."""
    return func.count(), func.count().filter(_IS_CONFLICT), func.count().filter(is_free())


def _nearest(page: int, size: int, total: int) -> int:
    return max(0, min(page, -(-total // size) - 1))


async def _page_ids(tx: AsyncSession, wanted: StatementFilter, page: int, size: int) -> list[uuid.UUID]:
    query = _joined(select(col(StatementRow.id))).where(*modified_where(wanted)).order_by(*_ORDER)
    return [row[0] for row in await _rows(tx, query.offset(page * size).limit(size))]


async def _rows(tx: AsyncSession, query: _Query) -> Result[*tuple[Any, ...]]:
    """What a query of our own columns finds; `exec` of the session knows tables only."""
    connection = await tx.connection()
    return await connection.execute(query)


async def _listed(tx: AsyncSession, ids: Sequence[uuid.UUID]) -> list[ListedRow]:
    """What a list shows of these statements, in the order given."""
    found: dict[uuid.UUID, ListedRow] = {}
    for part in in_parts(ids):
        query = _joined(select(*_LISTED)).where(col(StatementRow.id).in_(part))
        for row in (await _rows(tx, query)).all():
            found[row[0]] = ListedRow(*row)
    return [found[statement_id] for statement_id in ids if statement_id in found]


_ORDER = (col(SystemRow.name), col(ControlRow.number), col(StatementRow.id))
_LISTED = (
    col(StatementRow.id),
    col(StatementRow.sn_sys_id),
    col(ControlRow.number),
    col(ControlRow.name),
    col(SystemRow.name),
    col(StatementRow.sync_status),
    col(StatementRow.edited_by),
    col(StatementRow.edited_at),
    func.coalesce(StatementRow.local_preview, ""),
)

"""Queries for lists of modified statements. They read no text but its beginning, however many statements there are.

What is needed of a statement stands in the partial index `ix_statements_modified`, in list order: the rows themselves hold
the long texts, and walking through those would take longer than everything else together.
"""

import datetime as dt
import functools
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlmodel
from sqlalchemy import ColumnElement, Result, Select, func, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.statement import SyncStatus
from core.store.list_keys import SystemOfKey, family_of_key, system_key
from core.store.parts import in_parts
from core.store.push_tables import PushRequestRow, RequestItemRow
from core.store.pushes import HOLDING, OPEN
from core.store.statements import Joined, StatementFilter, modified_where
from core.store.tables import ControlRow, StatementRow, SystemRow

_Query = Select[*tuple[Any, ...]]
LIST_ORDER = (col(StatementRow.list_key), col(StatementRow.id))
"""By system, then control."""
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
    tx: AsyncSession, wanted: StatementFilter, *, page: int, size: int | None
) -> tuple[Tally, int, list[ListedRow]]:
    """The numbers over all pages, and one page in the order of system and control: the nearest one there is, by its number.

    Without a size, one page holds all of them.
    """
    counts = await tally(tx, wanted)
    size = size or max(counts.total, 1)
    page = max(0, min(page, -(-counts.total // size) - 1))
    query = select(col(StatementRow.id)).where(*modified_where(wanted)).order_by(*LIST_ORDER)
    ids = (await _rows(tx, query.offset(page * size).limit(size))).scalars()
    return counts, page, await _listed(tx, list(ids))


async def list_oldest(tx: AsyncSession, wanted: StatementFilter, limit: int) -> list[ListedRow]:
    """The modified statements that wait longest."""
    query = select(col(StatementRow.id)).where(*modified_where(wanted))
    query = query.order_by(col(StatementRow.edited_at), col(StatementRow.id)).limit(limit)
    return await _listed(tx, list((await _rows(tx, query)).scalars()))


async def tally(tx: AsyncSession, wanted: StatementFilter) -> Tally:
    """The numbers over all pages."""
    numbers = (func.count(), func.count().filter(_IS_CONFLICT), func.count().filter(is_free()))
    return Tally(*(await _rows(tx, select(*numbers).where(*modified_where(wanted)))).one())


async def count_by_system(tx: AsyncSession, wanted: StatementFilter) -> list[tuple[SystemRow, int]]:
    """How many match in each system, in list order. Systems whose names differ by case alone are counted as one."""
    key = SystemOfKey(col(StatementRow.list_key))
    query = select(key, func.count()).where(*modified_where(wanted)).group_by(key)
    counts = dict((await _rows(tx, query)).all())
    systems = (await tx.exec(sqlmodel.select(SystemRow).order_by(col(SystemRow.name)))).all()
    of_key = {system_key(system.name): system for system in reversed(systems)}
    return [(of_key[found], counts[found]) for found in sorted(counts)]


async def count_by_family(tx: AsyncSession, wanted: StatementFilter) -> list[tuple[str, int]]:
    """How many match in each control family, by its letters."""
    keys = (await _rows(tx, select(col(StatementRow.list_key)).where(*modified_where(wanted)))).scalars()
    return sorted(Counter(map(family_of_key, keys)).items())


async def count_by_owner(tx: AsyncSession, wanted: StatementFilter) -> list[tuple[uuid.UUID, int]]:
    """How many match of each owner, who has most first."""
    query = select(col(StatementRow.edited_by), func.count()).where(*modified_where(wanted))
    query = query.group_by(col(StatementRow.edited_by)).order_by(func.count().desc(), col(StatementRow.edited_by))
    return [(owner, count) for owner, count in (await _rows(tx, query)).all() if owner is not None]


async def list_ids(
    tx: AsyncSession, tests: Iterable[ColumnElement[bool]], *, among: Sequence[uuid.UUID] | None = None
) -> list[uuid.UUID]:
    """The modified statements that pass the tests, in list order; on request only those `among` the ones given."""
    query = select(col(StatementRow.id)).where(*modified_where(StatementFilter()), *tests)
    if among is not None:
        query = query.where(col(StatementRow.id).in_(among))
    return list((await _rows(tx, query.order_by(*LIST_ORDER))).scalars())


async def count_ids(tx: AsyncSession, tests: Iterable[ColumnElement[bool]]) -> int:
    """How many modified statements pass the tests."""
    query = select(func.count()).where(*modified_where(StatementFilter()), *tests)
    return int((await _rows(tx, query)).scalar_one())


@functools.cache  # Putting it together takes longer than asking it of one owner's statements.
def is_free() -> ColumnElement[bool]:
    """The test for statements that may be chosen without a look at each: in no conflict, and in no open push request."""
    held = (
        select(col(RequestItemRow.statement_id))
        .join(PushRequestRow, col(RequestItemRow.request_id) == col(PushRequestRow.id))
        .where(col(PushRequestRow.state).in_(OPEN), col(RequestItemRow.readiness).in_(HOLDING))
    )
    return ~_IS_CONFLICT & col(StatementRow.id).not_in(held)


async def _rows(tx: AsyncSession, query: _Query) -> Result[*tuple[Any, ...]]:
    """What a query of our own columns finds; `exec` of the session knows tables only."""
    connection = await tx.connection()
    return await connection.execute(query)


async def _listed(tx: AsyncSession, ids: Sequence[uuid.UUID]) -> list[ListedRow]:
    """What a list shows of these statements, in the order given."""
    found: dict[uuid.UUID, ListedRow] = {}
    for part in in_parts(ids):
        query = (
            select(*_LISTED)
            .join(ControlRow, col(StatementRow.control_id) == col(ControlRow.id))
            .join(SystemRow, col(ControlRow.system_id) == col(SystemRow.id))
            .where(col(StatementRow.id).in_(part))
        )
        for row in (await _rows(tx, query)).all():
            found[row[0]] = ListedRow(*row)
    return [found[statement_id] for statement_id in ids if statement_id in found]


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

"""Long lists of ids, asked for in parts."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.store.tables import ConflictRow, PersonRow

# A database takes only so many values in one query: SQLite 32,766, PostgreSQL 65,535. Shorter ones are planned faster.
LARGEST = 500

T = TypeVar("T")
Row = TypeVar("Row", ConflictRow, PersonRow)


def in_parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """The values in their order, in parts that one query can hold."""
    for start in range(0, len(values), LARGEST):
        yield values[start : start + LARGEST]


async def rows_by_id(tx: AsyncSession, table: type[Row], ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, Row]:
    """The rows with these ids; unknown ones are absent, and so is None."""
    found: dict[uuid.UUID, Row] = {}
    for part in in_parts(list({each for each in ids if each is not None})):
        found |= {row.id: row for row in (await tx.exec(select(table).where(col(table.id).in_(part)))).all()}
    return found

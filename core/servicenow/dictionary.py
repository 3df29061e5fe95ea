"""ServiceNow's own description of its tables and columns.

A column is described on the table that declares it, so every question goes up the table's ancestors. Many accounts
may not read these tables: RemoteForbidden then means that nothing can be told, not that nothing is there.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import RemoteForbidden, RemoteMalformed, RemoteRefusedRequest, RemoteSignInFailed
from core.servicenow import queries
from core.servicenow.reading import Reading
from core.servicenow.records import plain

_MOST_ANCESTORS = 12
_COLUMNS = "name,element,internal_type,max_length,reference,read_only,attributes,audit"


@dataclass(frozen=True)
class ColumnFacts:
    """One column as the dictionary describes it. `max_length` is in characters, None when it is not told."""

    table: str
    element: str
    type: str
    max_length: int | None
    reference: str
    is_read_only: bool
    attributes: frozenset[str]


@dataclass(frozen=True)
class TableFacts:
    """A table with its ancestors, nearest first (itself among them)."""

    lineage: tuple[str, ...]
    is_open_to_web_services: bool


class Dictionary:
    """Looks tables and columns up, each table once."""

    def __init__(self, reading: Reading) -> None:
        """Remember for the life of this object; make a new one for a new look."""
        self._reading = reading
        self._tables: dict[str, asyncio.Task[TableFacts | None]] = {}

    async def table(self, name: str) -> TableFacts | None:
        """The table's facts, None when there is no such table. Raises RemoteForbidden when it cannot be told."""
        if name not in self._tables:
            self._tables[name] = asyncio.create_task(self._look_up(name))
        return await self._tables[name]

    async def column(self, table: str, element: str) -> ColumnFacts | None:
        """The column as `table` sees it, None when there is none."""
        facts = await self.table(table)
        if facts is None:
            return None
        wanted = (queries.among("name", facts.lineage), queries.term("element", "=", element))
        found = {
            plain(row.get("name")): row for row in await self._rows("sys_dictionary", queries.all_of(*wanted), _COLUMNS)
        }
        nearest = next((found[name] for name in facts.lineage if name in found), None)
        return None if nearest is None else _column(nearest)

    async def walk(self, table: str, path: str) -> ColumnFacts | None:
        """The column at the end of a dot-walked path, None when a step does not exist."""
        column = None
        for element in path.split("."):
            if column is not None:
                table = column.reference
            column = await self.column(table, element) if table else None
            if column is None:
                return None
        return column

    async def is_audited(self, table: str) -> bool:
        """Whether changes of records of exactly this class are audited; the switch is not inherited."""
        wanted = (queries.term("name", "=", table), queries.term("internal_type", "=", "collection"))
        rows = await self._rows("sys_dictionary", queries.all_of(*wanted), _COLUMNS)
        return any(plain(row.get("audit")) == "true" for row in rows)

    async def _look_up(self, name: str) -> TableFacts | None:
        lineage: list[str] = []
        is_open, current = True, name
        while current:
            rows = await self._rows(
                "sys_db_object", queries.term("name", "=", current), "name,super_class,super_class.name,ws_access"
            )
            row = next((row for row in rows if plain(row.get("name")) == current), None)
            if row is None and not lineage:
                return None
            if row is None or current in lineage or len(lineage) == _MOST_ANCESTORS:
                raise RemoteMalformed(f"The ancestors of table {name} cannot be followed.")
            if not lineage:
                is_open = plain(row.get("ws_access")) != "false"
            lineage.append(current)
            current = plain(row.get("super_class.name"))
        return TableFacts(tuple(lineage), is_open)

    async def _rows(self, table: str, query: str, columns: str) -> list[Mapping[str, Any]]:
        params = {"sysparm_query": query, "sysparm_fields": columns, "sysparm_limit": "100"}
        try:
            listing = await self._reading.rows(table, params, is_side_read=True)
        except (RemoteRefusedRequest, RemoteSignInFailed) as error:
            raise RemoteForbidden(f"{table} is closed to the service account.") from error
        if not listing.rows and listing.total:
            raise RemoteForbidden(f"The service account may not read {table}.")
        if any("name" not in row for row in listing.rows):
            raise RemoteForbidden(f"The service account may not read the columns of {table}.")
        return listing.rows


def _column(row: Mapping[str, Any]) -> ColumnFacts:
    length = plain(row.get("max_length"))
    return ColumnFacts(
        table=plain(row.get("name")),
        element=plain(row.get("element")),
        type=plain(row.get("internal_type")),
        max_length=int(length) if length.isascii() and length.isdigit() else None,
        reference=plain(row.get("reference")),
        is_read_only=plain(row.get("read_only")) == "true",
        attributes=frozenset(part.strip() for part in plain(row.get("attributes")).split(",") if part.strip()),
    )

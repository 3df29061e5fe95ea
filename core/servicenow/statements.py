"""The statements' records: many by their ids, whole ranges page by page, and what can be counted."""

import asyncio
import datetime as dt
import itertools
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from core.domain.statement import RemoteVersion
from core.errors import RemoteMalformed
from core.servicenow import queries
from core.servicenow.answers import TooHeavy
from core.servicenow.connection import Call
from core.servicenow.reading import Listing, Reading, Rows
from core.servicenow.records import FieldMap, parse_time, plain

log = logging.getLogger(__name__)

MOST_IDS = 150
LONGEST_ADDRESS = 7_500


@dataclass(frozen=True)
class Page:
    """Some records in the order of their sys_id.

    `total` is how many records ServiceNow counted from here to the end of the range, hidden ones included (None when
    it does not tell). `hidden` is only set on the last page of a range: how many of the range it counted and did not
    show, because the service account may not see them (or because they were deleted meanwhile).
    """

    versions: list[RemoteVersion]
    total: int | None = None
    hidden: int = 0


class Statements:
    """The statements' records."""

    def __init__(self, reading: Reading, sweeping: Reading, shape: FieldMap, scope: queries.Scope) -> None:
        """Sweeps have readers of their own, so that a pull never makes the check before a write wait."""
        self._reading = reading
        self._sweeping = sweeping
        self._shape = shape
        self._scope = scope

    async def read_many(self, sys_ids: Sequence[str]) -> dict[str, tuple[RemoteVersion, str]]:
        """The present version and class of each record that is there and not hidden; chunks go side by side."""
        wanted = list(dict.fromkeys(queries.sys_id(sys_id) for sys_id in sys_ids))
        found: dict[str, tuple[RemoteVersion, str]] = {}
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._chunk(chunk)) for chunk in self._chunks(wanted)]
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        for task in tasks:
            found |= task.result()
        return found

    async def pages(
        self, *, after: str, until: str | None, updated_since: dt.datetime | None, page_size: int
    ) -> AsyncIterator[Page]:
        """The records of the scope with `after` < sys_id <= `until`, in pages, until an empty one.

        ServiceNow applies the limit before it takes out what the reader may not see. So a short page means nothing,
        and an empty one only means the end when nothing is counted behind it; else the hole is stepped over.
        """
        cursor, hole, received, first_total = after, 0, 0, None
        closed: Rows = []
        changed = _changed_since(updated_since)
        while True:
            query = self._scope.narrowed(*_between(cursor, until), *changed)
            listing, page_size = await self._page(query, page_size, hole)
            first_total = listing.total if first_total is None else first_total
            if not listing.rows:
                hole += page_size
                total = listing.total if listing.total is not None else (await self._statistics(query))[0]
                if hole >= total:
                    break
                continue
            cursor, hole = self._advance(cursor, until, listing.rows), 0
            readable, unreadable = self._parted(listing.rows)
            closed += unreadable[: 1 - len(closed)]
            received += len(readable)
            if readable:
                yield Page([self._shape.version(row) for row in readable], total=listing.total)
        if closed and not received:
            self._shape.version(closed[0])  # says which column is closed
        if first_total is not None and first_total > received:
            yield Page([], total=0, hidden=first_total - received)

    async def statistics(self, updated_since: dt.datetime | None) -> tuple[int, dt.datetime | None]:
        """How many records the scope has, and the newest change stamp among them."""
        changed = _changed_since(updated_since)
        return await self._statistics(self._scope.narrowed(*changed))

    async def _statistics(self, query: str) -> tuple[int, dt.datetime | None]:
        params = {"sysparm_count": "true", "sysparm_max_fields": "sys_updated_on", "sysparm_query": query}
        result, _ = await self._reading.result(Call("GET", f"/api/now/stats/{self._shape.table}", params))
        stats = result.get("stats") if isinstance(result, dict) else None
        count = str(stats.get("count", "")) if isinstance(stats, dict) else ""
        if not isinstance(stats, dict) or not (count.isascii() and count.isdigit()):
            raise RemoteMalformed("ServiceNow's statistics hold no count.")
        newest = stats.get("max")
        return int(count), parse_time(str(newest.get("sys_updated_on") or "")) if isinstance(newest, dict) else None

    def _chunks(self, wanted: list[str]) -> list[list[str]]:
        chunks: list[list[str]] = []
        length = 0
        empty = self._reading.address_length(self._shape.table, self._chunk_params([]))
        for sys_id in wanted:
            length += len(sys_id) + len("%2C")
            if not chunks or len(chunks[-1]) == MOST_IDS or empty + length >= LONGEST_ADDRESS:
                chunks.append([])
                length = len(sys_id) + len("%2C")
            chunks[-1].append(sys_id)
        return chunks

    def _chunk_params(self, chunk: list[str]) -> dict[str, str]:
        return {
            "sysparm_query": queries.among("sys_id", chunk),
            "sysparm_fields": ",".join(self._shape.columns),
            "sysparm_limit": str(max(len(chunk), 100)),
            "sysparm_no_count": "true",
        }

    async def _chunk(self, chunk: list[str]) -> dict[str, tuple[RemoteVersion, str]]:
        try:
            listing = await self._reading.rows(
                self._shape.table, self._chunk_params(chunk), is_divisible=len(chunk) > 1
            )
        except TooHeavy:
            if len(chunk) == 1:
                raise
            half = len(chunk) // 2
            return await self._chunk(chunk[:half]) | await self._chunk(chunk[half:])
        if {row.get("sys_id") for row in listing.rows} - set(chunk):
            raise RemoteMalformed(
                "ServiceNow answered with records that were not asked for, as it does when it ignores a filter."
            )
        readable, unreadable = self._parted(listing.rows)
        versions = [(self._shape.version(row), plain(row.get("sys_class_name"))) for row in readable or unreadable]
        return {version.sys_id: (version, class_name) for version, class_name in versions}

    def _parted(self, rows: Rows) -> tuple[Rows, Rows]:
        """The rows that show the statement, and those that do not."""
        readable = [row for row in rows if self._shape.is_readable(row)]
        unreadable = [row for row in rows if not self._shape.is_readable(row)]
        if unreadable:
            log.warning("servicenow.unreadable_rows count=%s of=%s", len(unreadable), len(rows))
        return readable, unreadable

    async def _page(self, query: str, page_size: int, offset: int) -> tuple[Listing, int]:
        """One page, and the page size that worked: half as much each time that ServiceNow gave up."""
        params = {"sysparm_query": queries.all_of(query, "ORDERBYsys_id")}
        params["sysparm_fields"] = ",".join(self._shape.columns)
        params |= {"sysparm_offset": str(offset)} if offset else {}
        while True:
            limited = params | {"sysparm_limit": str(page_size)}
            try:
                return await self._sweeping.rows(self._shape.table, limited, is_divisible=page_size > 1), page_size
            except TooHeavy:
                if page_size == 1:
                    raise
                page_size = (page_size + 1) // 2
                log.warning("servicenow.smaller_pages size=%s", page_size)

    def _advance(self, cursor: str, until: str | None, rows: Rows) -> str:
        """The last sys_id of a page, when the page is in order and in range: an ignored filter would loop for ever."""
        ids = [cursor, *(str(row.get("sys_id") or "") for row in rows)]
        in_order = all(before.casefold() < later.casefold() for before, later in itertools.pairwise(ids))
        if not in_order or (until is not None and ids[-1].casefold() > until.casefold()):
            raise RemoteMalformed("ServiceNow's page is not in the order or the range that was asked for.")
        return ids[-1]


def _between(after: str, until: str | None) -> list[str]:
    lower = [queries.term("sys_id", ">", after)] if after else []
    return lower + ([queries.term("sys_id", "<=", until)] if until is not None else [])


def _changed_since(moment: dt.datetime | None) -> list[str]:
    return [] if moment is None else [queries.term("sys_updated_on", ">=", queries.instant(moment))]

"""Reading records: many by their ids, whole tables page by page, and what can be counted."""

import asyncio
import datetime as dt
import itertools
import logging
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from core.domain.statement import RemoteVersion
from core.errors import RemoteMalformed, RemoteUnavailable
from core.servicenow import queries
from core.servicenow.answers import TooHeavy
from core.servicenow.connection import Answer, Call
from core.servicenow.gateway import Readers, table_path
from core.servicenow.records import FieldMap, parse_time

log = logging.getLogger(__name__)

MOST_IDS = 150
LONGEST_ADDRESS = 7_500
_ATTEMPTS = 4
_FIRST_DELAY_SECONDS = 0.5
_RAW = {"sysparm_display_value": "false", "sysparm_exclude_reference_link": "true"}


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


@dataclass(frozen=True)
class Listing:
    """The rows of one answer, and how many there are in all as far as ServiceNow tells."""

    rows: list[Mapping[str, Any]]
    total: int | None


class Reading:
    """Reads that are made again, up to four times and with growing pauses, while ServiceNow is busy."""

    def __init__(self, readers: Readers, base_url: str) -> None:
        """`base_url` is only needed to know how long addresses become."""
        self._readers = readers
        self._base_url = base_url

    async def result(self, call: Call, *, is_side_read: bool = False) -> tuple[Any, Answer]:
        """The `result` of a GET with its answer.

        A read that ServiceNow gave up as too heavy is not repeated here: who asked can ask for less. Waits before the
        second, third and fourth attempt a random part of 0.5, 1 and 2 seconds, and as long as a pause lasts.
        """
        for attempt in range(_ATTEMPTS):
            try:
                return await self._readers.read(call, is_side_read=is_side_read)
            except RemoteUnavailable as error:
                if isinstance(error, TooHeavy) or attempt == _ATTEMPTS - 1:
                    raise
                log.info("servicenow.read_again path=%s attempt=%s", call.path, attempt + 2)
            await asyncio.sleep(random.random() * _FIRST_DELAY_SECONDS * 2**attempt)
        raise AssertionError("the last attempt either returns or raises")

    async def rows(self, table: str, params: Mapping[str, str], *, is_side_read: bool = False) -> Listing:
        """The rows of a list. Raises RemoteMalformed when the answer is no list of records."""
        return (await self.rows_and_answer(table, params, is_side_read=is_side_read))[0]

    async def rows_and_answer(
        self, table: str, params: Mapping[str, str], *, is_side_read: bool = False
    ) -> tuple[Listing, Answer]:
        """The rows of a list, with the answer they came in."""
        call = Call("GET", table_path(table), {**params, **_RAW, "sysparm_suppress_pagination_header": "true"})
        result, answer = await self.result(call, is_side_read=is_side_read)
        if not isinstance(result, list) or not all(isinstance(row, dict) for row in result):
            raise RemoteMalformed("ServiceNow answered a list with something that is not a list of records.")
        total = answer.headers.get("x-total-count", "")
        return Listing(result, int(total) if total.isascii() and total.isdigit() else None), answer

    def address_length(self, table: str, params: Mapping[str, str]) -> int:
        """The bytes of the address that `rows` would ask."""
        params = {**params, **_RAW, "sysparm_suppress_pagination_header": "true"}
        return len(str(httpx.URL(self._base_url + table_path(table), params=params)))


class Records:
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
            versions = self._versions(listing.rows)
            received += len(versions)
            yield Page(versions, total=listing.total)
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
            listing = await self._reading.rows(self._shape.table, self._chunk_params(chunk))
        except TooHeavy:
            if len(chunk) == 1:
                raise
            half = len(chunk) // 2
            return await self._chunk(chunk[:half]) | await self._chunk(chunk[half:])
        if {row.get("sys_id") for row in listing.rows} - set(chunk):
            raise RemoteMalformed(
                "ServiceNow answered with records that were not asked for, as it does when it ignores a filter."
            )
        classes = {row["sys_id"]: str(row.get("sys_class_name") or "") for row in listing.rows}
        return {version.sys_id: (version, classes[version.sys_id]) for version in self._versions(listing.rows)}

    def _versions(self, rows: list[Mapping[str, Any]]) -> list[RemoteVersion]:
        """The versions in rows; single ones whose text may not be read count as hidden, all of them are an error."""
        readable = [row for row in rows if self._shape.is_readable(row)]
        if len(readable) < len(rows):
            log.warning("servicenow.unreadable_rows count=%s of=%s", len(rows) - len(readable), len(rows))
        return [self._shape.version(row) for row in readable or rows]

    async def _page(self, query: str, page_size: int, offset: int) -> tuple[Listing, int]:
        """One page, and the page size that worked: half as much each time that ServiceNow gave up."""
        params = {"sysparm_query": queries.all_of(query, "ORDERBYsys_id")}
        params["sysparm_fields"] = ",".join(self._shape.columns)
        params |= {"sysparm_offset": str(offset)} if offset else {}
        while True:
            try:
                return await self._sweeping.rows(
                    self._shape.table, params | {"sysparm_limit": str(page_size)}
                ), page_size
            except TooHeavy:
                if page_size == 1:
                    raise
                page_size = (page_size + 1) // 2
                log.warning("servicenow.smaller_pages size=%s", page_size)

    def _advance(self, cursor: str, until: str | None, rows: list[Mapping[str, Any]]) -> str:
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

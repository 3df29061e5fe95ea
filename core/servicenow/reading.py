"""Asking for rows, and asking again while ServiceNow is busy."""

import asyncio
import logging
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import RemoteMalformed, RemoteThrottled, RemoteUnavailable
from core.servicenow.answers import TooHeavy
from core.servicenow.connection import Answer, Call, address
from core.servicenow.gateway import Readers, table_path

log = logging.getLogger(__name__)

Rows = list[Mapping[str, Any]]

_ATTEMPTS = 4
_FIRST_DELAY_SECONDS = 0.5
_RAW = {
    "sysparm_display_value": "false",
    "sysparm_exclude_reference_link": "true",
    "sysparm_suppress_pagination_header": "true",
}


@dataclass(frozen=True)
class Listing:
    """The rows of one answer, and how many there are in all as far as ServiceNow tells."""

    rows: Rows
    total: int | None


class Reading:
    """Reads that are made again, up to four times and with growing pauses, while ServiceNow is busy."""

    def __init__(self, readers: Readers, base_url: str) -> None:
        """`base_url` is only needed to know how long addresses become."""
        self._readers = readers
        self._base_url = base_url

    async def result(self, call: Call, *, is_side_read: bool = False, is_divisible: bool = False) -> tuple[Any, Answer]:
        """The `result` of a GET with its answer.

        An `is_divisible` read that ServiceNow gave up as too heavy is not repeated: who asked can ask for less. Waits
        before the second, third and fourth attempt a random part of 0.5, 1 and 2 seconds, and while a pause lasts.
        """
        for attempt in range(_ATTEMPTS):
            try:
                return await self._readers.read(call, is_side_read=is_side_read)
            except RemoteUnavailable as error:
                if attempt == _ATTEMPTS - 1 or self._is_final(error, is_divisible=is_divisible):
                    raise
                log.info("servicenow.read_again path=%s attempt=%s", call.path, attempt + 2)
            await asyncio.sleep(random.random() * _FIRST_DELAY_SECONDS * 2**attempt)  # noqa: S311 -- jitter
        raise AssertionError("the last attempt either returns or raises")

    def _is_final(self, error: RemoteUnavailable, *, is_divisible: bool) -> bool:
        if isinstance(error, RemoteThrottled):
            patience = self._readers.patience
            return patience is not None and (error.retry_after_seconds or 0.0) > patience
        return is_divisible and isinstance(error, TooHeavy)

    async def rows(
        self, table: str, params: Mapping[str, str], *, is_side_read: bool = False, is_divisible: bool = False
    ) -> Listing:
        """The rows of a list. Raises RemoteMalformed when the answer is no list of records."""
        return (await self.rows_and_answer(table, params, is_side_read=is_side_read, is_divisible=is_divisible))[0]

    async def rows_and_answer(
        self, table: str, params: Mapping[str, str], *, is_side_read: bool = False, is_divisible: bool = False
    ) -> tuple[Listing, Answer]:
        """The rows of a list, with the answer they came in."""
        call = Call("GET", table_path(table), {**params, **_RAW})
        result, answer = await self.result(call, is_side_read=is_side_read, is_divisible=is_divisible)
        if not isinstance(result, list) or not all(isinstance(row, dict) for row in result):
            raise RemoteMalformed("ServiceNow answered a list with something that is not a list of records.")
        total = answer.headers.get("x-total-count", "")
        return Listing(result, int(total) if total.isascii() and total.isdigit() else None), answer

    def address_length(self, table: str, params: Mapping[str, str]) -> int:
        """The bytes of the address that `rows` would ask."""
        return len(address(self._base_url, table_path(table), {**params, **_RAW}))

"""How fast ServiceNow lets us go, for all lanes and readers together: its limits are per user, not per connection."""

import asyncio
import contextlib
import datetime as dt
import email.utils
import logging
import random
from collections.abc import AsyncIterator

from core.clock import Clock
from core.errors import RemoteThrottled
from core.servicenow.connection import Answer

log = logging.getLogger(__name__)

LONGEST_PAUSE_SECONDS = 3_600.0
RECOVERY_SECONDS = 30.0
_LOWERED = (2, 1)
_LONGEST_BACKOFF_SECONDS = 30.0


class Pacing:
    """Pauses everybody when ServiceNow names a time, and narrows the stream when it only says that it is too much.

    `concurrency` is how many requests may be under way now: all, then 2, then 1, and back one level for each
    `recovery_seconds` without another complaint. `last_seen_at` is when ServiceNow last gave an answer of its own.
    """

    def __init__(self, clock: Clock, *, concurrency: int, recovery_seconds: float = RECOVERY_SECONDS) -> None:
        """Start at full speed."""
        self._clock = clock
        self._levels = (concurrency, *(level for level in _LOWERED if level < concurrency))
        self._level = 0
        self._level_since = 0.0
        self._recovery_seconds = recovery_seconds
        self._resume_at = 0.0
        self._complaints = 0
        self._under_way = 0
        self._waiting: list[asyncio.Future[None]] = []
        self.last_seen_at: dt.datetime | None = None

    @property
    def concurrency(self) -> int:
        """How many requests may be under way at once; the first level is no limit beyond the number of lanes."""
        return self._levels[self._level]

    @property
    def waiting_seconds(self) -> float:
        """How long everybody still waits because ServiceNow asked for it; 0 when nobody does."""
        return max(0.0, self._resume_at - asyncio.get_running_loop().time())

    @property
    def paused_until(self) -> dt.datetime | None:
        """When the present pause ends, None when there is none."""
        seconds = self.waiting_seconds
        return self._clock.now() + dt.timedelta(seconds=seconds) if seconds else None

    async def ready(self) -> None:
        """Wait until no pause is on. It is not a promise that the next request finds none."""
        while seconds := self.waiting_seconds:
            await self._a_change(seconds)

    @contextlib.asynccontextmanager
    async def turn(self, *, patience: float | None = None) -> AsyncIterator[None]:
        """The right to have one request under way.

        Raises RemoteThrottled when it would take more than `patience` seconds: a check made before a write grows old
        while the write waits.
        """
        began = asyncio.get_running_loop().time()
        while (pause := self.waiting_seconds) or self._is_full():
            left = None if patience is None else began + patience - asyncio.get_running_loop().time()
            if left is not None and (left <= 0 or pause > left):
                raise RemoteThrottled("ServiceNow asked for a pause, so nothing was sent.", retry_after_seconds=pause)
            await self._a_change(pause or left)
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            self._wake()

    def note(self, answer: Answer, *, sent_at: float) -> None:
        """Learn from an answer to a request sent at the loop's time `sent_at`."""
        if answer.document is not None and answer.status != 429:
            self.last_seen_at = self._clock.now()
        seconds = self.asked_pause(answer)
        if seconds is not None:
            self._pause(seconds)
            log.warning("servicenow.paused seconds=%s", round(seconds))
        elif answer.status == 429:
            self._complained(sent_at)
        elif answer.status < 500:
            self._went_well()

    def asked_pause(self, answer: Answer) -> float | None:
        """The seconds a 429 or 503 asks us to wait, at most an hour; None when it names no time.

        Source: Retry-After in either of its forms, or the rate rule's X-RateLimit-Reset, reckoned from the answer's
        own Date so that the two machines' clocks need not agree.
        """
        if answer.status not in (429, 503):
            return None
        headers = answer.headers
        sent = http_date(headers.get("date")) or self._clock.now()
        after, reset = headers.get("retry-after", "").strip(), headers.get("x-ratelimit-reset", "").strip()
        if after.isascii() and after.isdigit():
            seconds = float(after)
        elif (at := http_date(after)) is not None:
            seconds = (at - sent).total_seconds()
        elif answer.status == 429 and reset.isascii() and reset.isdigit():
            seconds = float(reset) - sent.timestamp()
        else:
            return None
        return min(max(seconds, 0.0), LONGEST_PAUSE_SECONDS)

    def _pause(self, seconds: float) -> None:
        self._resume_at = max(self._resume_at, asyncio.get_running_loop().time() + seconds)

    def _complained(self, sent_at: float) -> None:
        # What was sent before the stream was narrowed says nothing about the narrower stream.
        if sent_at >= self._level_since:
            self._complaints += 1
            self._set_level(min(self._level + 1, len(self._levels) - 1))
            self._pause(random.random() * min(_LONGEST_BACKOFF_SECONDS, 2.0**self._complaints))  # noqa: S311 -- jitter
        log.warning("servicenow.too_many_requests concurrency=%s", self.concurrency)

    def _went_well(self) -> None:
        if self._level and asyncio.get_running_loop().time() - self._level_since >= self._recovery_seconds:
            self._set_level(self._level - 1)
            self._wake()
            log.info("servicenow.speeding_up concurrency=%s", self.concurrency)
        if self._level == 0:
            self._complaints = 0

    def _set_level(self, level: int) -> None:
        self._level = level
        self._level_since = asyncio.get_running_loop().time()

    def _is_full(self) -> bool:
        return self._level > 0 and self._under_way >= self.concurrency

    async def _a_change(self, seconds: float | None) -> None:
        """Return when a request ends, and at the latest after `seconds`; the caller looks again."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        try:
            async with asyncio.timeout(seconds):
                await future
        except TimeoutError:
            return
        finally:
            if future in self._waiting:
                self._waiting.remove(future)

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)


def http_date(value: str | None) -> dt.datetime | None:
    """The instant of an HTTP date header, None when there is none or it is no date."""
    try:
        parsed = email.utils.parsedate_to_datetime(value) if value else None
    except ValueError:
        return None
    return parsed if parsed is None or parsed.tzinfo else parsed.replace(tzinfo=dt.UTC)

"""Who is alive, on PostgreSQL: each replica's heartbeat, and taking over the work of one that stopped beating.

DBOS recovers its workflows at a process's own start; for a process that never comes back somebody has to ask. The same
heartbeat is the self-fence: a process that was paused must not write again before it knows that nobody took over.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

log = logging.getLogger(__name__)

# Three heartbeats. So much longer than its longest write a process may be silent before it counts as dead.
_SLACK_SECONDS = 15.0


class Heartbeats(Protocol):
    """Heartbeats in the database, told by the database's clock."""

    async def beat(self, executor_id: str) -> None:
        """Note that this process is alive now."""

    async def silent(self, older_than_seconds: float) -> list[str]:
        """The processes that did not beat for so long."""

    async def forget(self, executor_id: str) -> None:
        """Drop the heartbeat of a process."""


@dataclass(frozen=True)
class Takeover:
    """How the work of a dead process is taken up.

    `recover` hands its workflows to the others, `pending_of` counts what it still owns, `wake` has the work looked at.
    """

    recover: Callable[[list[str]], Awaitable[None]]
    pending_of: Callable[[str], Awaitable[int]]
    wake: Callable[[], None]


@dataclass(frozen=True)
class Timing:
    """Seconds: how long a process may be silent before it counts as dead, the longest write, between two heartbeats.

    No write is begun that could last longer than the process counts as alive. So a dead process's writes have ended
    before another sends any, and there are never more under way than the settings allow.
    """

    ttl: float
    longest_write: float
    beat: float = 5.0

    @classmethod
    def for_writes_of(cls, seconds: float) -> "Timing":
        """The times for writes that last at most so long."""
        return cls(ttl=seconds + _SLACK_SECONDS, longest_write=seconds)


class Liveness:
    """Beats for this process, and takes over from processes that fell silent."""

    def __init__(self, heartbeats: Heartbeats, executor_id: str, takeover: Takeover, timing: Timing) -> None:
        """Prepare; `run` does the work."""
        self._heartbeats = heartbeats
        self._takeover = takeover
        self._executor_id = executor_id
        self._timing = timing
        self._healthy_since: float | None = None
        self._last_beat: float | None = None

    def may_write(self) -> bool:
        """Whether this process beat recently enough that nobody takes its work over before a write begun now has ended."""
        now = asyncio.get_running_loop().time()
        return self._last_beat is not None and now - self._last_beat < self._timing.ttl - self._timing.longest_write

    async def run(self, is_database_error: Callable[[BaseException], bool]) -> None:
        """Beat and look around until cancelled."""
        while True:
            try:
                await self._beat()
                if self._has_been_healthy():
                    await self._take_over()
            except Exception as error:
                if not is_database_error(error):
                    raise
                self._healthy_since = None
                log.warning("liveness.failed error=%s", type(error).__name__)
            await asyncio.sleep(self._timing.beat)

    async def leave(self) -> None:
        """Say goodbye, so that others need not wait for the silence."""
        await self._heartbeats.forget(self._executor_id)

    async def beat_once(self) -> None:
        """Beat before anything else is done: work claimed without a heartbeat would be taken over at once."""
        await self._beat()

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        if self._last_beat is not None and began - self._last_beat > self._timing.ttl:
            # We were silent ourselves (paused, or cut off): what we believe of others is just as old.
            self._healthy_since = None
        await self._heartbeats.beat(self._executor_id)
        self._last_beat = began
        self._healthy_since = began if self._healthy_since is None else self._healthy_since

    def _has_been_healthy(self) -> bool:
        """Only who beat for a whole TTL may declare others dead: after an outage of the database everybody was silent."""
        now = asyncio.get_running_loop().time()
        return self._healthy_since is not None and now - self._healthy_since >= self._timing.ttl

    async def _take_over(self) -> None:
        silent = [other for other in await self._heartbeats.silent(self._timing.ttl) if other != self._executor_id]
        for executor_id in silent:
            log.warning("liveness.taking_over executor=%s", executor_id)
            await self._takeover.recover([executor_id])
            if not await self._takeover.pending_of(executor_id):
                await self._heartbeats.forget(executor_id)
        if silent:
            self._takeover.wake()

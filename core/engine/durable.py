"""The durable engine behind the push: one dispatcher workflow at a time in the whole deployment.

The truth about every statement is in our own rows; the engine adds that the dispatcher runs exactly once at a time,
that it is taken up again after a crash, and that work released meanwhile is not forgotten.
"""

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from core.engine import workflows
from core.engine.liveness import Heartbeats, Liveness, Takeover, Timing
from core.errors import ConfigurationError

log = logging.getLogger(__name__)


class Runner(Protocol):
    """One run over everything that is released."""

    async def drain(self) -> None:
        """Push until nothing is left."""

    def wake(self) -> None:
        """Look for released work now."""

    def stop(self) -> None:
        """Claim nothing more, finish what is under way."""


@dataclass(frozen=True)
class Work:
    """What the engine runs, handed to it by the composition root.

    `make_runner` is given the self-fence: a function that says whether this process may still write. `has_waiting` says
    whether anything released is open, and `exclusive` is a lock over the whole deployment, held while the engine's own
    tables are made; `heartbeats` are needed where several processes share the database.
    """

    make_runner: Callable[[Callable[[], bool]], Runner]
    has_waiting: Callable[[], Awaitable[bool]]
    is_database_error: Callable[[BaseException], bool]
    exclusive: Callable[[], AbstractAsyncContextManager[None]]
    heartbeats: Heartbeats | None = None


@dataclass(frozen=True)
class Rhythm:
    """How often the engine looks, in seconds: for queued work, and for released work nobody was told of."""

    poll: float = 0.25
    sweep: float = 1.0
    liveness: Timing = field(default_factory=lambda: Timing.for_writes_of(30.0))


class Engine:
    """Runs `work` durably. One for each process; `start` needs the running event loop."""

    def __init__(
        self,
        database_url: str,
        work: Work,
        rhythm: Rhythm | None = None,
        *,
        version: str = workflows.APPLICATION_VERSION,
    ) -> None:
        """Prepare; nothing is started. `version` is that of the workflows' shape, not of the product."""
        self._version = version
        self._url = database_url
        self._work = work
        self._rhythm = rhythm or Rhythm()
        self._runner: Runner | None = None
        self._is_idle = asyncio.Event()
        self._is_idle.set()
        self._lock = _role_lock(database_url)
        self._tasks: set[asyncio.Future[None]] = set()
        self._periodic: dict[str, Callable[[], Awaitable[None]]] = {}
        self.executor_id = workflows.executor_id(database_url)
        self.is_running = False
        self._liveness = self._make_liveness()

    async def start(self) -> None:
        """Take the engine's role and begin. Raises ConfigurationError when another process has it (SQLite only)."""
        self._take_role()
        if self._liveness is not None:
            await self._liveness.beat_once()
        async with self._work.exclusive():
            await workflows.launch(
                self._url, self.executor_id, self, poll_seconds=self._rhythm.poll, version=self._version
            )
        self.is_running = True
        self._spawn(self._sweep())
        if self._liveness is not None:
            self._spawn(self._liveness.run(self._work.is_database_error))

    def claim_no_more(self) -> None:
        """Begin nothing new from now on; `stop` is to follow."""
        self.is_running = False
        if self._runner is not None:
            self._runner.stop()

    async def stop(self, *, patience_seconds: float = 35.0) -> None:
        """Claim nothing more, let writes under way finish and be saved, and leave the rest for the next run."""
        self.claim_no_more()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._runner is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience_seconds):
                    await self._is_idle.wait()
        await workflows.destroy()
        if self._liveness is not None:
            await self._liveness.leave()
        if self._lock is not None:
            self._lock.release()

    def wake(self) -> None:
        """Have released work pushed: by the run that is under way, else by a new one."""
        if not self.is_running:
            return
        if self._runner is not None:
            self._runner.wake()
        self._spawn(self._enqueue())

    def may_write(self) -> bool:
        """Whether this process may still write to ServiceNow: not after a pause in which another may have taken over."""
        return self._liveness is None or self._liveness.may_write()

    def register_periodic(self, name: str, function: Callable[[], Awaitable[None]]) -> None:
        """Let `once` run this function under this name."""
        self._periodic[name] = function

    async def once(self, name: str, slot: str) -> None:
        """Have the function run once in the whole deployment for this slot of time, whoever asks and however often."""
        await workflows.enqueue_periodic(name, slot)

    async def clean_up(self, before: dt.datetime) -> None:
        """Forget runs that ended before then; what they pushed is in our own rows."""
        await workflows.clean_up(before)

    async def drain(self) -> None:
        """The body of the dispatcher: one run, and once more if work was released in its last moments."""
        while self.is_running:
            self._runner = self._work.make_runner(self.may_write)
            self._is_idle.clear()
            try:
                await self._runner.drain()
            finally:
                self._runner = None
                self._is_idle.set()
            if not await self._work.has_waiting():
                return
            await asyncio.sleep(self._rhythm.poll)

    async def run_periodic(self, name: str) -> None:
        """The body of a periodic workflow; a function that this process does not know is left to the next slot."""
        function = self._periodic.get(name)
        if function is None:
            log.warning("engine.unknown_periodic name=%s", name)
            return
        await function()

    def may_try_again(self, error: BaseException) -> bool:
        """Whether a durable step is repeated after this error: only the database's own failures pass by themselves."""
        return self._work.is_database_error(error)

    async def _enqueue(self) -> None:
        """Have the dispatcher run. One in its last moments may miss what was just released, so then look again."""
        if not await workflows.enqueue_dispatcher():
            await asyncio.sleep(self._rhythm.poll)
            if self.is_running and self._runner is None and await self._work.has_waiting():
                self._spawn(self._enqueue())

    async def _sweep(self) -> None:
        """Notice what was released by another process, and work whose run ended in an error."""
        while True:
            try:
                if self._runner is None and await self._work.has_waiting():
                    await self._enqueue()
            except Exception as error:
                # Whatever it was: who does not look again would leave released work lying for ever.
                if self._work.is_database_error(error):
                    log.warning("engine.sweep_failed error=%s", type(error).__name__)
                else:
                    log.exception("engine.sweep_failed")
            await asyncio.sleep(self._rhythm.sweep)

    def _make_liveness(self) -> Liveness | None:
        if self._work.heartbeats is None:
            return None
        takeover = Takeover(workflows.recover, workflows.pending_of, self.wake)
        return Liveness(self._work.heartbeats, self.executor_id, takeover, self._rhythm.liveness)

    def _take_role(self) -> None:
        if self._lock is None:
            return
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise ConfigurationError(
                "Another grcpush process already runs the push engine on this database.",
                next_step="Stop it first, or use PostgreSQL for several replicas.",
            ) from None

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Future[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("engine.task_failed", exc_info=error)


def _role_lock(url: str) -> FileLock | None:
    """A lock file beside a SQLite database: commands may work beside `serve`, a second engine may not."""
    if not url.startswith("sqlite:///"):
        return None
    path = Path(url.removeprefix("sqlite:///"))
    return FileLock(path.with_name(path.name + "-engine.lock"), thread_local=False)

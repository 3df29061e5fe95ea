"""The durable engine behind the push: one dispatcher workflow at a time in the whole deployment. Only this imports DBOS.

The truth about every statement is in our own rows; the engine adds that the dispatcher runs exactly once at a time,
that it is taken up again after a crash, and that work released meanwhile is not forgotten.
"""

import asyncio
import contextlib
import logging
import socket
import uuid
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

from dbos import DBOS, DBOSConfig, SetEnqueueOptions
from dbos import error as dbos_error
from filelock import FileLock, Timeout

from core.errors import ConfigurationError

log = logging.getLogger(__name__)

# By hand, and only when the shape of the workflow changes: the default is a hash of the source, with which any edit
# would strand the work that is waiting.
APPLICATION_VERSION = "1"
QUEUE = "dispatcher"
_DEDUPLICATION_ID = "dispatcher"
POLL_SECONDS = 0.25
SWEEP_SECONDS = 60.0


class Runner(Protocol):
    """One run over everything that is released."""

    async def drain(self) -> None:
        """Push until nothing is left."""

    def wake(self) -> None:
        """Look for released work now."""

    def stop(self) -> None:
        """Claim nothing more, finish what is under way."""


class Engine:
    """Runs `make_runner().drain()` durably. One for each process; `start` needs the running event loop."""

    def __init__(
        self,
        database_url: str,
        make_runner: Callable[[], Runner],
        *,
        has_waiting_work: Callable[[], Awaitable[bool]],
        is_database_error: Callable[[BaseException], bool],
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        """Prepare; nothing is started."""
        self._url = database_url
        self._make_runner = make_runner
        self._has_waiting_work = has_waiting_work
        self._is_database_error = is_database_error
        self._poll_seconds = poll_seconds
        self._runner: Runner | None = None
        self._is_idle = asyncio.Event()
        self._is_idle.set()
        self._lock = _role_lock(database_url)
        self._tasks: set[asyncio.Future[None]] = set()
        self._is_running = False

    async def start(self) -> None:
        """Take the engine's role and begin. Raises ConfigurationError when another process has it (SQLite only)."""
        self._take_role()
        _Process.engine = self
        DBOS(config=_config(self._url))
        DBOS.launch()
        await DBOS.register_queue_async(
            QUEUE, global_concurrency=1, polling_interval_sec=self._poll_seconds, on_conflict="always_update"
        )
        self._is_running = True
        self._spawn(self._sweep())

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

    async def stop(self, *, patience_seconds: float = 35.0) -> None:
        """Claim nothing more, let writes under way finish and be saved, and leave the rest for the next run."""
        self._is_running = False
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._runner is not None:
            self._runner.stop()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience_seconds):
                    await self._is_idle.wait()
        await _destroy()
        _Process.engine = None
        if self._lock is not None:
            self._lock.release()

    def wake(self) -> None:
        """Have released work pushed: by the run that is under way, else by a new one."""
        if not self._is_running:
            return
        if self._runner is not None:
            self._runner.wake()
        self._spawn(self._enqueue())

    async def drain(self) -> None:
        """The body of the durable step: one run, and once more if work was released in its last moments."""
        while True:
            self._runner = self._make_runner()
            self._is_idle.clear()
            try:
                await self._runner.drain()
            finally:
                self._runner = None
                self._is_idle.set()
            if not self._is_running or not await self._has_waiting_work():
                return

    def may_try_again(self, error: BaseException) -> bool:
        """Whether the durable step is repeated after this error: only the database's own failures pass by themselves."""
        return self._is_database_error(error)

    async def _enqueue(self) -> None:
        try:
            with SetEnqueueOptions(deduplication_id=_DEDUPLICATION_ID):
                await DBOS.enqueue_workflow_async(QUEUE, dispatch)
        except dbos_error.DBOSQueueDeduplicatedError:
            # One waits or runs already. If it is in its last moments it may miss what was just released, so look again.
            await asyncio.sleep(self._poll_seconds)
            if self._is_running and self._runner is None and await self._has_waiting_work():
                self._spawn(self._enqueue())

    async def _sweep(self) -> None:
        while True:
            if self._runner is None and await self._has_waiting_work():
                self._spawn(self._enqueue())
            await asyncio.sleep(SWEEP_SECONDS)

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Future[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("engine.task_failed", exc_info=error)


class _Process:
    """The engine of this process. DBOS finds its functions by their names, so they cannot be methods of an object."""

    engine: Engine | None = None


@DBOS.step(
    retries_allowed=True,
    max_attempts=12,
    interval_seconds=0.3,
    backoff_rate=1.6,
    should_retry=lambda error: _engine().may_try_again(error),
)
async def drain_step() -> None:
    """One run over everything released. Its body may run twice: the rows decide what is still to be done."""
    await _engine().drain()


@DBOS.workflow()
async def dispatch() -> None:
    """The dispatcher: at most one in the whole deployment."""
    await drain_step()


async def _destroy() -> None:
    """End DBOS once the dispatcher's end is recorded. It had made its thread pool the loop's own: give the loop another."""
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1) as outside:
        await loop.run_in_executor(outside, lambda: DBOS.destroy(workflow_completion_timeout_sec=5))
    loop.set_default_executor(ThreadPoolExecutor(thread_name_prefix="grcpush"))


def _engine() -> Engine:
    if _Process.engine is None:
        raise RuntimeError("the push engine is not started")
    return _Process.engine


def _config(url: str) -> DBOSConfig:
    is_sqlite = url.startswith("sqlite")
    return {
        "name": "grcpush",
        "system_database_url": url if is_sqlite else url.replace("postgresql://", "postgresql+psycopg://", 1),
        "application_version": APPLICATION_VERSION,
        "executor_id": "local" if is_sqlite else f"{socket.gethostname()}-{uuid.uuid4().hex[:8]}",  # noqa: TID251 -- names a boot, nothing of ours
        "enable_otlp": False,
        "log_level": "WARNING",
    }


def _role_lock(url: str) -> FileLock | None:
    """A lock file beside a SQLite database: commands may work beside `serve`, a second engine may not."""
    if not url.startswith("sqlite:///"):
        return None
    path = Path(url.removeprefix("sqlite:///"))
    return FileLock(path.with_name(path.name + "-engine.lock"), thread_local=False)

"""The durable engine behind the push: one dispatcher workflow at a time in the whole deployment. Only this imports DBOS.

The truth about every statement is in our own rows; the engine adds that the dispatcher runs exactly once at a time,
that it is taken up again after a crash, and that work released meanwhile is not forgotten.
"""

import asyncio
import contextlib
import datetime as dt
import logging
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from dbos import DBOS, DBOSConfig, SetEnqueueOptions, SetWorkflowID
from dbos import error as dbos_error
from filelock import FileLock, Timeout

from core.engine.liveness import Heartbeats, Liveness, Takeover, Timing
from core.errors import ConfigurationError
from core.ids import new_reference

log = logging.getLogger(__name__)

# By hand, and only when the shape of a workflow changes: the default is a hash of the source, with which any edit
# would strand the work that is waiting.
APPLICATION_VERSION = "1"
DISPATCHER, PERIODIC = "dispatcher", "periodic"
# A long pull must not keep a digest waiting.
PERIODIC_AT_ONCE = 4
_CLEANED_AT_ONCE = 500


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

    `make_runner` is given the self-fence: a function that says whether this process may still write. `has_waiting` says whether anything released is open; `exclusive` is a lock over the whole deployment, held while
    the engine's own tables are made.
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
    liveness: Timing = field(default_factory=Timing)


class Engine:
    """Runs `work` durably. One for each process; `start` needs the running event loop."""

    def __init__(self, database_url: str, work: Work, rhythm: Rhythm | None = None) -> None:
        """Prepare; nothing is started."""
        self._url = database_url
        self._work = work
        self._rhythm = rhythm or Rhythm()
        self._runner: Runner | None = None
        self._is_idle = asyncio.Event()
        self._is_idle.set()
        self._lock = _role_lock(database_url)
        self._tasks: set[asyncio.Future[None]] = set()
        self._periodic: dict[str, Callable[[], Awaitable[None]]] = {}
        self.executor_id = _executor_id(database_url)
        self.is_running = False
        self._liveness = self._make_liveness()

    async def start(self) -> None:
        """Take the engine's role and begin. Raises ConfigurationError when another process has it (SQLite only)."""
        self._take_role()
        _Process.engine = self
        if self._liveness is not None:
            await self._liveness.beat_once()
        async with self._work.exclusive():
            DBOS(config=_config(self._url, self.executor_id))
            DBOS.launch()
            for queue, at_once in ((DISPATCHER, 1), (PERIODIC, PERIODIC_AT_ONCE)):
                await DBOS.register_queue_async(
                    queue, global_concurrency=at_once, polling_interval_sec=self._rhythm.poll, on_conflict="always_update"
                )
        self.is_running = True
        self._spawn(self._sweep())
        if self._liveness is not None:
            self._spawn(self._liveness.run(self._work.is_database_error))

    def may_write(self) -> bool:
        """Whether this process may still write to ServiceNow: not after a pause in which another may have taken over."""
        return self._liveness is None or self._liveness.may_write()

    async def stop(self, *, patience_seconds: float = 35.0) -> None:
        """Claim nothing more, let writes under way finish and be saved, and leave the rest for the next run."""
        self.is_running = False
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

    def register_periodic(self, name: str, function: Callable[[], Awaitable[None]]) -> None:
        """Let `once` run this function under this name."""
        self._periodic[name] = function

    async def once(self, name: str, slot: str) -> None:
        """Have the function run once in the whole deployment for this slot of time, whoever asks and however often."""
        with SetWorkflowID(f"{name}-{slot}"):
            await DBOS.enqueue_workflow_async(PERIODIC, run_periodic, name)

    async def drain(self) -> None:
        """The body of the durable step: one run, and once more if work was released in its last moments."""
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
        """Run a registered function; one that this process does not know is left to the next slot."""
        function = self._periodic.get(name)
        if function is None:
            log.warning("engine.unknown_periodic name=%s", name)
            return
        await function()

    def may_try_again(self, error: BaseException) -> bool:
        """Whether a durable step is repeated after this error: only the database's own failures pass by themselves."""
        return self._work.is_database_error(error)

    async def clean_up(self, before: dt.datetime) -> None:
        """Forget workflows that ended before then."""
        ended = await DBOS.list_workflows_async(
            status=["SUCCESS", "ERROR", "CANCELLED"],
            completed_before=before.isoformat(),
            limit=_CLEANED_AT_ONCE,
            load_input=False,
            load_output=False,
        )
        if ended:
            await DBOS.delete_workflows_async([workflow.workflow_id for workflow in ended])
            log.info("engine.cleaned workflows=%s", len(ended))

    async def _enqueue(self) -> None:
        try:
            with SetEnqueueOptions(deduplication_id=DISPATCHER):
                await DBOS.enqueue_workflow_async(DISPATCHER, dispatch)
        except dbos_error.DBOSQueueDeduplicatedError:
            # One waits or runs already. If it is in its last moments it may miss what was just released, so look again.
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
                if not self._work.is_database_error(error):
                    raise
                log.warning("engine.sweep_failed error=%s", type(error).__name__)
            await asyncio.sleep(self._rhythm.sweep)

    def _make_liveness(self) -> Liveness | None:
        if self._work.heartbeats is None:
            return None
        takeover = Takeover(recover, pending_of, self.wake)
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


@DBOS.step()
async def periodic_step(name: str) -> None:
    """One run of a periodic function."""
    await _engine().run_periodic(name)


@DBOS.workflow()
async def run_periodic(name: str) -> None:
    """A periodic function, for one slot of time."""
    await periodic_step(name)


async def recover(executor_ids: list[str]) -> None:
    """Take up the workflows of processes that died. DBOS has no public way without its control plane."""
    await asyncio.to_thread(DBOS._recover_pending_workflows, executor_ids)


async def pending_of(executor_id: str) -> int:
    """How many workflows this process has under way, as far as the engine's tables tell."""
    workflows = await DBOS.list_workflows_async(
        status="PENDING", executor_id=executor_id, limit=10, load_input=False, load_output=False
    )
    return len(workflows)


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


def _executor_id(url: str) -> str:
    """One for each boot on PostgreSQL, so that a restart that overlaps with the old process is told apart from it."""
    return "local" if url.startswith("sqlite") else f"{socket.gethostname()}-{new_reference()}"


def _config(url: str, executor_id: str) -> DBOSConfig:
    is_sqlite = url.startswith("sqlite")
    return {
        "name": "grcpush",
        "system_database_url": url if is_sqlite else url.replace("postgresql://", "postgresql+psycopg://", 1),
        "application_version": APPLICATION_VERSION,
        "executor_id": executor_id,
        "enable_otlp": False,
        "log_level": "WARNING",
    }


def _role_lock(url: str) -> FileLock | None:
    """A lock file beside a SQLite database: commands may work beside `serve`, a second engine may not."""
    if not url.startswith("sqlite:///"):
        return None
    path = Path(url.removeprefix("sqlite:///"))
    return FileLock(path.with_name(path.name + "-engine.lock"), thread_local=False)

"""DBOS, and nothing else of the engine: the two workflows, their queues, and what is asked of it. Only this imports DBOS."""

import asyncio
import contextlib
import datetime as dt
import logging
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from dbos import DBOS, DBOSConfig, SetEnqueueOptions, SetWorkflowID
from dbos import error as dbos_error
from dbos._dbos import _get_dbos_instance

from core.ids import new_reference

log = logging.getLogger(__name__)

# By hand, and only when the shape of a workflow changes: the default is a hash of the source, with which any edit
# would strand the work that is waiting.
APPLICATION_VERSION = "1"
_DISPATCHER, _PERIODIC = "dispatcher", "periodic"
# A long pull must not keep a digest waiting.
_PERIODIC_AT_ONCE = 4
# Each look at a queue costs processor time, also in a bot at rest; what goes by the minute can wait somewhat longer.
_PERIODIC_POLLS_SLOWER = 4
_CLEANED_AT_ONCE = 500
_LAST_WORKFLOW_SECONDS = 5
_BEGINS_WITHIN_SECONDS = 0.05


class Body(Protocol):
    """What the workflows do, in this process."""

    async def drain(self) -> None:
        """Push everything that is released."""

    async def run_periodic(self, name: str) -> None:
        """Run a periodic function."""

    def may_try_again(self, error: BaseException) -> bool:
        """Whether a failed step is worth another try."""


class _Process:
    """The engine of this process. DBOS finds its functions by their names, so they cannot be methods of an object."""

    body: Body | None = None
    version: str = APPLICATION_VERSION


async def launch(url: str, executor_id: str, body: Body, *, poll_seconds: float, version: str) -> None:
    """Start DBOS in the running event loop; what an earlier process of this id left is taken up at once."""
    _Process.body, _Process.version = body, version
    is_sqlite = url.startswith("sqlite")
    config: DBOSConfig = {
        "name": "grcpush",
        "system_database_url": url if is_sqlite else url.replace("postgresql://", "postgresql+psycopg://", 1),
        "application_version": version,
        "executor_id": executor_id,
        "enable_otlp": False,
        "log_level": "WARNING",
        # We send no notifications; at a stop DBOS waits for the thread that looks for them.
        "notification_listener_polling_interval_sec": poll_seconds,
    }
    DBOS(config=config)
    DBOS.launch()
    periodic_poll = _PERIODIC_POLLS_SLOWER * poll_seconds
    for queue, at_once, poll in ((_DISPATCHER, 1, poll_seconds), (_PERIODIC, _PERIODIC_AT_ONCE, periodic_poll)):
        await DBOS.register_queue_async(
            queue, global_concurrency=at_once, polling_interval_sec=poll, on_conflict="always_update"
        )
    if is_sqlite:
        await _abandon_other_versions(executor_id)


async def destroy() -> None:
    """End DBOS once the dispatcher's end is recorded; when it has ended already there is nothing to do.

    It had made its thread pool the loop's own: give the loop another.
    """
    if _Process.body is None:
        return
    await _until_ends_are_recorded()
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1) as outside:
        await loop.run_in_executor(outside, DBOS.destroy)
    loop.set_default_executor(ThreadPoolExecutor(thread_name_prefix="grcpush"))
    _Process.body = None


async def _until_ends_are_recorded() -> None:
    """DBOS would wait a whole second before it looks for the first time, and has no public way to ask."""
    dbos = _get_dbos_instance()
    for event in dbos.background_thread_stop_events:
        event.set()
    # What a queue claimed in this very moment is begun within moments.
    await asyncio.sleep(_BEGINS_WITHIN_SECONDS)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LAST_WORKFLOW_SECONDS):
            while dbos._active_workflows_set.activeList():  # noqa: ASYNC110, SLF001 -- DBOS tells nobody
                await asyncio.sleep(0.02)


async def enqueue_dispatcher() -> bool:
    """Have the dispatcher run; False when one waits or runs already.

    Each version asks for its own: one that an old version left waiting would never be run by a new one.
    """
    try:
        with SetEnqueueOptions(deduplication_id=f"{_DISPATCHER}-{_Process.version}"):
            await DBOS.enqueue_workflow_async(_DISPATCHER, dispatch)
    except dbos_error.DBOSQueueDeduplicatedError:
        return False
    return True


async def enqueue_periodic(name: str, slot: str) -> None:
    """Have a periodic function run for this slot of time, once, however often it is asked for."""
    with SetWorkflowID(f"{name}-{slot}"):
        await DBOS.enqueue_workflow_async(_PERIODIC, periodic, name)


async def recover(executor_ids: list[str]) -> None:
    """Take up the workflows of processes that died. DBOS has no public way without its control plane."""
    await asyncio.to_thread(DBOS._recover_pending_workflows, executor_ids)  # noqa: SLF001 -- there is no other
    for executor in executor_ids:
        await _abandon_other_versions(executor)


async def _abandon_other_versions(executor: str) -> None:
    """End what a dead process of another version had under way: nobody can resume it, and it would keep the only place.

    Nothing is lost by it: what is left to push is in our rows, and a dispatcher of our own version takes it up.
    """
    pending = await DBOS.list_workflows_async(
        status="PENDING", executor_id=executor, load_input=False, load_output=False
    )
    stranded = [workflow.workflow_id for workflow in pending if workflow.app_version != _Process.version]
    if stranded:
        await DBOS.cancel_workflows_async(stranded)
        log.warning("engine.abandoned executor=%s workflows=%s", executor, len(stranded))


async def pending_of(executor_id: str) -> int:
    """How many workflows this process has under way, as far as the engine's tables tell (ten at most are counted)."""
    found = await DBOS.list_workflows_async(
        status="PENDING", executor_id=executor_id, limit=10, load_input=False, load_output=False
    )
    return len(found)


async def clean_up(before: dt.datetime) -> None:
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


def executor_id(url: str) -> str:
    """The name of this process: one for each boot on PostgreSQL, so that a restart is told apart from the process before."""
    return "local" if url.startswith("sqlite") else f"{socket.gethostname()}-{new_reference()}"


@DBOS.step(
    retries_allowed=True,
    max_attempts=12,
    interval_seconds=0.3,
    backoff_rate=1.6,
    should_retry=lambda error: _body().may_try_again(error),
)
async def drain_step() -> None:
    """One run over everything released. Its body may run twice: the rows decide what is still to be done."""
    await _body().drain()


@DBOS.workflow()
async def dispatch() -> None:
    """The dispatcher: at most one in the whole deployment."""
    await drain_step()


@DBOS.step()
async def periodic_step(name: str) -> None:
    """One run of a periodic function."""
    await _body().run_periodic(name)


@DBOS.workflow()
async def periodic(name: str) -> None:
    """A periodic function, for one slot of time."""
    await periodic_step(name)


def _body() -> Body:
    if _Process.body is None:
        raise RuntimeError("the push engine is not started")
    return _Process.body

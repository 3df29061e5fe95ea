"""The running bot: how soon it is there, how fast it acknowledges under load, what it needs at rest."""

import asyncio
import contextlib
import datetime as dt
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from benchmarks.crowd import Size, populate
from benchmarks.lines import RTTS, Line, percentile
from benchmarks.pushing import approve, until_ended
from benchmarks.scenes import a_core, a_folder, edit, request
from benchmarks.stand_in import StandIn, stand_in
from core.usecases.statements.modified import get_status
from core.wiring import Core
from sandbox.servicenow import SERVICE_ACCOUNT, SERVICE_PASSWORD
from sandbox.slack import Workspace

_STATEMENTS = 12_000
_PUSHED = 100
_PUSHES = 3
# Some people at work at once; a list of ten thousand costs the most of what they may ask for.
_EVERY_SECONDS = 0.2
_IDLE_SECONDS = 15.0
_SETTLING_SECONDS = 5.0


@dataclass(frozen=True)
class Serve:
    """A process that serves, and seconds from its start until it answered."""

    process: subprocess.Popen[bytes]
    url: str
    seconds_to_ready: float


async def lines() -> AsyncIterator[Line]:
    with stand_in(_STATEMENTS) as server, a_folder() as folder:
        workspace = Workspace()
        async with workspace.running() as slack_url, a_core(server.url, f"sqlite:///{folder}/serve.db") as core:
            pushes = [await request(core, await edit(core, part)) for part in _parts(server.sys_ids)]
            await populate(core, Size(waiting_jobs=0, events=0))
            environment = _environment(workspace, slack_url, server, folder)
            before, starts = (await get_status(core)).last_pull_at, []
            # The first start pulls; those that follow within the half hour find that done.
            async with _serving(["-m", "bot.cli"], environment) as serve:
                starts.append(serve.seconds_to_ready)
                await _a_pull(core, since=before)
                share, memory = await _at_rest(serve)
            for _ in range(2):
                async with _serving(["-m", "bot.cli"], environment) as serve:
                    starts.append(serve.seconds_to_ready)
            yield Line("serve", "ready to answer, the slowest of three starts", max(starts), 3.0, "s")
            yield Line("serve", f"at rest for {_IDLE_SECONDS:.0f} s", share, 5.0, "% of a core")
            yield Line("serve", "memory at rest", memory, 150, "MB", f"its code alone: {_memory_of_the_code():.0f} MB")
            server.latency(RTTS[0])
            watch = folder / "watch.json"
            async with _serving(["-m", "benchmarks.watched", str(watch)], environment) as serve:
                workspace.deliver_to(serve.url)
                async for line in _under_load(core, workspace, pushes, watch):
                    yield line


async def _under_load(core: Core, workspace: Workspace, pushes: Sequence, watch: Path) -> AsyncIterator[Line]:
    person = workspace.person("U0EDITOR")
    for text in ("", "mine", "status"):
        await person.command("/grcpush", text)
    await asyncio.to_thread(watch.with_suffix(".reset").touch)
    await asyncio.sleep(0.5)
    workspace.deliveries.clear()
    for card in pushes:
        await approve(core, card)
        ending = asyncio.create_task(until_ended(core, card.id))
        words = ("", "mine", "AC-2", "status", "help")
        while not ending.done():
            await asyncio.gather(
                person.command("/grcpush", words[len(workspace.deliveries) % len(words)]), asyncio.sleep(_EVERY_SECONDS)
            )
        await ending
    await asyncio.sleep(0.5)
    answered = [delivery.ack_ms for delivery in workspace.deliveries if delivery.kind == "slash_commands"]
    assert all(delivery.ok for delivery in workspace.deliveries)
    wall, own, what = json.loads(await asyncio.to_thread(watch.read_text))
    topic = "While 100 are pushed and 10,000 wait, RTT 150 ms"
    yield Line(topic, f"acknowledgement, p99 of {len(answered):,}", percentile(answered, 99), 200, "ms")
    yardstick = f"of these {own * 1000:.0f} ms processor time of its own"
    print(f"longest callback: {what}", file=sys.stderr)
    yield Line(topic, "longest hold of the event loop", wall * 1000, 50, "ms", yardstick)


def _parts(sys_ids: Sequence[str]) -> list[Sequence[str]]:
    return [sys_ids[at * _PUSHED : (at + 1) * _PUSHED] for at in range(_PUSHES)]


def _environment(workspace: Workspace, slack_url: str, server: StandIn, folder: Path) -> dict[str, str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return {
        **os.environ,
        "GRCPUSH_DATABASE_URL": f"sqlite:///{folder}/serve.db",
        "GRCPUSH_SERVICENOW_URL": server.url,
        "GRCPUSH_SERVICENOW_USERNAME": SERVICE_ACCOUNT,
        "GRCPUSH_SERVICENOW_PASSWORD": SERVICE_PASSWORD,
        "GRCPUSH_SLACK_BOT_TOKEN": workspace.bot_token,
        "GRCPUSH_SLACK_SIGNING_SECRET": workspace.signing_secret,
        "GRCPUSH_SLACK_API_URL": f"{slack_url}/api/",
        "GRCPUSH_SLACK_CHANNEL": "C0GRC",
        "GRCPUSH_EDITORS": "editor@example.com",
        "GRCPUSH_REQUESTERS": "requester@example.com",
        "GRCPUSH_APPROVERS": "approver@example.com",
        "GRCPUSH_HTTP_PORT": str(port),
    }


@contextlib.asynccontextmanager
async def _serving(arguments: list[str], environment: dict[str, str]) -> AsyncIterator[Serve]:
    command = [sys.executable, *arguments, *(["serve"] if arguments[1] == "bot.cli" else [])]
    url = f"http://127.0.0.1:{environment['GRCPUSH_HTTP_PORT']}"
    began = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: ASYNC220 -- a moment's work
    try:
        async with httpx.AsyncClient() as client:
            while not await _answers(client, url):
                assert process.poll() is None, "serve ended at its start"
                await asyncio.sleep(0.02)
        yield Serve(process, url, time.perf_counter() - began)
    finally:
        process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(process.wait, 60)


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(f"{url}/readyz")).status_code == 200
    except httpx.TransportError:
        return False


async def _a_pull(core: Core, *, since: dt.datetime | None) -> None:
    """Wait for the end of the pull that a start begins with."""
    while (await get_status(core)).last_pull_at == since:  # noqa: ASYNC110 -- another process does it
        await asyncio.sleep(0.5)


def _memory_of_the_code() -> float:
    looking = "import bot.cli.serve, psutil; print(psutil.Process().memory_info().rss)"
    printed = subprocess.run([sys.executable, "-c", looking], check=True, capture_output=True)
    return int(printed.stdout) / 2**20


async def _at_rest(serve: Serve) -> tuple[float, float]:
    """The share of one core in percent, and the memory in MB, once what a start brings with it is over."""
    await asyncio.sleep(_SETTLING_SECONDS)
    process = psutil.Process(serve.process.pid)
    before, began = sum(process.cpu_times()[:2]), time.perf_counter()
    await asyncio.sleep(_IDLE_SECONDS)
    share = (sum(process.cpu_times()[:2]) - before) / (time.perf_counter() - began)
    return share * 100, process.memory_info().rss / 2**20

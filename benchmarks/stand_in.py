"""The stand-in ServiceNow in a process of its own, so that its work is not counted as ours.

Times of its requests are comparable with ours: both clocks count from the start of the machine.
"""

import asyncio
import contextlib
import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from sandbox.data import many
from sandbox.servicenow import SERVICE_ACCOUNT, STATEMENT_FIELD, STATEMENTS, ServiceNow
from sandbox.serving import running


@dataclass(frozen=True)
class Seen:
    """One request as the server saw it; times in seconds of the machine's monotonic clock."""

    method: str
    path: str
    query: str
    sys_id: str
    started: float
    ended: float

    @property
    def is_write(self) -> bool:
        return self.method == "PATCH"


class StandIn:
    """Talks to the process. One question at a time."""

    def __init__(self, pipe: Connection, url: str, sys_ids: list[str]) -> None:
        self._pipe = pipe
        self.url = url
        self.sys_ids = sys_ids

    def latency(self, seconds: float) -> None:
        """Let each request take so long from now on: the round trip."""
        self._ask("latency", seconds)

    def audit(self, *, is_on: bool) -> None:
        self._ask("audit", is_on)

    def edit(self, sys_id: str, text: str) -> None:
        """Somebody else's edit."""
        self._ask("edit", sys_id, text)

    def requests(self) -> list[Seen]:
        """Every request that was answered since the last call."""
        return self._ask("requests")

    def writes(self) -> int:
        """How many texts the service account stored so far."""
        return self._ask("writes")

    def _ask(self, *question: Any) -> Any:
        self._pipe.send(question)
        return self._pipe.recv()


@contextlib.contextmanager
def stand_in(statements: int) -> Iterator[StandIn]:
    """A server with so many statements, until the block ends."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, statements), daemon=True)
    process.start()
    theirs.close()
    try:
        url, sys_ids = ours.recv()
        yield StandIn(ours, url, sys_ids)
    finally:
        ours.close()
        process.join(10)
        process.kill()


def _serve(pipe: Connection, statements: int) -> None:
    asyncio.run(_serve_until_closed(pipe, statements))


async def _serve_until_closed(pipe: Connection, statements: int) -> None:
    server = ServiceNow()
    sys_ids = many(statements, 1).load(server)
    asked = asyncio.Queue[tuple[Any, ...] | None]()
    loop = asyncio.get_running_loop()

    def read() -> None:
        try:
            asked.put_nowait(pipe.recv())
        except EOFError:
            loop.remove_reader(pipe.fileno())
            asked.put_nowait(None)

    async with running(server.app) as url:
        pipe.send((url, sys_ids))
        loop.add_reader(pipe.fileno(), read)
        while (question := await asked.get()) is not None:
            pipe.send(_answer(server, *question))


def _answer(server: ServiceNow, what: str, *given: Any) -> Any:
    match what:
        case "latency":
            (server.latency,) = given
        case "audit":
            (server.audit_enabled,) = given
        case "edit":
            server.edit(STATEMENTS, given[0], STATEMENT_FIELD, given[1])
        case "requests":
            answered = [request for request in server.requests if request.ended is not None]
            server.requests[:] = [request for request in server.requests if request.ended is None]
            return [Seen(r.method, r.path, r.query, r.sys_id, r.started, r.ended or 0.0) for r in answered]
        case "writes":
            return len(server.writes(by=SERVICE_ACCOUNT))
    return None

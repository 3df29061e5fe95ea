"""A stream of what happens on the server, for the page to follow (server-sent events)."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from ..exchange import Request
from ..instance import Instance
from ..ledger import Commit
from .records import described

# A page that does not read loses the oldest events, never the server's memory.
KEPT = 500
# A comment this often (seconds) keeps proxies from closing a quiet stream.
HEARTBEAT = 15.0


def request_line(request: Request) -> dict[str, Any]:
    """A request for the page; `seconds` is how long it took, None while it runs."""
    return {
        "id": request.id,
        "method": request.method,
        "path": request.path,
        "query": request.query,
        "user": request.user,
        "status": request.status,
        "seconds": None if request.ended is None else round(request.ended - request.started, 4),
    }


class Events:
    """Sends commits, answered requests and switched faults to every page that listens."""

    def __init__(self, sn: Instance) -> None:
        self._listening: set[asyncio.Queue[str]] = set()
        sn.ledger.watchers.append(self._commit)
        sn.traffic.watchers.append(self._request)

    def send(self, event: str, data: dict[str, Any]) -> None:
        """Tell all pages."""
        for queue in self._listening:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(f"event: {event}\ndata: {json.dumps(data)}\n\n")

    def _commit(self, commit: Commit) -> None:
        if self._listening:
            self.send("commit", described(commit))

    def _request(self, request: Request) -> None:
        if self._listening:
            self.send("request", request_line(request))

    async def stream(self) -> AsyncIterator[str]:
        """The events from now on, until the reader goes."""
        queue: asyncio.Queue[str] = asyncio.Queue(KEPT)
        self._listening.add(queue)
        try:
            yield "retry: 1000\n\n"
            while True:
                try:
                    yield await asyncio.wait_for(queue.get(), HEARTBEAT)
                except TimeoutError:
                    yield ": still here\n\n"
        finally:
            self._listening.discard(queue)

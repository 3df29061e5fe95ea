"""Run an ASGI application on a real loopback socket, inside the running event loop."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import uvicorn

_TICK_SECONDS = 0.1
_GRACE_SECONDS = 0.3
_PATIENCE_SECONDS = 1.0


class _QuietServer(uvicorn.Server):
    """A uvicorn server that is a guest in somebody's process: it leaves signals alone, and ends at once when told.

    uvicorn looks every tenth of a second whether it should end, and again whether its connections did; with a server or
    two in each of a thousand tests that adds up to minutes.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._ending = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def end(self) -> None:
        self.should_exit = True
        self._ending.set()

    async def main_loop(self) -> None:
        counter = 0
        while not await self.on_tick(counter):
            counter += 1
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), _TICK_SECONDS)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await self._until_idle(_GRACE_SECONDS)
        # What is still there is a stream, which has no end of its own: hung up on, it ends as when its reader goes.
        for connection in list(self.server_state.connections):
            connection.transport.close()
        await self._until_idle(_PATIENCE_SECONDS)
        for task in self.server_state.tasks:
            task.cancel()

    async def _until_idle(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110 -- plain sets
                    await asyncio.sleep(0.002)


@contextlib.asynccontextmanager
async def running(app: Any, *, port: int = 0, host: str = "127.0.0.1") -> AsyncIterator[str]:
    """The base URL of `app`, served until the block ends.

    `port` 0 takes any free port, so that tests run side by side. Raises OSError when the port is taken.
    """
    # Naming the protocol makes asyncio switch Nagle's algorithm off, which would hold small answers back for 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    config = uvicorn.Config(
        app, log_level="warning", lifespan="off", timeout_graceful_shutdown=1, ws="websockets-sansio", access_log=False
    )
    server = _QuietServer(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:
            if task.done():
                task.result()
                raise RuntimeError("the server ended before it started")
            await asyncio.sleep(0.002)
        yield f"http://{host}:{listener.getsockname()[1]}"
    finally:
        server.end()
        await task
        listener.close()

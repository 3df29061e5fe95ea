"""The ASGI application (Slack's deliveries, the API, and whether the process is alive), and serving it."""

import asyncio
import contextlib
import re
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn
from fastapi import FastAPI, Request, Response
from slack_bolt.adapter.fastapi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from starlette.types import ASGIApp

from bot.api.application import install_api
from bot.api.callers import Api
from bot.web.edge import Edge
from bot.web.health import Health, install_health
from bot.web.replays import TakenDeliveries, mark_of

_TIMESTAMP = re.compile(r"\d{1,12}")
_BACKLOG = 2_048
# So long requests under way may take to end at a stop.
_LAST_ANSWERS_SECONDS = 5


def make_server(app: AsyncApp | None, api: Api, health: Health) -> ASGIApp:
    """The application that `serve` runs; without `app` (in Socket Mode) it takes no deliveries of Slack's."""
    server = FastAPI(title="grcpush", docs_url=None, redoc_url=None, redirect_slashes=False)
    if app is not None:
        install_slack(server, app)
    install_health(server, health)
    install_api(server, api)
    return Edge(server, health.metrics.http)


def install_slack(server: FastAPI, app: AsyncApp) -> None:
    """Take all of Slack's deliveries at one path."""
    slack, taken = AsyncSlackRequestHandler(app), TakenDeliveries()

    @server.post("/slack/events", include_in_schema=False)
    async def events(request: Request) -> Response:
        # Slack's own check of the signature breaks down over a time stamp that is no number.
        if not _TIMESTAMP.fullmatch(request.headers.get("x-slack-request-timestamp", "")):
            return Response(status_code=401)
        delivery = mark_of(request.headers.get("x-slack-signature", ""), await request.body())
        if not taken.take(delivery):
            return Response()
        is_done = False
        try:
            answer = await slack.handle(request)
            is_done = answer.status_code < 300
            return answer
        finally:
            if not is_done:
                taken.give_back(delivery)


@contextlib.asynccontextmanager
async def served(server: ASGIApp, host: str, port: int) -> AsyncIterator[str]:
    """The address the application is served at, until the block ends. Raises OSError when the port is taken."""
    config = uvicorn.Config(
        server,
        host=host,
        port=port,
        log_level="warning",
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=_LAST_ANSWERS_SECONDS,
        server_header=False,
    )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Naming the protocol makes asyncio switch Nagle's algorithm off, which would hold small answers back for 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        # From here on connections wait in line, so the address may be told before the server takes the first one.
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    runner = _Server(config)
    task = asyncio.create_task(runner.serve(sockets=[listener]))
    try:
        yield f"http://{host}:{listener.getsockname()[1]}"
    finally:
        runner.should_exit = True
        await task
        listener.close()


class _Server(uvicorn.Server):
    """Leaves signals to the command, which has more to stop than a web server."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

"""The page for people: its files, its JSON, and its stream of events."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from sandbox.slack.acting import Acting
from sandbox.slack.page.doing import Doing
from sandbox.slack.page.reading import Reading
from sandbox.slack.refusal import Refusal
from sandbox.slack.team import Team

WEB_FOLDER = Path(__file__).parents[2] / "web"
HEARTBEAT_SECONDS = 15.0
PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}

Read = Callable[[str, Request], Any]
Do = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]


def page_routes(workspace: Team, acting: Acting) -> list[BaseRoute]:
    """The routes of the page."""
    reading = Reading(workspace)
    doing = Doing(workspace, acting, reading)

    def channel(user: str, request: Request) -> Any:
        return reading.channel(user, request.query_params.get("channel"))

    def thread(user: str, request: Request) -> Any:
        return reading.thread(user, channel(user, request), request.query_params.get("ts", ""))

    reads: dict[str, Read] = {
        "state": lambda user, _: reading.state(user),
        "messages": lambda user, request: reading.messages(user, channel(user, request)),
        "thread": thread,
        "views": lambda user, _: reading.views(user),
        "home": lambda user, _: reading.home(user),
    }
    deeds: dict[str, Do] = {
        name: getattr(doing, name)
        for name in ("command", "message", "action", "submit", "close", "shortcut", "home", "read")
    }
    return [
        Route("/", _page),
        *[Route(f"/sandbox/api/{name}", _reader(reading, read)) for name, read in reads.items()],
        *[Route(f"/sandbox/api/{name}", _doer(reading, do), methods=["POST"]) for name, do in deeds.items()],
        Route("/sandbox/api/options", _options(reading, doing)),
        Route("/sandbox/api/refusals", _answering(lambda _request: reading.refusals())),
        Route("/sandbox/api/file/{file_id}", _file(workspace)),
        Route("/sandbox/api/events", _events(workspace, reading)),
        Mount("/sandbox/web", StaticFiles(directory=WEB_FOLDER, check_dir=False)),
    ]


async def _page(_request: Request) -> Response:
    page = WEB_FOLDER / "slack.html"
    if not page.exists():
        return PlainTextResponse("This workspace has no page.", 404)
    return FileResponse(page)


Endpoint = Callable[[Request], Awaitable[Response]]


def _answering(answer: Callable[[Request], Any]) -> Endpoint:
    """An endpoint that answers JSON, and a refusal as `ok: false` with its name."""

    async def endpoint(request: Request) -> Response:
        try:
            body = answer(request)
            if isinstance(body, Awaitable):
                body = await body
        except Refusal as refusal:
            return JSONResponse(refusal.body(), 400)
        return JSONResponse({"ok": True, **body})

    return endpoint


def _reader(reading: Reading, read: Read) -> Endpoint:
    return _answering(lambda request: read(reading.person(request.query_params.get("as")).id, request))


def _doer(reading: Reading, do: Do) -> Endpoint:
    async def deed(request: Request) -> dict[str, Any]:
        try:
            body = json.loads(await request.body())
        except ValueError:
            raise Refusal("invalid_json") from None
        if not isinstance(body, dict):
            raise Refusal("invalid_json")
        return await do(reading.person(body.get("as")).id, body)

    return _answering(deed)


def _options(reading: Reading, doing: Doing) -> Endpoint:
    async def answer(request: Request) -> dict[str, Any]:
        return await doing.options(reading.person(request.query_params.get("as")).id, dict(request.query_params))

    return _answering(answer)


def _file(workspace: Team) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        stored = workspace.files.find(request.path_params["file_id"])
        if stored is None or stored.content is None:
            return PlainTextResponse("not found", 404)
        # Never as a page of its own: what is in a file must not run in the workspace's origin.
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
        shown_as = stored.mimetype if stored.mimetype in PICTURES else "text/plain; charset=utf-8"
        return Response(stored.content, media_type=shown_as, headers=headers)

    return endpoint


def _events(workspace: Team, reading: Reading) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        try:
            user = reading.person(request.query_params.get("as")).id
        except Refusal as refusal:
            return JSONResponse(refusal.body(), 400)
        return StreamingResponse(_stream(workspace, user), media_type="text/event-stream")

    return endpoint


async def _stream(workspace: Team, user: str) -> AsyncIterator[str]:
    notices = workspace.feed.open_stream(user)
    try:
        yield ": open\n\n"
        while True:
            try:
                notice = await asyncio.wait_for(notices.get(), HEARTBEAT_SECONDS)
            except TimeoutError:
                yield ": still here\n\n"
                continue
            if notice is None:
                return
            yield f"data: {json.dumps(notice)}\n\n"
    finally:
        workspace.feed.close_stream(notices)

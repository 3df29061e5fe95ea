"""The outer edge of the web server: every request gets an id, and no body may be larger or slower than it needs to be."""

import asyncio
import time
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.api.problems import ApiProblem, problem_response
from core.ids import new_reference
from core.log_context import bound

# Slack's largest deliveries, and the largest statement over the API, are well below this.
LARGEST_BODY = 1_048_576
SLOWEST_BODY_SECONDS = 20.0

Observe = Callable[[str, str, int, float], None]
"""Told method, route, status and seconds of each request that was answered."""


class Edge:
    """Reads each body whole before anything else looks at it, so that every path has the same limits."""

    def __init__(self, app: ASGIApp, observe: Observe = lambda _method, _route, _status, _seconds: None) -> None:
        """Stand before `app`."""
        self._app = app
        self._observe = observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its body, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, began, answered = new_reference(), time.perf_counter(), 0

        async def send_marked(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                answered = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                headers["X-Content-Type-Options"] = "nosniff"
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            with bound(request_id=request_id):
                await self._pass_on(scope, receive, send_marked)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            self._observe(scope["method"], route, answered, time.perf_counter() - began)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await _whole_body(scope, receive)
        except ApiProblem as error:
            await problem_response(error.problem, error.headers)(scope, receive, send)
            return
        await self._app(scope, _replaying(body, receive), send)


async def _whole_body(scope: Scope, receive: Receive) -> bytes:
    """The body. Raises ApiProblem when it is too large, or takes too long to arrive."""
    length = Headers(scope=scope).get("content-length", "")
    if length.isascii() and length.isdigit() and int(length) > LARGEST_BODY:
        raise _too_large()
    parts, size = [], 0
    try:
        async with asyncio.timeout(SLOWEST_BODY_SECONDS):
            while True:
                message = await receive()
                part = message.get("body", b"")
                size += len(part)
                if size > LARGEST_BODY:
                    raise _too_large()
                parts.append(part)
                if not message.get("more_body", False):
                    return b"".join(parts)
    except TimeoutError:
        raise ApiProblem(408, "too_slow", "The body took too long to arrive.", Connection="close") from None


def _too_large() -> ApiProblem:
    return ApiProblem(413, "too_large", f"A body has at most {LARGEST_BODY:,} bytes.", Connection="close")


def _replaying(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body first, and then whatever comes after it."""
    is_given = False

    async def replay() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay

"""The way of a request through the server: socket, session, faults, sign-in, handler, answer."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Mapping

from starlette.types import ASGIApp, Receive, Scope, Send

from .errors import Answer, Refusal, headers_too_large, no_resource, not_authenticated, unreadable_body
from .exchange import Exchange, Request
from .faults import Faults
from .instance import Instance
from .wire import ConnectionCut, Wire

Handler = Callable[[Exchange], Awaitable[Answer]]


class Application:
    """The ASGI application. `handlers` answer by the kind of request; what is of no API at all goes to `pages`."""

    def __init__(self, sn: Instance, faults: Faults, handlers: Mapping[str, Handler], pages: ASGIApp) -> None:
        self._sn = sn
        self._faults = faults
        self._handlers = handlers
        self._pages = pages
        self._numbers = itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        path = scope.get("path", "")
        if scope["type"] != "http" or not (path.startswith("/api/") or path == "/oauth_token.do"):
            await self._pages(scope, receive, send)
            return
        exchange = self._exchange(scope, Wire(receive, send))
        self._sn.traffic.opened(exchange.record)
        try:
            await self._serve(exchange)
        except ConnectionCut:
            exchange.wire.is_cut = True
        finally:
            for end in exchange.at_end:
                end()
            self._sn.traffic.closed(exchange.record, time.monotonic())
        if not exchange.wire.is_cut:
            await self._sn.hooks.fire("after_answer", exchange)

    def _exchange(self, scope: Scope, wire: Wire) -> Exchange:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        method = scope["method"]
        if method == "POST" and headers.get("x-http-method-override"):
            method = headers["x-http-method-override"].upper()
        query = scope["query_string"].decode("latin-1")
        record = Request(f"r{next(self._numbers)}", method, scope["path"], query)
        exchange = Exchange(record, headers, wire, header_bytes=_header_bytes(scope))
        exchange.locate()
        return exchange

    async def _serve(self, exchange: Exchange) -> None:
        body = await exchange.wire.body(self._sn.behaviour.max_body_bytes)
        if exchange.header_bytes > self._sn.behaviour.max_header_bytes:
            await self._send(exchange, headers_too_large())
            return
        if body is None:
            await self._send(exchange, unreadable_body("The request is larger than this instance accepts").answer)
            return
        exchange.record.body = body
        session = exchange.session = self._sn.sessions.of(exchange)
        exchange.record.session = session.id
        if not await self._sn.sessions.enter(session):
            await self._overflow(exchange)
            return
        try:
            answer = await self._timed(exchange)
            answer.headers.extend(self._sn.sessions.cookies(session))
            await self._send(exchange, answer)
        finally:
            self._sn.sessions.leave(session)

    async def _overflow(self, exchange: Exchange) -> None:
        """202 and no body. Whether the work is ever done is not known; `overflow_runs` decides."""
        await self._send(exchange, Answer(202))
        if self._sn.behaviour.overflow_runs:
            await self._answer(exchange)

    async def _timed(self, exchange: Exchange) -> Answer:
        """The answer, not before `latency` has passed; the work is done in the middle of it."""
        latency = self._sn.latency
        if not latency:
            return await self._answer(exchange)
        # Counted from here, not from the arrival: a request that waits for its session's turn waits longer.
        done = time.monotonic() + latency
        await asyncio.sleep(latency / 2)
        answer = await self._answer(exchange)
        await asyncio.sleep(max(0.0, done - time.monotonic()))
        return answer

    async def _answer(self, exchange: Exchange) -> Answer:
        # Who it is must be known before faults are chosen, for a fault may be for one user only.
        refused = self._sign_in(exchange)
        exchange.faults = self._faults.claimed(exchange)
        answer = None
        for fault in exchange.faults:
            answer = answer or await fault.arrive(exchange)
        if answer is None:
            answer = refused.answer if refused else await self._handled(exchange)
        for fault in exchange.faults:
            answer = await fault.answer(exchange, answer)
        return answer

    def _sign_in(self, exchange: Exchange) -> Refusal | None:
        if exchange.kind == "oauth":
            return None
        try:
            exchange.user = self._sn.authentication.user(exchange)
            exchange.record.user = exchange.user.user_name
        except Refusal as refusal:
            return refusal
        return None

    async def _handled(self, exchange: Exchange) -> Answer:
        try:
            for fault in exchange.faults:
                answer = await fault.serve(exchange)
                if answer is not None:
                    return answer
            return await self._routed(exchange)
        except Refusal as refusal:
            return refusal.answer

    async def _routed(self, exchange: Exchange) -> Answer:
        if exchange.kind == "oauth":
            return self._sn.oauth.token(exchange)
        if exchange.kind in self._handlers:
            return await self._handlers[exchange.kind](exchange)
        if exchange.user is None:
            raise not_authenticated()
        raise no_resource(exchange.record.path)

    async def _send(self, exchange: Exchange, answer: Answer) -> None:
        if exchange.wire.is_cut:
            return
        exchange.record.status = answer.status
        await (exchange.deliver or exchange.wire.send)(answer)


def _header_bytes(scope: Scope) -> int:
    names_and_values = sum(len(name) + len(value) + 4 for name, value in scope["headers"])
    return names_and_values + len(scope.get("raw_path", b"")) + len(scope["query_string"])

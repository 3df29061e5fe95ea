"""The way of every request to ServiceNow: wait for a turn, sign in, send, learn from the answer, renew once on a 401."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from core.clock import Clock
from core.config import ServiceNowAuth, Settings
from core.errors import RemoteUnavailable
from core.servicenow.answers import read_failed, result_of_read
from core.servicenow.connection import Answer, Call, Connection, Connections, NoAnswer
from core.servicenow.pacing import Pacing
from core.servicenow.signin import FixedSignIn, SignIn, TokenSignIn, fixed_headers, refused_sign_in

log = logging.getLogger(__name__)


Watch = Callable[[str, int, float], None]
"""Told method, status (0 when no answer came) and seconds of every exchange."""


class Gateway:
    """Sends requests on any connection, with one sign-in and one pacing for all of them."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        """Prepare; nothing is sent. Raises ConfigurationError."""
        self.connections = Connections(settings)
        self.pacing = Pacing(clock, concurrency=settings.push_concurrency)
        self.watch: Watch = lambda _method, _status, _seconds: None
        self.method = settings.servicenow_auth
        self._sign_in_connection = self.connections.make()
        self._probe_call = Call(
            "GET", table_path(settings.servicenow_table), {"sysparm_limit": "1", "sysparm_fields": "sys_id"}
        )
        self._sign_in: SignIn
        if self.method in (ServiceNowAuth.BASIC, ServiceNowAuth.API_KEY):
            self._sign_in = FixedSignIn(self.method, fixed_headers(settings), self._probe)
        else:
            self._sign_in = TokenSignIn(settings, self._sign_in_connection)

    async def aclose(self) -> None:
        """Close the connection used for signing in."""
        await self._sign_in_connection.aclose()

    async def ready(self) -> None:
        """Wait for the end of a pause and have credentials at hand, so that the next request goes out at once."""
        await self.pacing.ready()
        await self._sign_in.proof()

    def forgive_sign_in(self) -> None:
        """Try the credentials again although they were refused a moment ago."""
        self._sign_in.forgive()

    async def send(
        self, connection: Connection, call: Call, *, patience: float | None = None, is_side_read: bool = False
    ) -> Answer:
        """The answer to one request; the caller holds the connection's lock.

        When the request cannot go out within `patience` seconds, nothing is sent and RemoteThrottled or
        RemoteUnavailable is raised. Raises NoAnswer, and RemoteSignInFailed when renewed credentials were refused as
        well; for an `is_side_read` that does not keep other requests from trying, since a single table can be closed
        to an account in the same words.
        """
        deadline = None if patience is None else asyncio.get_running_loop().time() + patience
        async with self.pacing.turn(patience=patience):
            proof = await self._sign_in.proof()
            answer = await self._exchange(connection, call, proof.headers, deadline)
            if answer.status != 401:
                return answer
            connection.forget_session()
            proof = await self._sign_in.renew(proof)
            answer = await self._exchange(connection, call, proof.headers, deadline)
            if answer.status != 401:
                return answer
            connection.forget_session()
            raise refused_sign_in(self.method, answer) if is_side_read else self._sign_in.give_up(proof, answer)

    async def _exchange(
        self, connection: Connection, call: Call, headers: Mapping[str, str], deadline: float | None
    ) -> Answer:
        began = asyncio.get_running_loop().time()
        if deadline is not None and began > deadline:
            raise RemoteUnavailable("Signing in to ServiceNow took too long, so nothing was sent.")
        try:
            answer = await connection.send(call, headers)
        except NoAnswer as failure:
            self.watch(call.method, 0, asyncio.get_running_loop().time() - began)
            log.warning("servicenow.no_answer method=%s path=%s was_sent=%s", call.method, call.path, failure.was_sent)
            raise
        self.watch(call.method, answer.status, asyncio.get_running_loop().time() - began)
        self.pacing.note(answer, sent_at=began)
        if answer.status < 300:
            self._sign_in.accepted()
        if answer.status == 202:
            connection.forget_session()  # its queue is full; another session has a queue of its own
        if answer.status >= 300:
            log.info("servicenow.refused method=%s path=%s status=%s", call.method, call.path, answer.status)
        return answer

    async def _probe(self, headers: Mapping[str, str]) -> Answer:
        async with self._sign_in_connection.lock:
            self._sign_in_connection.forget_session()
            return await self._sign_in_connection.send(self._probe_call, headers)


class Readers:
    """A few connections for reading, the last used first so that idle sessions can end."""

    def __init__(self, gateway: Gateway, count: int, *, patience: float | None) -> None:
        """Make no connection before it is needed.

        A read waits at most `patience` seconds for a pause to end; without it, however long ServiceNow asks for.
        """
        self._gateway = gateway
        self.patience = patience
        self._idle = [gateway.connections.make() for _ in range(count)]
        self._all = tuple(self._idle)
        self._places = asyncio.Semaphore(count)

    async def aclose(self) -> None:
        """Close all connections."""
        for connection in self._all:
            await connection.aclose()

    async def read(self, call: Call, *, is_side_read: bool = False) -> tuple[Any, Answer]:
        """The result of one attempt, with the answer it came in. Raises RemoteError."""
        async with self._one() as connection:
            try:
                answer = await self._gateway.send(connection, call, patience=self.patience, is_side_read=is_side_read)
            except NoAnswer as failure:
                raise read_failed(failure) from failure
        return result_of_read(answer, pause=self._gateway.pacing.asked_pause(answer)), answer

    @contextlib.asynccontextmanager
    async def _one(self) -> AsyncIterator[Connection]:
        async with self._places:
            connection = self._idle.pop()
            try:
                async with connection.lock:
                    yield connection
            finally:
                self._idle.append(connection)


def table_path(table: str, sys_id: str = "") -> str:
    """The address of a table, or of one of its records."""
    return f"/api/now/table/{table}" + (f"/{sys_id}" if sys_id else "")

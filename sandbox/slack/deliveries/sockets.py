"""Socket Mode: the bot connects, deliveries come in envelopes, acknowledgements go back the same way."""

import asyncio
import contextlib
import itertools
import secrets
from dataclasses import dataclass, field
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from sandbox.slack.cut import transport_of
from sandbox.slack.team import Team

MOST_CONNECTIONS = 10


class NotConnected(Exception):
    """There is nobody to deliver to."""


@dataclass
class Connection:
    """One open web socket and the envelopes it has not acknowledged yet; through a deaf one nothing is sent any more."""

    number: int
    socket: WebSocket
    is_deaf: bool = False
    unanswered: dict[str, "asyncio.Future[Any]"] = field(default_factory=dict)
    acknowledged: int = 0

    def lost(self) -> None:
        """Fail what was still waiting for an acknowledgement."""
        for future in self.unanswered.values():
            if not future.done():
                future.set_exception(ConnectionError("the socket closed before the acknowledgement"))


class Sockets:
    """All connections of the app.

    While not `says_hello` a new one is accepted and not greeted, which is how a connection looks that never works.
    """

    def __init__(self, workspace: Team) -> None:
        self._workspace = workspace
        self._addresses: set[str] = set()
        self._numbers = itertools.count(1)
        self.connections: list[Connection] = []
        self.says_hello = True

    def new_address(self, base_url: str) -> str:
        """A web socket URL, good for one connection."""
        ticket = secrets.token_urlsafe(24)
        self._addresses.add(ticket)
        return f"{base_url.replace('http', 'ws', 1)}/link/{ticket}"

    async def serve(self, socket: WebSocket) -> None:
        """One connection, from hello to its end."""
        ticket = socket.path_params["ticket"]
        if ticket not in self._addresses:
            await socket.close(4001)
            return
        self._addresses.discard(ticket)
        await socket.accept()
        if len(self.connections) >= MOST_CONNECTIONS:
            await socket.send_json(_disconnect("too_many_websockets"))
            await socket.close()
            return
        connection = Connection(next(self._numbers), socket)
        self.connections.append(connection)
        try:
            if self.says_hello:
                await socket.send_json(self._hello())
            self._workspace.feed.changed()
            await self._listen(connection)
        finally:
            self.connections.remove(connection)
            connection.lost()
            self._workspace.feed.changed()

    async def send(self, kind: str, payload: dict[str, Any], attempt: int, reason: str | None) -> Any:
        """The payload of the acknowledgement, None when it had none.

        Raises NotConnected without a connection, ConnectionError when it closes meanwhile; waits for ever when deaf.
        """
        if not self.connections:
            raise NotConnected
        connection = secrets.choice(self.connections)
        envelope_id = secrets.token_hex(16)
        envelope: dict[str, Any] = {
            "type": kind,
            "envelope_id": envelope_id,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": reason or ""}
        answered: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        connection.unanswered[envelope_id] = answered
        try:
            if not connection.is_deaf:
                await _send(connection, envelope)
            return await answered
        finally:
            connection.unanswered.pop(envelope_id, None)

    def deafen(self) -> None:
        """Send nothing more through the connections there are now, which stay open; those that come later are well."""
        for connection in self.connections:
            connection.is_deaf = True

    async def disconnect(self, reason: str = "refresh_requested", number: int | None = None) -> None:
        """Ask the bot to reconnect, as Slack does every few hours: first "warning", then "refresh_requested".

        All connections, or the one with that number. After "refresh_requested" the connection is closed by Slack.
        """
        for connection in [held for held in self.connections if number in (None, held.number)]:
            await _send(connection, _disconnect(reason))
            if reason != "warning":
                await _close(connection)

    async def drop(self, number: int | None = None) -> None:
        """Cut connections without a word: all, or the one with that number."""
        for connection in [held for held in self.connections if number in (None, held.number)]:
            transport = transport_of(connection.socket._receive)  # noqa: SLF001 -- the only way to the transport
            if transport is None:
                await _close(connection)
            else:
                transport.abort()

    async def close(self) -> None:
        """Close everything, because the server ends."""
        for connection in list(self.connections):
            await _close(connection)

    async def _listen(self, connection: Connection) -> None:
        with contextlib.suppress(WebSocketDisconnect):
            while True:
                message = await connection.socket.receive_json()
                answered = connection.unanswered.get(message.get("envelope_id", ""))
                if answered is not None and not answered.done():
                    connection.acknowledged += 1
                    answered.set_result(message.get("payload"))

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {"host": "sandbox", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._workspace.app_id},
        }


def _disconnect(reason: str) -> dict[str, Any]:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}


async def _send(connection: Connection, message: dict[str, Any]) -> None:
    try:
        await connection.socket.send_json(message)
    except (WebSocketDisconnect, RuntimeError) as gone:
        raise ConnectionError("the socket is closed") from gone


async def _close(connection: Connection) -> None:
    if connection.socket.application_state == WebSocketState.CONNECTED:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await connection.socket.close()

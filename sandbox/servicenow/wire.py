"""The socket under one request: sending an answer whole, in drips or in part, and cutting the connection."""

import asyncio
import contextlib
import socket
import struct
from typing import Any

from .errors import Answer

# Linger on, for no time: closing such a socket sends a reset in place of the orderly end.
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class ConnectionCut(Exception):
    """The connection was cut on purpose; nothing more is to be sent."""


class Wire:
    """Sends through ASGI; goes below it only to reset the connection."""

    def __init__(self, receive: Any, send: Any) -> None:
        self._receive = receive
        self._send = send
        self.is_cut = False
        raw = self._socket()
        if raw is not None:
            # Head and body leave in two pieces; without this the second waits 40 ms for the client's acknowledgement.
            with contextlib.suppress(OSError):  # the client may have gone again
                raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _transport(self) -> Any:
        """The connection that uvicorn's own send() writes to; None under another server or a middleware."""
        return getattr(getattr(self._send, "__self__", None), "transport", None)

    def _socket(self) -> Any:
        transport = self._transport()
        return transport.get_extra_info("socket") if transport else None

    async def body(self, limit: int) -> bytes | None:
        """The request's body, or None when it is longer than `limit` bytes (the rest is read and dropped)."""
        parts = []
        size = 0
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ConnectionCut
            size += len(message.get("body", b""))
            if size <= limit:
                parts.append(message.get("body", b""))
            if not message.get("more_body"):
                return b"".join(parts) if size <= limit else None

    async def client_gone(self) -> None:
        """Return when the client has closed its side."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    def reset(self) -> None:
        """Cut the connection at once; the client reads "connection reset by peer"."""
        self.is_cut = True
        transport, raw = self._transport(), self._socket()
        if transport is None or raw is None:
            raise RuntimeError("resetting needs uvicorn's own send(), with no middleware around this application")
        with contextlib.suppress(OSError):  # the client may have closed it a moment ago
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        transport.abort()

    async def send(self, answer: Answer) -> None:
        """The whole answer."""
        await self._start(answer)
        await self._send({"type": "http.response.body", "body": answer.body})

    async def send_part_then_reset(self, answer: Answer, size: int) -> None:
        """The head and the first `size` bytes of the body, then a reset."""
        await self._start(answer)
        await self._send({"type": "http.response.body", "body": answer.body[:size], "more_body": True})
        # The bytes leave with the next turns of the event loop; a reset would discard what still waits.
        await asyncio.sleep(0.01)
        self.reset()

    async def drip(self, answer: Answer, *, size: int, seconds: float) -> None:
        """The answer in pieces of `size` bytes, `seconds` apart."""
        await self._start(answer)
        for at in range(0, len(answer.body), size):
            await self._send({"type": "http.response.body", "body": answer.body[at : at + size], "more_body": True})
            await asyncio.sleep(seconds)
        await self._send({"type": "http.response.body", "body": b""})

    async def _start(self, answer: Answer) -> None:
        headers = [(b"content-length", str(len(answer.body)).encode())]
        if answer.content_type and (answer.body or answer.status not in {202, 204}):
            headers.append((b"content-type", answer.content_type.encode()))
        headers.extend((name.lower().encode(), value.encode("latin-1", "replace")) for name, value in answer.headers)
        if answer.status == 204:
            headers = [pair for pair in headers if pair[0] != b"content-length"]
        await self._send({"type": "http.response.start", "status": answer.status, "headers": headers})

"""A server that answers exactly the bytes a test wants, on a real socket, and remembers what it was sent."""

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field


@dataclass
class Received:
    """One request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def method(self) -> str:
        return self.line.split(" ")[0]


Answering = bytes | Callable[[Received, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class OddServer:
    """Gives its answers in turn, the last one again and again, each on a connection of its own."""

    answers: list[Answering]
    url: str = ""
    received: list[Received] = field(default_factory=list)
    open: set[asyncio.Task[None]] = field(default_factory=set)

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self.open.add(task)
        task.add_done_callback(self.open.discard)

    async def end(self) -> None:
        for task in tuple(self.open):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._answer(reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError, ssl.SSLError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            request = await _request(reader)
            self.received.append(request)
            answer = self.answers[min(len(self.received), len(self.answers)) - 1]
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(request, writer)


@contextlib.asynccontextmanager
async def answering(*answers: Answering, tls: ssl.SSLContext | None = None) -> AsyncIterator[OddServer]:
    """A running server; with `tls` it speaks https."""
    odd = OddServer(list(answers))
    server = await asyncio.start_server(odd.accept, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    odd.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    try:
        yield odd
    finally:
        server.close()
        await odd.end()


def reply(status: int, body: bytes | str = b"", content_type: str = "application/json", **headers: str) -> bytes:
    """A complete answer after which the connection ends; an underscore in a header's name stands for a hyphen."""
    body = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"Content-Type: {content_type}"] if content_type else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


def refused(status: int, message: str, detail: str | None = None, **headers: str) -> bytes:
    """ServiceNow's own form of an error."""
    envelope = {"error": {"message": message, "detail": detail}, "status": "failure"}
    return reply(status, json.dumps(envelope), **headers)


def result(value: object, **headers: str) -> bytes:
    """ServiceNow's own form of a result."""
    return reply(200, json.dumps({"result": value}), "application/json;charset=UTF-8", **headers)


def row(sys_id: str = "a" * 32, text: str = "<p>stored</p>", **columns: str) -> dict[str, str]:
    """A record as the default mapping reads it."""
    return {
        "sys_id": sys_id,
        "u_implementation_statement": text,
        "sys_mod_count": "1",
        "sys_updated_on": "2026-11-22 18:03:41",
        "sys_updated_by": "grcpush.svc",
        "sys_created_on": "2026-01-02 03:04:05",
        "sys_class_name": "sn_compliance_statement",
        "control.number": "CTRL0001",
        "control.name": "Accounts",
        "control.system.name": "Payroll",
    } | columns


async def _request(reader: asyncio.StreamReader) -> Received:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(head[0], headers, body)

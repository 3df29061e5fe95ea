"""Cutting a connection instead of answering, as a broken network does."""

import asyncio
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send


def transport_of(receive: Any) -> asyncio.Transport | None:
    """The TCP transport behind a request or web socket.

    The server hands out `receive` as a method of the object that holds the transport; ASGI has no way to say "hang up".
    """
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    return transport if isinstance(transport, asyncio.Transport) else None


class CutConnection(Response):
    """No answer: the connection ends at once."""

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Abort the transport; where the server hides it, break off in the middle of an answer."""
        transport = transport_of(receive)
        if transport is None:
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
            return
        transport.abort()
        # The server must have noticed before this returns, or it would try to answer with an error page.
        message = await receive()
        while message["type"] != "http.disconnect":
            message = await receive()

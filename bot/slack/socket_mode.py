"""The web socket of Socket Mode: opened, watched, and replaced by a new one when it is lost or brings nothing.

A socket may look well and be deaf: its pings are answered, and no delivery ever comes. The SDK is content with that, and
has been seen to try a session for ever that was closed under it. So this looks for itself, at what arrives and not at
what the SDK believes of its connection, and builds everything anew, because an object that got lost once is not trusted.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot.slack.errors import SLACK_TROUBLE, error_name
from bot.slack.signin import socket_address
from core.errors import Refused

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SocketPace:
    """Times in seconds.

    Between two looks; how long the SDK may mend a lost socket by itself; how long a socket may bring nothing at all
    before it is replaced; how long a new one has to say hello; how long an old one stays open beside the new one, for the
    acknowledgements that are under way in it; and until the next attempt when none could be had: Slack gives an app about
    one new socket a minute.
    """

    look: float = 5.0
    lost: float = 20.0
    quiet: float = 300.0
    hello: float = 10.0
    linger: float = 4.0
    again: float = 30.0


class _Line:
    """One socket, with what came through it."""

    def __init__(self, app: AsyncApp, app_token: str) -> None:
        self._handler = AsyncSocketModeHandler(app, app_token)
        self._handler.client.message_listeners.append(self._heard)
        self._hello = asyncio.Event()
        self.heard_at = _now()
        self.lost_since: float | None = None

    async def open(self, address: str, seconds: float) -> None:
        """Connect and wait for Slack's hello, which goes the way of every delivery. Raises TimeoutError."""
        self._handler.client.wss_uri = address
        async with asyncio.timeout(seconds):
            await self._handler.connect_async()  # type: ignore[no-untyped-call]
            await self._hello.wait()

    async def look(self) -> None:
        """Note since when it is not open."""
        is_open = await self._handler.client.is_connected()
        self.lost_since = None if is_open else self.lost_since or _now()

    async def close(self) -> None:
        """Hang up, and release what it held."""
        await self._handler.close_async()  # type: ignore[no-untyped-call]

    async def _heard(self, _client: object, message: dict[str, Any], _raw: str | None) -> None:
        self.heard_at = _now()
        if message.get("type") == "hello":
            self._hello.set()


class Socket:
    """The one web socket through which Slack delivers, whichever it is at the moment."""

    def __init__(self, app: AsyncApp, app_token: str, pace: SocketPace) -> None:
        """Deliveries go to `app`."""
        self._app = app
        self._token = app_token
        self._pace = pace
        self._line: _Line | None = None
        self._old: set[_Line] = set()
        self._refusal = ""

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Open it, and keep one open until the block ends.

        Raises ConfigurationError for an app token that does not work, Refused when no socket can be had.
        """
        try:
            await self._open_new()
        except SLACK_TROUBLE as error:
            raise Refused(
                f"Slack opens no web socket (“{error_name(error)}”).", next_step="Look at the network and the proxy."
            ) from error
        watch = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
            for line in [*self._old, *([self._line] if self._line else [])]:
                await line.close()

    async def trouble(self) -> str:
        """What is wrong with it, in words for whoever runs the bot; empty when nothing is."""
        line, why = self._line, f" ({self._refusal})" if self._refusal else ""
        if line is not None:
            await line.look()
        if line is None or line.lost_since is not None:
            return f"the web socket is not open{why}"
        silent = _now() - line.heard_at
        if silent >= self._pace.quiet:
            return f"the web socket brought nothing for {silent:.0f} s and is being replaced{why}"
        return ""

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._until_next_look())
            try:
                why = await self._why_replace()
                if why:
                    await self._replace(why)
            except (Refused, *SLACK_TROUBLE) as error:
                self._refusal = error_name(error.__cause__ or error)
                log.warning("socket.not_replaced error=%s", self._refusal)
                await asyncio.sleep(self._pace.again)
            except Exception:
                log.exception("socket.watch_failed")
                await asyncio.sleep(self._pace.again)

    def _until_next_look(self) -> float:
        """A silent socket is replaced in the moment in which it counts as silent: health has little time to worry."""
        left = self._pace.quiet - (_now() - self._line.heard_at) if self._line is not None else 0.0
        return min(self._pace.look, max(left, 0.0))

    async def _why_replace(self) -> str:
        line = self._line
        if line is None:
            return "missing"
        await line.look()
        is_quiet = _now() - line.heard_at >= self._pace.quiet
        if line.lost_since is None:
            return "quiet" if is_quiet else ""
        return "lost" if is_quiet or _now() - line.lost_since > self._pace.lost else ""

    async def _replace(self, why: str) -> None:
        """Put a new socket in the place of the present one. Raises Refused or SLACK_TROUBLE, and the old one stays.

        Whether the old one is deaf or there is only nothing to deliver cannot be told, so the new one is there before the
        old one goes: at a quiet hour nobody notices.
        """
        old = self._line
        await self._open_new()
        log.log(logging.INFO if why == "quiet" else logging.WARNING, "socket.replaced why=%s", why)
        if old is None:
            return
        self._old.add(old)
        await asyncio.sleep(self._pace.linger)
        await old.close()
        self._old.discard(old)

    async def _open_new(self) -> None:
        # The SDK would try a token that Slack refuses for ever, so the address is asked for here.
        address = await socket_address(self._app.client, self._token)
        line = _Line(self._app, self._token)
        try:
            await line.open(address, self._pace.hello)
        except BaseException:
            await line.close()
            raise
        self._line, self._refusal = line, ""


def _now() -> float:
    return asyncio.get_running_loop().time()

"""Every answer of Slack's passes here, so that somebody knows whether Slack still answers us, and with what."""

import datetime as dt
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState

from bot.slack_errors import TOKEN_IS_DEAD
from core.clock import Clock

_METHOD = re.compile(r"[a-zA-Z]+(\.[a-zA-Z]+)+")


async def _no_socket_is_needed() -> bool:
    return True


@dataclass
class SlackTraffic:
    """What the last calls came to. `has_socket` says whether the web socket of Socket Mode is open, where there is one."""

    clock: Clock
    watch: Callable[[str, str], None] = lambda _method, _outcome: None
    has_socket: Callable[[], Awaitable[bool]] = _no_socket_is_needed
    last_answer_at: dt.datetime | None = field(default=None, init=False)
    trouble: str = field(default="", init=False)

    def note(self, method: str, outcome: str) -> None:
        """Remember how a call ended: “ok”, Slack's name for the error, or what kind of trouble the network made."""
        self.watch(method, outcome)
        if outcome == "ok":
            self.last_answer_at = self.clock.now()
        if outcome == "ok" or outcome in TOKEN_IS_DEAD:
            self.trouble = outcome if outcome != "ok" else ""


class TrafficWatch(AsyncRetryHandler):
    """Stands among the SDK's retry handlers, which see each answer of every client, and never retries anything."""

    def __init__(self, traffic: SlackTraffic) -> None:
        """Tell `traffic`."""
        super().__init__(max_retry_count=0)
        self._traffic = traffic

    async def can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        """Note the answer; always False."""
        del state
        last = urlsplit(request.url).path.rpartition("/")[2]
        self._traffic.note(last if _METHOD.fullmatch(last) else "upload", _outcome(response, error))
        return False


def _outcome(response: HttpResponse | None, error: Exception | None) -> str:
    if error is not None or response is None:
        return type(error).__name__
    body = response.body
    if isinstance(body, dict) and not body.get("ok", True):
        return str(body.get("error", "error"))
    return "ok" if response.status_code < 400 else f"http_{response.status_code}"

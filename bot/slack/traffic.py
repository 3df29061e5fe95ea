"""Every answer of Slack's passes here, so that somebody knows whether Slack still answers us, and with what."""

import datetime as dt
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.errors import SLACK_TROUBLE, TOKEN_IS_DEAD, error_name
from core.clock import Clock

log = logging.getLogger(__name__)

# Called with the app token, which says nothing about the bot's own; its trouble is that of the web socket.
_OF_ANOTHER_TOKEN = frozenset({"apps.connections.open"})
_METHOD = re.compile(r"[a-zA-Z]+(\.[a-zA-Z]+)+")


async def _no_socket_is_needed() -> str:
    return ""


@dataclass
class SlackTraffic:
    """What the last calls came to.

    `trouble` is Slack's name for why it takes no call of ours any more, empty while it does; `socket_trouble` says what is
    wrong with the web socket of Socket Mode, where there is one.
    """

    clock: Clock
    watch: Callable[[str, str], None] = lambda _method, _outcome: None
    socket_trouble: Callable[[], Awaitable[str]] = _no_socket_is_needed
    last_answer_at: dt.datetime | None = field(default=None, init=False)
    trouble: str = field(default="", init=False)

    def note(self, method: str, outcome: str) -> None:
        """Remember how a call ended: “ok”, Slack's name for the error, or what kind of trouble the network made."""
        self.watch(method, outcome)
        if outcome == "ok":
            self.last_answer_at = self.clock.now()
        if method in _OF_ANOTHER_TOKEN:
            return
        if outcome in TOKEN_IS_DEAD:
            self._turned(outcome)
        elif outcome == "ok":
            self._turned("")

    def _turned(self, trouble: str) -> None:
        """Say once that the app is dead in Slack, and once that it is back: pushes go on, but nobody sees them there."""
        if trouble and not self.trouble:
            log.error("slack.token_dead error=%s", trouble)
        elif self.trouble and not trouble:
            log.warning("slack.token_works_again")
        self.trouble = trouble


async def ask_slack(client: AsyncWebClient) -> None:
    """Ask Slack who we are, so that a lost token is noticed at once and not by the next person; `SlackTraffic` hears it."""
    try:
        await client.auth_test()
    except SLACK_TROUBLE as error:
        log.warning("slack.no_answer error=%s", error_name(error))


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

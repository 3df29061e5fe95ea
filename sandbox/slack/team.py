"""The team, as Slack's own API calls a workspace: all that is in it and may be known of it, told to nobody yet."""

import asyncio
from collections.abc import Coroutine
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request

from sandbox.slack import sample
from sandbox.slack.calls import CallLog
from sandbox.slack.clock import Clock
from sandbox.slack.delivery import Delivery
from sandbox.slack.directory import Channel
from sandbox.slack.faults import Faults
from sandbox.slack.feed import Feed
from sandbox.slack.messages import Message, Messages
from sandbox.slack.refusal import Refusal
from sandbox.slack.settings import DEFAULT_SCOPES, Settings
from sandbox.slack.tickets import Tickets
from sandbox.slack.tiers import RateLimits
from sandbox.slack.uploads import Files
from sandbox.slack.views import View, Views
from sandbox.slack.waiting import Waiting


class Team(Settings, Waiting):
    """People, channels, messages, views and files, the log of what was done, and the waits of tests."""

    def __init__(self, bot_url: str | None = None, *, scopes: frozenset[str] | set[str] = DEFAULT_SCOPES) -> None:
        super().__init__(scopes)
        self.clock = Clock()
        self.feed = Feed()
        self.directory = sample.sample_directory()
        self.posts = Messages()
        self.modals = Views(self.team_id)
        self.files = Files()
        self.tickets = Tickets(self.clock)
        self.limits = RateLimits(self.clock)
        self.faults = Faults()
        self.calls = CallLog()
        self.deliveries: list[Delivery] = []
        self.failures: list[Delivery] = []
        self.lost_events: list[Delivery] = []
        self.refused_answers: list[tuple[dict[str, Any], str]] = []
        self.bot_url: str | None = None
        self._url: str | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        if bot_url is not None:
            self.deliver_to(bot_url)

    # Where it is, and where the bot is.

    @property
    def url(self) -> str:
        """Where the workspace is served. Raises RuntimeError while nobody said so and no request came."""
        if self._url is None:
            raise RuntimeError("set Workspace.url, or serve it with Workspace.running()")
        return self._url

    @url.setter
    def url(self, url: str) -> None:
        self._url = url.rstrip("/")

    def learn_url(self, request: Request) -> None:
        """Take the address from a request when nobody gave it."""
        if self._url is None:
            self.url = f"{request.url.scheme}://{request.url.netloc}"

    def deliver_to(self, url: str) -> None:
        """Send deliveries to this bot; a bare host gets the path /slack/events."""
        self.bot_url = url if urlsplit(url).path.strip("/") else url.rstrip("/") + "/slack/events"

    @property
    def can_deliver(self) -> bool:
        """Whether there is a bot to deliver events to."""
        return self.socket_mode or self.bot_url is not None

    # Looking at it.

    def messages(self, channel: str) -> list[Message]:
        """The shared messages of a channel, without replies that are only in their threads."""
        return [
            message
            for message in self.posts.all_in(channel)
            if not message.is_ephemeral and (not message.is_reply or message.reply_broadcast)
        ]

    def thread(self, channel: str, ts: str) -> list[Message]:
        """A thread: its parent and the replies."""
        return self.posts.thread(channel, ts)

    def ephemerals(self, user: str) -> list[Message]:
        """The messages only this person sees, oldest first."""
        found = [message for message in self.posts.everywhere() if message.ephemeral_to == user]
        return sorted(found, key=lambda message: message.ts)

    def direct_messages(self, user: str) -> list[Message]:
        """The direct conversation of a person with the bot."""
        return self.messages(self.directory.direct_with(user).id)

    def home(self, user: str) -> View | None:
        """A person's Home tab, when one was published."""
        return self.modals.home(user)

    def views(self, user: str) -> list[View]:
        """A person's open modals, bottom first."""
        return self.modals.stack(user)

    # What others ask of it.

    def need_scope(self, scope: str) -> None:
        """Refuse as missing_scope when the token lacks it."""
        if scope not in self.scopes:
            raise Refusal("missing_scope", needed=scope, provided=",".join(sorted(self.scopes)))

    def bot_sees(self, channel: Channel) -> bool:
        """Whether the channel exists for the bot: a private one it is not in does not."""
        return channel.kind == "public_channel" or self.bot_user_id in channel.members

    def seen_channel(self, channel_id: str) -> Channel:
        """The channel with that id. Refused as channel_not_found when the bot does not see it."""
        channel = self.directory.channels.get(channel_id)
        if channel is None or not self.bot_sees(channel):
            raise Refusal("channel_not_found")
        return channel

    def channels_of_types(self, types: str | None) -> list[Channel]:
        """The channels of the wanted kinds. Refused as invalid_types, or missing_scope for a kind without its scope."""
        wanted = [name.strip() for name in (types or "public_channel").split(",")]
        scopes = {
            "public_channel": "channels:read",
            "private_channel": "groups:read",
            "im": "im:read",
            "mpim": "mpim:read",
        }
        for name in wanted:
            if name not in scopes:
                raise Refusal("invalid_types")
            self.need_scope(scopes[name])
        return [channel for channel in self.directory.channels.values() if channel.kind in wanted]

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run something in the background until the workspace closes."""
        if self.feed.is_closed:
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def aclose(self) -> None:
        """End background work and streams."""
        self.feed.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

"""The Events API: what the app subscribed to and may see is delivered, and retried when it was not taken."""

import asyncio
from typing import Any

from sandbox.slack.deliveries.payloads import Payloads
from sandbox.slack.deliveries.sender import RETRY_REASONS, Sender
from sandbox.slack.delivery import Delivery
from sandbox.slack.directory import Channel
from sandbox.slack.messages import Message
from sandbox.slack.team import Team

Event = dict[str, Any]

_MESSAGE_KINDS = {
    "public_channel": ("message.channels", "channels:history", "channel"),
    "private_channel": ("message.groups", "groups:history", "group"),
    "im": ("message.im", "im:history", "im"),
}


class Events:
    """Decides who is told of what, and tells."""

    def __init__(self, workspace: Team, payloads: Payloads, sender: Sender) -> None:
        self._workspace = workspace
        self._payloads = payloads
        self._sender = sender

    def message_posted(self, message: Message) -> None:
        """Tell the app of a message in a channel it is in, its own ones included, as Slack does."""
        self._of_message(message, self._workspace.posts.as_slack(message))

    def message_changed(self, message: Message, before: Event) -> None:
        """Tell the app of a redrawn message."""
        now = self._workspace.posts.as_slack(message)
        self._of_message(message, {"subtype": "message_changed", "message": now, "previous_message": before})

    def message_deleted(self, message: Message, before: Event) -> None:
        """Tell the app of a message that is gone."""
        self._of_message(message, {"subtype": "message_deleted", "deleted_ts": message.ts, "previous_message": before})

    async def said(self, message: Message) -> Delivery | None:
        """Deliver what a person said, as a message and perhaps as a mention; None when the app may not see it."""
        ws = self._workspace
        channel = ws.directory.channels[message.channel]
        said = ws.posts.as_slack(message) | {"channel": channel.id, "event_ts": message.ts}
        delivery = None
        if self._may_see_messages(channel):
            delivery = await self.deliver(said | {"type": "message", "channel_type": _MESSAGE_KINDS[channel.kind][2]})
        if f"<@{ws.bot_user_id}>" in message.text and self._subscribed("app_mention", "app_mentions:read"):
            delivery = await self.deliver(said | {"type": "app_mention"})
        return delivery

    async def joined(self, user: str, channel: Channel) -> Delivery | None:
        """Deliver that somebody came into a channel; None when the app may not see it."""
        scope = "groups:read" if channel.is_private else "channels:read"
        if self._workspace.bot_user_id not in channel.members or not self._subscribed("member_joined_channel", scope):
            return None
        facts = {"channel_type": "G" if channel.is_private else "C", "team": self._workspace.team_id}
        event = {"type": "member_joined_channel", "user": user, "channel": channel.id, **facts}
        return await self.deliver(event | {"event_ts": self._workspace.clock.stamp()})

    async def home_opened(self, user: str, tab: str) -> Delivery | None:
        """Deliver that a person looked at the app's Home or messages; None when the app did not ask to know."""
        ws = self._workspace
        if not self._subscribed("app_home_opened"):
            return None
        event: Event = {
            "type": "app_home_opened",
            "user": user,
            "channel": ws.directory.direct_with(user).id,
            "tab": tab,
            "event_ts": ws.clock.stamp(),
        }
        home = ws.modals.home(user)
        if home is not None and tab == "home":
            event["view"] = home.as_slack(ws.app_id, ws.bot_id)
        return await self.deliver(event)

    async def of_app(self, kind: str, **facts: Any) -> Delivery | None:
        """Deliver what befell the app itself, such as app_uninstalled; None when it did not ask to know."""
        if not self._subscribed(kind):
            return None
        return await self.deliver({"type": kind, **facts, "event_ts": self._workspace.clock.stamp()})

    async def deliver(self, event: Event) -> Delivery:
        """The first attempt; when it was not taken, up to three more follow in the background."""
        ws = self._workspace
        channel = ws.directory.channels.get(event.get("channel", ""))
        payload = self._payloads.event(event, is_shared=bool(channel and channel.is_shared))
        first = await self._sender.attempt("events_api", payload)
        if not first.ok:
            ws.spawn(self._retry(first))
        return first

    async def _retry(self, failed: Delivery) -> None:
        ws = self._workspace
        for attempt, delay in enumerate(ws.event_retry_delays, start=1):
            await asyncio.sleep(delay)
            reason = RETRY_REASONS.get(failed.error or "", "unknown_error")
            failed = await self._sender.attempt("events_api", failed.payload, None, attempt, reason)
            if failed.ok:
                return
        ws.lost_events.append(failed)
        ws.feed.changed()

    def _of_message(self, message: Message, event: Event) -> None:
        channel = self._workspace.directory.channels[message.channel]
        if not self._may_see_messages(channel):
            return
        stamp = message.ts if "subtype" not in event else self._workspace.clock.stamp()
        told = {"type": "message", "channel_type": _MESSAGE_KINDS[channel.kind][2], "ts": stamp, **event}
        self._workspace.spawn(self.deliver(told | {"channel": channel.id, "event_ts": stamp}))

    def _may_see_messages(self, channel: Channel) -> bool:
        name, scope, _ = _MESSAGE_KINDS[channel.kind]
        is_member = self._workspace.bot_user_id in channel.members
        return is_member and self._subscribed(name, scope) and self._workspace.can_deliver

    def _subscribed(self, name: str, scope: str | None = None) -> bool:
        ws = self._workspace
        return name in ws.subscriptions and (scope is None or scope in ws.scopes)

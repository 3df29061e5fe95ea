"""What Slack tells without being asked: replies in threads, and looks at the Home tab."""

import logging
from typing import Any

from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.collaborators import Collaborators
from bot.slack_traffic import ask_slack
from core.domain.origin import Origin, Surface, Via
from core.errors import NotAllowed
from core.usecases.comments import Said, forget_comment, keep_comment

log = logging.getLogger(__name__)


class Events:
    """Keeps what people say in the threads of push requests. Nobody is answered: nobody asked."""

    def __init__(self, its: Collaborators) -> None:
        """Keep the collaborators."""
        self._its = its

    async def message(self, args: AsyncArgs) -> None:
        """Somebody said, changed or deleted something in a channel that we see."""
        event: dict[str, Any] = args.body["event"]
        if event.get("subtype") == "message_deleted":
            await self._deleted(event)
            return
        message = event.get("message", {}) if event.get("subtype") == "message_changed" else event
        parent, ts = message.get("thread_ts"), message.get("ts")
        if not parent or parent == ts or not _is_from_a_person(message):
            return
        said = Said(str(event["channel"]), str(ts), str(parent), str(message.get("text", "")))
        try:
            await keep_comment(
                self._its.core,
                await self._its.people.actor(message["user"], Origin(Via.SLACK, Surface.REPLY, said.channel, said.ts)),
                said,
            )
        except NotAllowed as error:
            log.info("comment.not_kept gate=%s user=%s", error.gate, message["user"])

    async def home_opened(self, args: AsyncArgs) -> None:
        """Somebody looks at Home, or at the messages beside it."""
        if args.body["event"].get("tab") == "home":
            await self._its.homes.open(str(args.body["event"]["user"]))

    async def rights_lost(self, _args: AsyncArgs) -> None:
        """The app was removed, or its token taken back, they say. Whether it was ours, Slack itself tells."""
        await ask_slack(self._its.client)

    async def _deleted(self, event: dict[str, Any]) -> None:
        before = event.get("previous_message", {})
        if not _is_from_a_person(before):
            return
        try:
            channel, ts = str(event["channel"]), str(event["deleted_ts"])
            actor = await self._its.people.actor(before["user"], Origin(Via.SLACK, Surface.REPLY, channel, ts))
            await forget_comment(self._its.core, actor, channel, ts)
        except NotAllowed as error:
            log.info("comment.not_forgotten gate=%s user=%s", error.gate, before["user"])


def _is_from_a_person(message: dict[str, Any]) -> bool:
    return bool(message.get("user")) and not message.get("bot_id")

"""What Slack tells without being asked: replies in threads, and looks at the Home tab."""

import logging
from typing import Any

from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.collaborators import Collaborators
from bot.slack.traffic import ask_slack
from core.domain.origin import Origin, Surface, Via
from core.errors import NotAllowed
from core.usecases.requests.comments import Said, forget_comment, keep_comment

log = logging.getLogger(__name__)


class Events:
    """Keeps what people say in the threads of push requests. Nobody is answered: nobody asked."""

    def __init__(self, its: Collaborators) -> None:
        """Keep the collaborators."""
        self._its = its

    async def message(self, args: AsyncArgs) -> None:
        """Somebody said, changed or deleted something in a channel that we see.

        How it read before comes along with a change. It is kept first, in case its own event is late or was lost.
        """
        event: dict[str, Any] = args.body["event"]
        channel, subtype = str(event["channel"]), event.get("subtype")
        if subtype in ("message_changed", "message_deleted"):
            await self._keep(channel, event.get("previous_message") or {})
        if subtype == "message_deleted":
            await forget_comment(self._its.core, channel, str(event["deleted_ts"]))
        else:
            await self._keep(channel, (event.get("message") or {}) if subtype == "message_changed" else event)

    async def _keep(self, channel: str, message: dict[str, Any]) -> None:
        """Keep a reply of a person; bots and people from elsewhere take no part."""
        parent, ts, user = message.get("thread_ts"), message.get("ts"), message.get("user")
        if not parent or parent == ts or not user or message.get("bot_id"):
            return
        edited = str((message.get("edited") or {}).get("ts") or "")
        said = Said(channel, str(ts), str(parent), str(message.get("text", "")), edited)
        origin = Origin(Via.SLACK, Surface.REPLY, said.channel, said.ts)
        try:
            actor = await self._its.people.actor(user, origin)
        except NotAllowed as error:
            if error.gate == "outsider":
                log.info("comment.not_kept gate=%s user=%s", error.gate, user)
                return
            # Slack does not tell now who that is: what was said is kept all the same, under the id.
            log.warning("comment.author_unconfirmed user=%s", user)
            actor = await self._its.people.unconfirmed(user, origin)
        await keep_comment(self._its.core, actor, said)

    async def home_opened(self, args: AsyncArgs) -> None:
        """Somebody looks at Home, or at the messages beside it."""
        if args.body["event"].get("tab") == "home":
            await self._its.homes.open(str(args.body["event"]["user"]))

    async def rights_lost(self, _args: AsyncArgs) -> None:
        """The app was removed, or its token taken back, they say. Whether it was ours, Slack itself tells."""
        await ask_slack(self._its.client)

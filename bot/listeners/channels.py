"""Coming into a channel."""

from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.collaborators import Collaborators
from bot.slack.shared_channels import is_shared
from bot.views.messages.greeting import greeting_message
from core.usecases.statements.modified import get_status


class Channels:
    """The bot greets where it was invited; that others come and go is not its business."""

    def __init__(self, its: Collaborators) -> None:
        """Keep the collaborators."""
        self._its = its

    async def joined(self, args: AsyncArgs) -> None:
        """Greet the channel, when it was the bot that came in, and the channel is the workspace's own."""
        await args.ack()
        event = args.body["event"]
        if event["user"] != args.context.get("bot_user_id"):
            return
        channel = str(event["channel"])
        info = (await self._its.client.conversations_info(channel=channel))["channel"]
        if is_shared(info) and channel not in self._its.core.settings.slack_shared_channels:
            return
        is_home = channel == self._its.core.settings.slack_channel
        greeting = greeting_message(await get_status(self._its.core), is_home=is_home)
        await self._its.client.chat_postMessage(channel=channel, text=greeting.text, blocks=greeting.blocks)

"""Answering one person, so that nobody else sees it and the answer arrives."""

import logging

from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.slack.errors import SLACK_TROUBLE, error_name
from bot.slack.incoming import Incoming, user_of
from bot.views.parts.blocks import Message

log = logging.getLogger(__name__)


async def reply(args: Incoming, message: Message, *, replaces_clicked: bool = False) -> None:
    """Show the message only to the person who acted: at the place where they did, else in a direct message.

    `replaces_clicked` puts it in the place of the ephemeral message that was clicked. Raises SLACK_TROUBLE when Slack
    takes it in neither way.
    """
    if address := args.body.get("response_url"):
        # Over the client's own session: Bolt would make and close one for each answer.
        answering = AsyncWebhookClient(address, session=args.client.session)
        try:
            answer = await answering.send(
                text=message.text,
                blocks=message.blocks,
                response_type="ephemeral",
                replace_original=replaces_clicked,
            )
        except SLACK_TROUBLE as error:
            log.warning("reply.response_url_failed user=%s error=%s", user_of(args.body), error_name(error))
        else:
            # The address takes five answers within thirty minutes, and says so in its status alone.
            if answer.status_code == 200:
                return
            log.warning("reply.response_url_refused user=%s status=%s", user_of(args.body), answer.status_code)
    await args.client.chat_postMessage(channel=user_of(args.body), text=message.text, blocks=message.blocks)

"""Cards that stand elsewhere than people look for them: a word at the old place, and why there is another.

Nothing depends on these words, so a refusal of Slack's is noted and not tried again.
"""

import logging

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.errors import SLACK_TROUBLE, error_name
from bot.views.requests.notices import elsewhere_notice, moved_notice
from core.store.messages import Place

log = logging.getLogger(__name__)


async def point_to_new(client: AsyncWebClient, old: Place, new: Place) -> None:
    """Say under a card that Slack does not let us change any more which one is the present one."""
    try:
        answer = await client.chat_getPermalink(channel=new.channel, message_ts=new.ts)
        await _say(client, old, moved_notice(str(answer["permalink"])))
    except SLACK_TROUBLE as error:
        log.warning("card.not_pointed_to channel=%s error=%s", old.channel, error_name(error))


async def say_why_here(client: AsyncWebClient, card: Place, channel: str, refusal: str) -> None:
    """Say under a card that went to the requester alone why it is not in its channel, and what to do."""
    try:
        await _say(client, card, elsewhere_notice(channel, refusal))
    except SLACK_TROUBLE as error:
        log.warning("card.not_explained channel=%s error=%s", card.channel, error_name(error))


async def _say(client: AsyncWebClient, card: Place, text: str) -> None:
    await client.chat_postMessage(channel=card.channel, thread_ts=card.ts, text=text, unfurl_links=False)

"""Posting a message with its blocks; where Slack refuses those, its text goes alone, which tells the same story."""

import functools
import logging
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.errors import BLOCKS_ARE_REFUSED, error_name
from bot.views.parts.blocks import Message
from core.store.messages import Place

log = logging.getLogger(__name__)


async def post_message(  # noqa: PLR0913 -- where, what, and by what it is known
    client: AsyncWebClient,
    channel: str,
    message: Message,
    *,
    kind: str,
    about: object,
    thread_ts: str | None = None,
    mark: dict[str, Any] | None = None,
) -> Place:
    """Post it and give back where it is. `kind` and `about` are what the log calls it. Raises SLACK_TROUBLE."""
    post = functools.partial(
        client.chat_postMessage,
        channel=channel,
        text=message.text,
        thread_ts=thread_ts,
        unfurl_links=False,
        metadata=mark,
    )
    try:
        answer = await post(blocks=message.blocks)
    except SlackApiError as error:
        raise_unless_blocks(error, kind, about)
        answer = await post()
    return Place(str(answer["channel"]), str(answer["ts"]))


def raise_unless_blocks(error: SlackApiError, kind: str, about: object) -> None:
    """Raise the refusal again, unless it is about the blocks; then it is logged, with what Slack found wrong."""
    if error_name(error) not in BLOCKS_ARE_REFUSED:
        raise error
    faults = error.response.get("response_metadata", {}).get("messages", [])
    log.error("%s.blocks_refused about=%s error=%s faults=%s", kind, about, error_name(error), faults)

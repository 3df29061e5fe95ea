"""Messages whose post has no known end: the process died, or no answer came, before their place was noted.

Slack has no key by which a post is made only once. But a message may carry metadata, which nobody sees and which comes
back with the channel's history, where the app may read that (the scopes channels:history and groups:history).
"""

import datetime as dt
import functools
import logging
import uuid
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack_errors import error_name, is_passing
from core.store.messages import Place

log = logging.getLogger(__name__)

_EVENT_TYPE = "grcpush_drawing"
# Slack's clock and ours may differ. As many messages as one page of a channel's history can hold are looked through.
_CLOCKS_MAY_DIFFER = dt.timedelta(minutes=5)
_LOOKED_THROUGH = 200
_ONLY_CHANNELS = ("C", "G", "D")


def mark_of(posting_id: uuid.UUID) -> dict[str, Any]:
    """The metadata by which a message is found again."""
    return {"event_type": _EVENT_TYPE, "event_payload": {"posting": str(posting_id)}}


async def find_posted(
    client: AsyncWebClient, channel: str, thread_ts: str | None, posting_id: uuid.UUID, since: dt.datetime
) -> Place | None:
    """Where the message is, None when it is not there or the app may not look. Raises SlackApiError when Slack is busy."""
    if not channel.startswith(_ONLY_CHANNELS):
        return None  # a person's id: the conversation with them has another
    oldest = f"{(since - _CLOCKS_MAY_DIFFER).timestamp():.6f}"
    list_messages = (
        functools.partial(client.conversations_history, channel=channel)
        if thread_ts is None
        else functools.partial(client.conversations_replies, channel=channel, ts=thread_ts)
    )
    try:
        answer = await list_messages(oldest=oldest, limit=_LOOKED_THROUGH, include_all_metadata=True)
    except SlackApiError as error:
        if is_passing(error):
            raise
        log.warning("card.not_looked_for channel=%s posting=%s error=%s", channel, posting_id, error_name(error))
        return None
    mark = mark_of(posting_id)
    found = next((message for message in answer["messages"] if message.get("metadata") == mark), None)
    return None if found is None else Place(channel, str(found["ts"]))

"""Messages whose post has no known end: the process died, or no answer came, before their place was noted.

Slack has no key by which a post is made only once. But a message may carry metadata, which nobody sees and which comes
back with the channel's history, where the app may read that (the scopes channels:history, groups:history, im:history).
"""

import datetime as dt
import functools
import logging
import uuid
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.errors import UNREACHABLE, error_name, is_passing
from core.store.messages import Place

log = logging.getLogger(__name__)

_EVENT_TYPE = "grcpush_drawing"
# Slack's clock and ours may differ. So many messages of a conversation are looked through, the newest first.
_CLOCKS_MAY_DIFFER = dt.timedelta(minutes=5)
_IN_A_PAGE = 200
_PAGES = 5
_PEOPLE = ("U", "W")


class MayNotLook(Exception):
    """Whether the message is there cannot be found out: a scope is missing, or it may lie too far back."""


def mark_of(posting_id: uuid.UUID) -> dict[str, Any]:
    """The metadata by which a message is found again."""
    return {"event_type": _EVENT_TYPE, "event_payload": {"posting": str(posting_id)}}


async def find_posted(
    client: AsyncWebClient, channel: str, thread_ts: str | None, posting_id: uuid.UUID, since: dt.datetime
) -> Place | None:
    """Where the message is, None when it is not there or the app may not look. Raises SlackApiError when Slack is busy."""
    try:
        return await look_for(client, channel, thread_ts, posting_id, since)
    except MayNotLook as error:
        log.warning("card.not_looked_for channel=%s posting=%s error=%s", channel, posting_id, error)
        return None


async def look_for(
    client: AsyncWebClient, channel: str, thread_ts: str | None, posting_id: uuid.UUID, since: dt.datetime
) -> Place | None:
    """Where the message is that was posted to a channel, or to a person by their id; None when it is not there.

    Raises MayNotLook, and SlackApiError (or what a broken connection raises) when Slack is busy.
    """
    try:
        place = await _conversation(client, channel)
        if place is None:
            return None
        return await _search(client, place, thread_ts, posting_id, since)
    except SlackApiError as error:
        if is_passing(error):
            raise
        raise MayNotLook(error_name(error)) from error


async def _conversation(client: AsyncWebClient, channel: str) -> str | None:
    """The channel, or the conversation with the person of this id; None when there can be none."""
    if not channel.startswith(_PEOPLE):
        return channel
    try:
        return str((await client.conversations_open(users=channel))["channel"]["id"])
    except SlackApiError as error:
        if error_name(error) in UNREACHABLE:
            return None
        raise


async def _search(
    client: AsyncWebClient, channel: str, thread_ts: str | None, posting_id: uuid.UUID, since: dt.datetime
) -> Place | None:
    mark, cursor = mark_of(posting_id), None
    oldest = f"{(since - _CLOCKS_MAY_DIFFER).timestamp():.6f}"
    list_messages = (
        functools.partial(client.conversations_history, channel=channel)
        if thread_ts is None
        else functools.partial(client.conversations_replies, channel=channel, ts=thread_ts)
    )
    for _ in range(_PAGES):
        answer = await list_messages(oldest=oldest, limit=_IN_A_PAGE, cursor=cursor, include_all_metadata=True)
        found = next((message for message in answer["messages"] if message.get("metadata") == mark), None)
        if found is not None:
            return Place(channel, str(found["ts"]))
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return None
    raise MayNotLook("too_many_messages")

"""Channels that are shared with other organisations: nothing is posted there, unless the settings allow it by name.

Their members are not ours: no role keeps them from reading what stands in the channel.
"""

import asyncio
import logging
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.errors import error_name
from core.config import Settings

log = logging.getLogger(__name__)

SHARED, NOT_TOLD = "shared_with_others", "sharing_not_told"
"""Why nothing is posted in a channel: others read there, or Slack does not tell whether they do."""

# Whether a channel is shared changes seldom, and a card may be drawn every few seconds.
_REMEMBERED_SECONDS = 60.0
# A person, or a conversation with one, is nobody else's.
_CHANNELS = ("C", "G")


def is_shared(channel: dict[str, Any]) -> bool:
    """Whether the channel, as Slack describes it, is shared with another organisation, or about to be."""
    return any(channel.get(sign) for sign in ("is_ext_shared", "is_shared", "is_pending_ext_shared"))


class SharedChannels:
    """Says where nothing may be posted."""

    def __init__(self, settings: Settings, client: AsyncWebClient) -> None:
        """What is allowed by name stands in the settings."""
        self._settings = settings
        self._client = client
        self._known: dict[str, tuple[str, float]] = {}

    async def refusal(self, channel: str) -> str:
        """Why nothing may be posted in the channel; empty when it may. Raises SlackApiError when Slack is busy."""
        if not channel.startswith(_CHANNELS) or channel in self._settings.slack_shared_channels:
            return ""
        now = asyncio.get_running_loop().time()
        why, until = self._known.get(channel, ("", 0.0))
        if until <= now:
            why = await self._look(channel)
            self._known[channel] = why, now + _REMEMBERED_SECONDS
        return why

    async def _look(self, channel: str) -> str:
        try:
            answer = await self._client.conversations_info(channel=channel)
        except SlackApiError as error:
            if error_name(error) == "missing_scope":
                log.error("channel.sharing_not_told channel=%s", channel)  # noqa: TRY400 -- Slack's name for it says all
                return NOT_TOLD
            if error_name(error) == "channel_not_found":
                return ""  # whoever posts there is told so
            raise
        return SHARED if is_shared(answer["channel"]) else ""

"""Sending digests: to each owner, to the team's channel, and one to try."""

import logging

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack_errors import SLACK_TROUBLE, error_name
from bot.views.blocks import Message
from bot.views.digest import digest_message, roll_up_message, unreachable_message
from core.digest_models import Digest
from core.domain.actor import Actor
from core.usecases.digests import due_digests, due_roll_up, make_digest, unclaim_digest, unclaim_roll_up
from core.wiring import Core

log = logging.getLogger(__name__)

# These mean that the person takes no direct message from the bot, now or later.
_UNREACHABLE = frozenset(
    {
        "user_disabled",
        "cannot_dm_bot",
        "channel_not_found",
        "user_not_found",
        "messages_tab_disabled",
        "user_not_visible",
    }
)


async def send_digests(core: Core, client: AsyncWebClient) -> int:
    """Send the digests that are due now, and the round-up; gives back how many were sent."""
    sent = 0
    for digest in await due_digests(core):
        sent += await _send(core, client, digest)
    return sent + await _send_roll_up(core, client)


async def send_test_digest(core: Core, client: AsyncWebClient, actor: Actor) -> bool:
    """Send the person the digest they would get, at once; False when there is nothing to be reminded of."""
    digest = await make_digest(core, actor.id)
    if digest is None:
        return False
    await _post(client, actor.slack_user_id or "", digest_message(digest))
    return True


async def _send(core: Core, client: AsyncWebClient, digest: Digest) -> bool:
    try:
        await _post(client, digest.person.slack_user_id or "", digest_message(digest))
    except SLACK_TROUBLE as error:
        log.warning("digest.not_sent person=%s error=%s", digest.person.id, error_name(error))
        if isinstance(error, SlackApiError) and error_name(error) in _UNREACHABLE:
            return await _tell_channel(core, client, digest)
        await unclaim_digest(core, digest)
        return False
    return True


async def _tell_channel(core: Core, client: AsyncWebClient, digest: Digest) -> bool:
    """The owner cannot be reached: the team hears of it, in counts, and the owner counts as told for today."""
    if core.settings.slack_channel is None:
        return False
    try:
        await _post(client, core.settings.slack_channel, unreachable_message(digest))
    except SLACK_TROUBLE as error:
        log.warning("digest.channel_not_told person=%s error=%s", digest.person.id, error_name(error))
        await unclaim_digest(core, digest)
        return False
    return True


async def _send_roll_up(core: Core, client: AsyncWebClient) -> bool:
    roll_up = await due_roll_up(core)
    if roll_up is None:
        return False
    try:
        await _post(client, core.settings.slack_channel or "", roll_up_message(roll_up))
    except SLACK_TROUBLE as error:
        log.warning("digest.roll_up_not_sent error=%s", error_name(error))
        await unclaim_roll_up(core, roll_up)
        return False
    return True


async def _post(client: AsyncWebClient, channel: str, message: Message) -> None:
    await client.chat_postMessage(channel=channel, text=message.text, blocks=message.blocks, unfurl_links=False)

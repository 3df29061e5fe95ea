"""Sending digests: to each owner, to the team's channel, and one to try. What may be in Slack already is looked for first."""

import asyncio
import logging
from collections import Counter
from dataclasses import dataclass
from enum import Enum, auto

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.errors import SLACK_TROUBLE, UNREACHABLE, error_name, was_refused
from bot.slack.lost_posts import MayNotLook, look_for, mark_of
from bot.slack.posting import post_message
from bot.slack.shared_channels import SharedChannels
from bot.views.parts.blocks import Message
from bot.views.people.digest import digest_message, roll_up_message, unreachable_message
from core.domain.actor import Actor
from core.models.digests import Digest
from core.usecases.reminders.digests import (
    Claimed,
    claim_digest,
    claim_roll_up,
    due_digests,
    due_roll_up,
    end_sending,
    give_back,
    make_digest,
)
from core.wiring import Core

log = logging.getLogger(__name__)

# Slack takes about one new message a second.
_SECONDS_APART = 1.0


@dataclass(frozen=True)
class Sent:
    """How many messages were sent just now, and how many were due and are not known to be in Slack."""

    sent: int
    failed: int


class _Fate(Enum):
    """What became of a message: not due (any more), or there from an earlier try, is none of the other two."""

    SENT = auto()
    FAILED = auto()
    NOT_NEEDED = auto()


async def send_digests(core: Core, client: AsyncWebClient, *, seconds_apart: float = _SECONDS_APART) -> Sent:
    """Send the digests that are due now, and the round-up; gives back what became of them."""
    fates: Counter[_Fate] = Counter()
    async for digest in due_digests(core):
        claimed = await claim_digest(core, digest)
        if claimed is None:
            continue
        fate = await _send(core, client, digest, claimed)
        fates[fate] += 1
        if fate is _Fate.SENT:
            await asyncio.sleep(seconds_apart)
    fates[await _send_roll_up(core, client)] += 1
    return Sent(fates[_Fate.SENT], fates[_Fate.FAILED])


async def send_test_digest(core: Core, client: AsyncWebClient, actor: Actor) -> bool:
    """Send the person the digest they would get, at once; False when there is nothing to be reminded of."""
    digest = await make_digest(core, actor.id)
    if digest is None:
        return False
    await post_message(client, actor.slack_user_id or "", digest_message(digest), kind="digest", about=actor.id)
    return True


async def _send(core: Core, client: AsyncWebClient, digest: Digest, claimed: Claimed) -> _Fate:
    try:
        return await _deliver(core, client, claimed, digest.person.slack_user_id or "", digest_message(digest))
    except SlackApiError as error:
        if error_name(error) not in UNREACHABLE:
            return await _not_sent(core, claimed, error)
        log.warning("digest.unreachable person=%s error=%s", digest.person.id, error_name(error))
        return await _tell_channel(core, client, digest, claimed)
    except SLACK_TROUBLE as error:
        return await _not_sent(core, claimed, error)


async def _tell_channel(core: Core, client: AsyncWebClient, digest: Digest, claimed: Claimed) -> _Fate:
    """The owner cannot be reached: the team hears of it, in counts, and the owner counts as told for today."""
    channel = core.settings.slack_channel
    try:
        if channel is None or await SharedChannels(core.settings, client).refusal(channel):
            await end_sending(core, claimed)
            return _Fate.FAILED
        return await _deliver(core, client, claimed, channel, unreachable_message(digest))
    except SLACK_TROUBLE as error:
        return await _not_sent(core, claimed, error)


async def _send_roll_up(core: Core, client: AsyncWebClient) -> _Fate:
    roll_up = await due_roll_up(core)
    claimed = await claim_roll_up(core, roll_up) if roll_up is not None else None
    if roll_up is None or claimed is None:
        return _Fate.NOT_NEEDED
    channel = core.settings.slack_channel or ""
    try:
        if refusal := await SharedChannels(core.settings, client).refusal(channel):
            log.error("digest.channel_shut channel=%s error=%s", channel, refusal)
            await end_sending(core, claimed)
            return _Fate.FAILED
        return await _deliver(core, client, claimed, channel, roll_up_message(roll_up))
    except SLACK_TROUBLE as error:
        return await _not_sent(core, claimed, error)


async def _deliver(core: Core, client: AsyncWebClient, claimed: Claimed, channel: str, message: Message) -> _Fate:
    """Post it, unless an earlier try of today may have. Raises SLACK_TROUBLE.

    Where the app may not look, nothing is repeated: to be reminded late is better than twice.
    """
    posting = claimed.posting
    is_posted = False
    if posting.is_repeated:
        try:
            is_posted = await look_for(client, channel, None, posting.id, posting.since) is not None
        except MayNotLook as error:
            log.warning("digest.not_repeated recipient=%s error=%s", claimed.recipient, error)
            is_posted = True
    if not is_posted:
        about, mark = claimed.recipient, mark_of(posting.id)
        await post_message(client, channel, message, kind="digest", about=about, mark=mark)
    await end_sending(core, claimed)
    return _Fate.NOT_NEEDED if is_posted else _Fate.SENT


async def _not_sent(core: Core, claimed: Claimed, error: BaseException) -> _Fate:
    """What Slack surely did not do is tried anew at the next tick; else that tick looks first."""
    log.warning("digest.not_sent recipient=%s error=%s", claimed.recipient, error_name(error))
    if was_refused(error):
        await give_back(core, claimed)
    return _Fate.FAILED

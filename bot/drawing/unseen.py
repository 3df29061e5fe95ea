"""Telling the team's channel what grcpush may not see any more: each finding once, also when Slack's answer is lost."""

import logging

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.errors import SLACK_TROUBLE, error_name, is_passing, was_refused
from bot.slack.lost_posts import MayNotLook, look_for, mark_of
from bot.slack.posting import post_message
from bot.slack.shared_channels import SharedChannels
from bot.views.messages.unseen import unseen_message
from core.models.digests import Unseen
from core.store.messages import Place
from core.usecases.reminders.unseen import UNSEEN, untold_findings
from core.usecases.requests.drawings import Posting, begin_posting, end_posting, remember_drawing
from core.wiring import Core

log = logging.getLogger(__name__)

_TOLD = "told"
_NOWHERE = Place("", "")


async def tell_findings(core: Core, client: AsyncWebClient) -> int:
    """Tell the channel what was found and is not told yet; gives back how many messages that took.

    Without a channel, or in one that others read too, there is nobody to tell at once: Home and the status show it.
    """
    channel, told = core.settings.slack_channel, 0
    if channel is None:
        return told
    for finding in await untold_findings(core):
        told += await _tell(core, client, channel, finding)
    return told


async def _tell(core: Core, client: AsyncWebClient, channel: str, finding: Unseen) -> bool:
    posting = await begin_posting(core, UNSEEN, finding.pull_id)
    try:
        if refusal := await SharedChannels(core.settings, client).refusal(channel):
            log.error("finding.channel_shut channel=%s error=%s", channel, refusal)
            await remember_drawing(core, UNSEEN, finding.pull_id, _NOWHERE, drawn_hash=refusal)
            return False
        found = await _earlier(client, channel, posting)
        place = found or await post_message(
            client, channel, unseen_message(finding), kind="finding", about=finding.pull_id, mark=mark_of(posting.id)
        )
    except SLACK_TROUBLE as error:
        log.warning("finding.not_told pull=%s error=%s", finding.pull_id, error_name(error))
        if was_refused(error):
            await end_posting(core, UNSEEN, finding.pull_id)
        if was_refused(error) and not is_passing(error):
            await remember_drawing(core, UNSEEN, finding.pull_id, _NOWHERE, drawn_hash=error_name(error))
        return False
    await remember_drawing(core, UNSEEN, finding.pull_id, place, drawn_hash=_TOLD)
    return found is None


async def _earlier(client: AsyncWebClient, channel: str, posting: Posting) -> Place | None:
    """Where an earlier try put it. Where the app may not look, it counts as told: nothing is told twice."""
    if not posting.is_repeated:
        return None
    try:
        return await look_for(client, channel, None, posting.id, posting.since)
    except MayNotLook as error:
        log.warning("finding.not_repeated posting=%s error=%s", posting.id, error)
        return _NOWHERE

"""Saying in a card's thread what its readers should hear of, once each."""

import logging

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.errors import error_name, is_passing, was_refused
from bot.slack.lost_posts import MayNotLook, find_posted, look_for, mark_of
from bot.slack.people import People
from bot.views.requests.notices import END_IN_DOUBT, ENDED_STATES, Notice, notices_of
from core.domain.push import RequestState
from core.errors import NotAllowed
from core.models.requests import RequestCard
from core.store.messages import Place
from core.usecases.reminders.settings import wants_results
from core.usecases.requests.drawings import Posting, begin_posting, end_posting, place_of, remember_drawing
from core.wiring import Core

log = logging.getLogger(__name__)

_NOWHERE = Place("", "")


class Notices:
    """Posts each notice once; which were posted is remembered like every drawing."""

    def __init__(self, core: Core, client: AsyncWebClient, people: People) -> None:
        """`people` knows who may approve."""
        self._core = core
        self._client = client
        self._people = people

    async def draw(self, card: RequestCard, parent: Place) -> bool:
        """Post the next notice that is due; whether there are more. Raises SLACK_TROUBLE that may pass."""
        told_at = self._core.clock.now() if await self._is_told(card) else None
        was_in_doubt = await self._was_in_doubt(card)
        notices = notices_of(card, await self._approvers(card), told_at=told_at, was_in_doubt=was_in_doubt)
        due = [notice for notice in notices if not await self._is_said(card, notice)]
        if due:
            await self._say(card, due[0], parent)
        return len(due) > 1

    async def _approvers(self, card: RequestCard) -> tuple[str, ...] | None:
        systems = tuple(sorted({line.system_name for line in card.lines}))
        try:
            return await self._people.approvers(systems, without=card.requester.slack_user_id or "")
        except NotAllowed:
            return None

    async def _is_told(self, card: RequestCard) -> bool:
        """Whether the requester is to be told directly how it ends."""
        is_pushed = card.state is RequestState.PUSHING or card.state in ENDED_STATES
        return bool(is_pushed and card.requester.slack_user_id) and await wants_results(self._core, card.requester.id)

    async def _was_in_doubt(self, card: RequestCard) -> bool:
        """Whether the thread was told that a result is not known yet; or may have been, where nobody knows of the post."""
        return card.state in ENDED_STATES and await place_of(self._core, END_IN_DOUBT, card.id) is not None

    async def _is_said(self, card: RequestCard, notice: Notice) -> bool:
        known = await place_of(self._core, notice.kind, card.id)
        return known is not None and known[1] == notice.key

    async def _say(self, card: RequestCard, notice: Notice, parent: Place) -> None:
        posting = await begin_posting(self._core, notice.kind, card.id)
        place = None
        if posting.is_repeated:
            place = await self._find(notice, parent, posting)
        try:
            place = place or await self._post(notice, parent, posting)
        except SlackApiError as error:
            if not was_refused(error):
                raise
            log.warning("notice.not_posted request=%s kind=%s error=%s", card.id, notice.kind, error_name(error))
            await end_posting(self._core, notice.kind, card.id)
            if is_passing(error):
                raise
        await remember_drawing(self._core, notice.kind, card.id, place or _NOWHERE, drawn_hash=notice.key)

    async def _find(self, notice: Notice, parent: Place, posting: Posting) -> Place | None:
        """Where the notice may be already; what is for one person is not repeated where the app may not look."""
        if notice.is_passing:
            return _NOWHERE
        if not notice.to:
            return await find_posted(self._client, parent.channel, parent.ts, posting.id, posting.since)
        try:
            return await look_for(self._client, notice.to, None, posting.id, posting.since)
        except MayNotLook as error:
            log.warning("notice.not_repeated kind=%s to=%s error=%s", notice.kind, notice.to, error)
            return _NOWHERE

    async def _post(self, notice: Notice, parent: Place, posting: Posting) -> Place:
        if notice.is_passing:
            await self._client.chat_postEphemeral(channel=parent.channel, user=notice.to, text=notice.text)
            return _NOWHERE
        if notice.to:
            answer = await self._client.chat_postMessage(
                channel=notice.to, text=notice.text, unfurl_links=False, metadata=mark_of(posting.id)
            )
            return Place(answer["channel"], answer["ts"])
        answer = await self._client.chat_postMessage(
            channel=parent.channel,
            text=notice.text,
            thread_ts=parent.ts,
            reply_broadcast=notice.is_broadcast or None,
            unfurl_links=False,
            metadata=mark_of(posting.id),
        )
        return Place(answer["channel"], answer["ts"])

"""Drawing one push request in Slack: its card in the channel, and the conflicts in the card's thread."""

import asyncio
import hashlib
import json
import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.drawing.moved_cards import point_to_new, say_why_here
from bot.drawing.notices import Notices
from bot.drawing.thread_files import ThreadFiles
from bot.slack.errors import error_name, was_refused
from bot.slack.lost_posts import find_posted, mark_of
from bot.slack.people import People
from bot.slack.posting import post_message, raise_unless_blocks
from bot.slack.shared_channels import SharedChannels
from bot.views.conflicts.conflict import conflict_message, shown_under
from bot.views.parts.blocks import Message
from bot.views.requests.card import request_message
from core.domain.push import OPEN_STATES, Readiness
from core.errors import NotFound
from core.models.requests import ConflictCard, RequestCard
from core.store.messages import REQUEST, Place, conflict_in
from core.usecases.requests.cards import request_card
from core.usecases.requests.drawings import (
    begin_posting,
    end_drawing,
    end_posting,
    may_draw,
    note_drawn_version,
    place_of,
    remember_drawing,
    shows_titles_only,
)
from core.usecases.texts import in_thread
from core.wiring import Core

log = logging.getLogger(__name__)

# These mean that the message cannot be changed any more: a new one is posted.
_MESSAGE_IS_LOST = frozenset(
    {"message_not_found", "cant_update_message", "edit_window_closed", "channel_not_found", "block_mismatch"}
)
# Among them, these leave the old message where it is, with its buttons.
_MESSAGE_STAYS = frozenset({"cant_update_message", "edit_window_closed", "block_mismatch"})
# These mean that nothing can be posted in the channel by this bot, now or later.
_CHANNEL_IS_SHUT = frozenset({"channel_not_found", "not_in_channel", "is_archived", "restricted_action"})

_NOWHERE = Place("", "")

LEASE_SECONDS = 60.0
"""So long a process has the right to draw a request before another may take it; a drawing gets two thirds of it."""


@dataclass(frozen=True)
class Drawn:
    """What there is to know after a drawing: whether its push is under way, and whether more is to be drawn."""

    is_pushing: bool
    has_more: bool


@dataclass(frozen=True)
class Drawer:
    """Which process draws, and for how long it takes the right to draw one request, in seconds."""

    name: str
    lease_seconds: float = LEASE_SECONDS


class Drawing:
    """Brings Slack's messages about one request into line with its rows."""

    def __init__(
        self, core: Core, client: AsyncWebClient, people: People, record_url: Callable[[str], str], drawer: Drawer
    ) -> None:
        """`record_url` gives the address of a record in ServiceNow by its sys_id; `people` know who may approve."""
        self._core = core
        self._client = client
        self._record_url = record_url
        self._drawer = drawer
        self._files = ThreadFiles(core, client)
        self._notices = Notices(core, client, people)
        self._left_behind: set[Place] = set()
        self._shared = SharedChannels(core.settings, client)

    async def draw(self, request_id: uuid.UUID) -> Drawn:
        """Draw the card and its conflicts. Raises SLACK_TROUBLE when Slack does not take it.

        One process draws a request at a time: two would post it twice, or leave the older of two states. One that takes
        too long gives up before its right ends, and so does one that was paused.
        """
        me = self._drawer
        if not await may_draw(self._core, request_id, me.name, me.lease_seconds):
            return Drawn(is_pushing=False, has_more=True)
        try:
            async with asyncio.timeout(me.lease_seconds * 2 / 3):
                return await self._draw(request_id)
        finally:
            await end_drawing(self._core, request_id, me.name)

    async def _draw(self, request_id: uuid.UUID) -> Drawn:
        """At most one conflict is posted at a time: Slack takes about one new message a second in a channel."""
        card = await request_card(self._core, request_id)
        parent = await self._draw_card(card)
        await self._files.draw_request(card, parent)
        has_more = await self._draw_conflicts(card, parent) or await self._notices.draw(card, parent)
        # A file that does not come through holds up nothing else: its request counts as outdated, and is drawn again.
        if not has_more and not self._files.owes(card):
            await note_drawn_version(self._core, REQUEST, card.id, card.version)
        return Drawn(is_pushing=card.state in OPEN_STATES and bool(card.results), has_more=has_more)

    async def _draw_conflicts(self, card: RequestCard, parent: Place) -> bool:
        """Bring the conflicts in the thread up to date and post the next one; whether there are more to be posted."""
        kind = conflict_in(card.id)
        due = {conflict.id for conflict in _due(card)}
        has_posted = has_more = False
        for conflict in _conflicts(card):
            is_there = await self._is_there(kind, conflict.id)
            if not is_there and (conflict.id not in due or has_posted):
                has_more = has_more or conflict.id in due
                continue
            file_name = await self._files.draw_conflict(card, conflict, parent) if conflict.is_open else ""
            message = await self._message_of(card, conflict, file_name, parent)
            if not await self._update(kind, conflict.id, message) and conflict.id in due:
                await self._post_conflict(card, conflict, message, parent)
                has_posted = True
        return has_more

    async def _draw_card(self, card: RequestCard) -> Place:
        message = await in_thread(request_message, card, self._record_url)
        known = await place_of(self._core, REQUEST, card.id)
        if known is not None and known[0] != _NOWHERE:
            is_closed = await self._shared.refusal(known[0].channel)
            if not is_closed and await self._update(REQUEST, card.id, message):
                return known[0]
            await self._forget_thread(card)
        place = await self._post_card(card, message, card.channel or self._core.settings.slack_channel)
        if known is not None and known[0] in self._left_behind:
            self._left_behind.discard(known[0])
            await point_to_new(self._client, known[0], place)
        return place

    async def _forget_thread(self, card: RequestCard) -> None:
        """The thread is lost with its card: the conflicts that are still open come again, under the new one."""
        await self._forget(REQUEST, card.id)
        for conflict in _conflicts(card):
            if await self._is_there(conflict_in(card.id), conflict.id):
                await self._forget(conflict_in(card.id), conflict.id)
        await self._files.forget(card)

    async def _post_card(self, card: RequestCard, message: Message, channel: str | None) -> Place:
        """Post the card in its channel; where that cannot be, the requester gets it, so that it is not lost."""
        requester = card.requester.slack_user_id
        refusal = await self._shared.refusal(channel) if channel is not None else ""
        if channel is not None and not refusal:
            try:
                return await self._post_in(channel, card.id, message)
            except SlackApiError as error:
                refusal = error_name(error)
                if refusal not in _CHANNEL_IS_SHUT or requester is None:
                    raise
        if requester is None:
            raise NotFound(
                f"Push request #{card.number} has no channel, and its requester is not in Slack.",
                next_step="Set SLACK_CHANNEL; until then its card cannot be shown.",
            )
        place = await self._post(REQUEST, card.id, message, requester)
        if channel is not None:
            log.error("card.channel_shut request=%s channel=%s error=%s", card.id, channel, refusal)
            await say_why_here(self._client, place, channel, refusal)
        return place

    async def _post_in(self, channel: str, request_id: uuid.UUID, message: Message) -> Place:
        """Post the card in the channel; a public one that the bot is not in is joined first, once."""
        try:
            return await self._post(REQUEST, request_id, message, channel)
        except SlackApiError as error:
            if error_name(error) != "not_in_channel":
                raise
            try:
                await self._client.conversations_join(channel=channel)
            except SlackApiError:
                raise error from None
        return await self._post(REQUEST, request_id, message, channel)

    async def _post_conflict(self, card: RequestCard, conflict: ConflictCard, message: Message, parent: Place) -> None:
        try:
            await self._post(conflict_in(card.id), conflict.id, message, parent.channel, parent.ts)
        except SlackApiError as error:
            if error_name(error) == "thread_not_found":
                # The card was deleted and nothing on it changed since, so nobody noticed: the next drawing posts it anew.
                await self._forget_thread(card)
            raise

    async def _message_of(self, card: RequestCard, conflict: ConflictCard, file_name: str, parent: Place) -> Message:
        url = self._record_url(conflict.sn_sys_id)
        hides_texts = shows_titles_only(self._core, parent.channel)
        shown = shown_under(card, conflict, file_name=file_name, titles_only=hides_texts)
        return await in_thread(conflict_message, conflict, url, shown)

    async def _is_there(self, kind: str, entity_id: uuid.UUID) -> bool:
        known = await place_of(self._core, kind, entity_id)
        return known is not None and known[0] != _NOWHERE

    async def _forget(self, kind: str, entity_id: uuid.UUID) -> None:
        """Note that the thing is not in Slack any more."""
        await remember_drawing(self._core, kind, entity_id, _NOWHERE, drawn_hash="")

    async def _update(self, kind: str, entity_id: uuid.UUID, message: Message) -> bool:
        """Update the known message unless it shows exactly this already; False when there is none, or it is lost."""
        known = await place_of(self._core, kind, entity_id)
        if known is None or known[0] == _NOWHERE:
            return False
        place, drawn_hash = known[0], _hash_of(message)
        if known[1] == drawn_hash:
            return True
        try:
            await self._client.chat_update(channel=place.channel, ts=place.ts, text=message.text, blocks=message.blocks)
        except SlackApiError as error:
            if error_name(error) in _MESSAGE_IS_LOST:
                if error_name(error) in _MESSAGE_STAYS:
                    self._left_behind.add(place)
                return False
            raise_unless_blocks(error, "card", entity_id)
            await self._client.chat_update(channel=place.channel, ts=place.ts, text=message.text, blocks=[])
        await remember_drawing(self._core, kind, entity_id, place, drawn_hash=drawn_hash)
        return True

    async def _post(
        self, kind: str, entity_id: uuid.UUID, message: Message, channel: str, thread_ts: str | None = None
    ) -> Place:
        posting = await begin_posting(self._core, kind, entity_id)
        if posting.is_repeated:
            found = await find_posted(self._client, channel, thread_ts, posting.id, posting.since)
            if found is not None:
                await remember_drawing(self._core, kind, entity_id, found, drawn_hash="")
                if await self._update(kind, entity_id, message):
                    return found
                posting = await begin_posting(self._core, kind, entity_id)
        try:
            mark = mark_of(posting.id)
            place = await post_message(
                self._client, channel, message, kind="card", about=entity_id, thread_ts=thread_ts, mark=mark
            )
        except SlackApiError as error:
            # An earlier try without an end may have gone elsewhere: to the requester, where the channel was shut.
            if was_refused(error) and not posting.is_repeated:
                await end_posting(self._core, kind, entity_id)
            raise
        await remember_drawing(self._core, kind, entity_id, place, drawn_hash=_hash_of(message))
        return place


def _due(card: RequestCard) -> list[ConflictCard]:
    """The open conflicts that belong into the thread.

    As many of those to be settled before the push as were asked for, and all that the push itself met.
    """
    to_settle = card.open_conflicts[: card.conflicts_shown] if card.state in OPEN_STATES else ()
    met = [line.conflict for line in card.having(Readiness.READY) if line.conflict is not None]
    return [*to_settle, *(conflict for conflict in met if conflict.is_open)]


def _conflicts(card: RequestCard) -> list[ConflictCard]:
    return [line.conflict for line in card.lines if line.conflict is not None]


def _hash_of(message: Message) -> str:
    return hashlib.sha256(json.dumps([message.text, message.blocks]).encode()).hexdigest()

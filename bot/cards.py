"""Drawing push requests in Slack: the card in the channel, the conflicts in its thread.

The rows are the truth, a card is a drawing of them. The newest state wins; a burst of changes is drawn once; the last
state always arrives, however long Slack refuses; and nothing that happens here can stop or change a push.
"""

import asyncio
import hashlib
import json
import logging
import uuid
from collections.abc import Callable

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.background import Background
from bot.views.blocks import Message
from bot.views.conflict import conflict_message
from bot.views.request import request_message
from core.domain.push import OPEN_STATES
from core.read_models import ConflictCard, RequestCard
from core.store.database import is_database_error
from core.store.messages import CONFLICT, REQUEST, Place
from core.usecases.cards import request_card
from core.usecases.drawings import note_drawn_version, outdated_requests, place_of, remember_drawing
from core.wiring import Core

log = logging.getLogger(__name__)

# Slack allows about one message a second in a channel, and fifty updates a minute for the whole app.
SPACING_SECONDS = 1.0
PUSHING_SPACING_SECONDS = 3.0
_LONGEST_BACKOFF_SECONDS = 60.0
# At most so many conflicts are posted by themselves; the card offers the next ones.
CONFLICTS_AT_ONCE = 10
# These mean that the message cannot be changed any more: a new one is posted.
_MESSAGE_IS_LOST = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "channel_not_found"})


class Cards:
    """Keeps every card in Slack like its request."""

    def __init__(
        self,
        core: Core,
        client: AsyncWebClient,
        background: Background,
        record_url: Callable[[str], str],
        *,
        spacing_seconds: float = SPACING_SECONDS,
        pushing_spacing_seconds: float = PUSHING_SPACING_SECONDS,
    ) -> None:
        """Spacings are the least times between two drawings of one card, in seconds."""
        self._core = core
        self._client = client
        self._background = background
        self._record_url = record_url
        self._spacing = spacing_seconds
        self._pushing_spacing = pushing_spacing_seconds
        self._dirty: set[uuid.UUID] = set()
        self._drawing: set[uuid.UUID] = set()
        self._is_open = True

    def changed(self, request_id: uuid.UUID) -> None:
        """Have the request's card drawn anew, soon."""
        self._dirty.add(request_id)
        if self._is_open and request_id not in self._drawing:
            self._drawing.add(request_id)
            self._background.spawn(self._draw_until_clean(request_id))

    async def draw_outdated(self) -> None:
        """Draw what changed while nobody was looking: before a restart, or in another process."""
        for request_id in await outdated_requests(self._core):
            self.changed(request_id)

    def close(self) -> None:
        """Begin no more drawings; those waiting for Slack give up. The next start draws what is outdated."""
        self._is_open = False

    async def _draw_until_clean(self, request_id: uuid.UUID) -> None:
        failures = 0
        try:
            while request_id in self._dirty and self._is_open:
                self._dirty.discard(request_id)
                try:
                    pause = await self._draw(request_id)
                    failures = 0
                except Exception as error:
                    if not _is_passing(error):
                        raise
                    failures += 1
                    self._dirty.add(request_id)
                    pause = _backoff(error, failures)
                    log.warning("card.not_drawn request=%s failures=%s error=%s", request_id, failures, _name(error))
                await asyncio.sleep(pause)
        finally:
            self._drawing.discard(request_id)

    async def _draw(self, request_id: uuid.UUID) -> float:
        """Draw the card and its conflicts; gives back how long to wait before the next drawing, in seconds."""
        card = await request_card(self._core, request_id)
        channel = card.channel or self._core.settings.slack_channel or card.requester.slack_user_id
        if channel is None:
            log.warning("card.no_channel request=%s", request_id)
            return 0.0
        parent = await self._put(REQUEST, card.id, request_message(card, self._record_url), Place(channel, ""), None)
        for line in [line for line in card.lines if line.conflict is not None]:
            await self._draw_conflict(card, line.conflict, parent)  # type: ignore[arg-type]
        await note_drawn_version(self._core, REQUEST, card.id, card.version)
        return self._pushing_spacing if card.jobs and card.state in OPEN_STATES and card.results else self._spacing

    async def _draw_conflict(self, card: RequestCard, conflict: ConflictCard, parent: Place) -> None:
        posted = await place_of(self._core, CONFLICT, conflict.id)
        if posted is None and (not conflict.is_open or not self._is_due(card, conflict.id)):
            return
        message = conflict_message(conflict, self._record_url(conflict.sn_sys_id), card.id)
        await self._put(CONFLICT, conflict.id, message, Place(parent.channel, ""), parent.ts)

    def _is_due(self, card: RequestCard, conflict_id: uuid.UUID) -> bool:
        return conflict_id in [conflict.id for conflict in card.open_conflicts[:CONFLICTS_AT_ONCE]]

    async def _put(
        self, kind: str, entity_id: uuid.UUID, message: Message, place: Place, thread_ts: str | None
    ) -> Place:
        """Post or update the message, unless it already shows exactly this."""
        drawn_hash = hashlib.sha256(json.dumps([message.text, message.blocks]).encode()).hexdigest()
        known = await place_of(self._core, kind, entity_id)
        if known is not None:
            if known[1] == drawn_hash:
                return known[0]
            if await self._update(known[0], message):
                await remember_drawing(self._core, kind, entity_id, known[0], drawn_hash=drawn_hash)
                return known[0]
        answer = await self._client.chat_postMessage(
            channel=place.channel, text=message.text, blocks=message.blocks, thread_ts=thread_ts, unfurl_links=False
        )
        posted = Place(answer["channel"], answer["ts"])
        await remember_drawing(self._core, kind, entity_id, posted, drawn_hash=drawn_hash)
        return posted

    async def _update(self, place: Place, message: Message) -> bool:
        """Whether the message could be updated; not when it is gone."""
        try:
            await self._client.chat_update(channel=place.channel, ts=place.ts, text=message.text, blocks=message.blocks)
        except SlackApiError as error:
            if error.response["error"] in _MESSAGE_IS_LOST:
                return False
            raise
        return True


def _is_passing(error: Exception) -> bool:
    return isinstance(error, SlackApiError | TimeoutError | OSError) or is_database_error(error)


def _name(error: Exception) -> str:
    return str(error.response["error"]) if isinstance(error, SlackApiError) else type(error).__name__


def _backoff(error: Exception, failures: int) -> float:
    """How long to wait after a refusal: what Slack says, else 1, 2, 4 … at most sixty seconds."""
    if isinstance(error, SlackApiError) and error.response["error"] == "ratelimited":
        return float(error.response.headers.get("Retry-After", 1))
    return min(_LONGEST_BACKOFF_SECONDS, 2.0 ** (failures - 1))

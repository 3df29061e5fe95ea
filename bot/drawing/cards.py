"""Keeping the cards in Slack like their push requests: when to draw, and what to do when Slack refuses.

The rows are the truth, a card is a drawing of them. The newest state wins; a burst of changes is drawn once; the last
state always arrives, however long Slack refuses; and nothing that happens here can stop or change a push.
"""

import asyncio
import contextlib
import logging
import uuid
from dataclasses import dataclass

from bot.background import Background
from bot.drawing.requests import Drawing
from bot.slack.errors import SLACK_TROUBLE, error_name, wanted_pause
from core.errors import GrcError
from core.store.database import is_database_error
from core.usecases.requests.drawings import outdated_requests
from core.wiring import Core

log = logging.getLogger(__name__)

_LONGEST_BACKOFF_SECONDS = 60.0
_CARDS_AT_FULL_PACE = 2
# The longer a push takes, the less its progress changes from one drawing to the next.
_SHARE_OF_PUSH = 1 / 20
_LONGEST_PUSHING_SECONDS = 10.0


@dataclass(frozen=True)
class Spacing:
    """The least times between two drawings of one card, in seconds: at rest, during a push, after the first refusal.

    Slack allows about one message a second in a channel, and fifty updates a minute for the whole app.
    """

    at_rest: float
    pushing: float
    refused: float


class Cards:
    """Keeps every card in Slack like its request."""

    def __init__(self, core: Core, drawing: Drawing, background: Background, spacing: Spacing) -> None:
        """`drawing` does what is decided here; its tasks are kept in `background`."""
        self._core = core
        self._drawing = drawing
        self._background = background
        self._spacing = spacing
        self._dirty: set[uuid.UUID] = set()
        self._drawn_now: dict[uuid.UUID, asyncio.Event] = {}
        self._closing = asyncio.Event()

    def changed(self, request_id: uuid.UUID) -> None:
        """Have the request's card drawn anew, soon."""
        self.progressed(request_id)
        if (is_pressing := self._drawn_now.get(request_id)) is not None:
            is_pressing.set()

    def progressed(self, request_id: uuid.UUID) -> None:
        """Have the card drawn anew when its turn comes: only more statements of a push that goes on have ended."""
        self._dirty.add(request_id)
        if not self._closing.is_set() and request_id not in self._drawn_now:
            self._drawn_now[request_id] = asyncio.Event()
            self._background.spawn(self._draw_until_clean(request_id, self._drawn_now[request_id]))

    async def draw_outdated(self) -> None:
        """Draw what changed while nobody was looking: before a restart, or in another process."""
        for request_id in await outdated_requests(self._core):
            self.progressed(request_id)

    def close(self) -> None:
        """Begin no more drawings; those waiting for Slack give up. The next start draws what is outdated."""
        self._closing.set()
        for is_pressing in self._drawn_now.values():
            is_pressing.set()

    async def _draw_until_clean(self, request_id: uuid.UUID, is_pressing: asyncio.Event) -> None:
        failures, pushing_since = 0, None
        try:
            while request_id in self._dirty and not self._closing.is_set():
                self._dirty.discard(request_id)
                is_pressing.clear()
                more = 0.0
                try:
                    drawn = await self._drawing.draw(request_id)
                except Exception as error:  # noqa: BLE001 -- whatever it is, the card is drawn again; see _note_failure
                    failures += 1
                    self._dirty.add(request_id)
                    _note_failure(request_id, failures, error)
                    pause = self._backoff(error, failures)
                else:
                    failures = 0
                    if drawn.has_more:
                        self._dirty.add(request_id)
                    pause = self._pushing_pause() if drawn.is_pushing else self._spacing.at_rest
                    now = asyncio.get_running_loop().time()
                    pushing_since = (pushing_since or now) if drawn.is_pushing else None
                    if pushing_since is not None and not drawn.has_more:
                        more = longest_pause(now - pushing_since) - pause
                await self._wait(self._closing, pause)
                await self._wait(is_pressing, more)
        finally:
            del self._drawn_now[request_id]

    async def _wait(self, event: asyncio.Event, seconds: float) -> None:
        """Wait so long, or until that happens."""
        if seconds > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await event.wait()

    def _pushing_pause(self) -> float:
        """Slack allows the whole app fifty updates a minute: with one or two cards each has its pace, with more they share."""
        return self._spacing.pushing * max(1.0, len(self._drawn_now) / _CARDS_AT_FULL_PACE)

    def _backoff(self, error: Exception, failures: int) -> float:
        """How long to wait after a refusal, in seconds: what Slack says, else doubled each time, at most a minute."""
        pause = wanted_pause(error)
        return min(_LONGEST_BACKOFF_SECONDS, self._spacing.refused * 2.0 ** (failures - 1)) if pause is None else pause


def longest_pause(seconds: float) -> float:
    """How long the progress of a push that takes so long already may wait to be shown, in seconds."""
    return min(_LONGEST_PUSHING_SECONDS, seconds * _SHARE_OF_PUSH)


def _note_failure(request_id: uuid.UUID, failures: int, error: Exception) -> None:
    """A refusal passes and is a line in the log; anything else is a mistake of ours and comes with its traceback.

    What was foreseen, such as a card that has nowhere to go, is said in its own words, once.
    """
    if isinstance(error, GrcError):
        if failures == 1:
            log.error("card.not_drawn request=%s error=%s words=%r", request_id, error.code, error.message)
        return
    passes = isinstance(error, SLACK_TROUBLE) or is_database_error(error)
    log.log(
        logging.WARNING if passes else logging.ERROR,
        "card.not_drawn request=%s failures=%s error=%s",
        request_id,
        failures,
        error_name(error),
        exc_info=None if passes else error,
    )

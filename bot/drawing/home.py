"""Keeping the Home tabs that people look at like the rows: drawn when they are opened, and when something changed."""

import hashlib
import json
import logging

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.errors import SLACK_TROUBLE, error_name, is_passing
from bot.slack.people import People
from bot.views.parts.ticking import CardUrl
from bot.views.people.home import home_tab, refused_tab
from core.errors import GrcError, NotAllowed
from core.models.home import HomeMark
from core.usecases.overview.home import home_mark, home_view
from core.wiring import Core

log = logging.getLogger(__name__)

_AT_MOST = 200


class Homes:
    """Draws Home tabs. Who never looked at theirs is not drawn for; each process draws for those who looked through it."""

    def __init__(self, core: Core, client: AsyncWebClient, people: People, card_url: CardUrl) -> None:
        """Nobody looked yet. `card_url` gives the address of a card."""
        self._core = core
        self._client = client
        self._people = people
        self._card_url = card_url
        self._shown: dict[str, str] = {}
        self._seen: HomeMark | None = None

    async def open(self, user_id: str) -> None:
        """Draw the tab of somebody who looks at it now. Raises SLACK_TROUBLE."""
        self._shown.pop(user_id, None)
        try:
            await self._draw(user_id)
        except NotAllowed as error:
            await self._client.views_publish(user_id=user_id, view=refused_tab(error.message))
        while len(self._shown) > _AT_MOST:
            self._shown.pop(next(iter(self._shown)))

    async def draw_changed(self) -> None:
        """Draw the tabs anew if anything happened since the last look, here or in any other process.

        Asked for every few seconds, so that a burst of changes is drawn once.
        """
        if not self._shown:
            return
        mark = await home_mark(self._core)
        if mark == self._seen:
            return
        for user_id in list(self._shown):
            try:
                await self._draw(user_id)
            except (GrcError, *SLACK_TROUBLE) as error:
                log.warning("home.not_drawn user=%s error=%s", user_id, error_name(error))
                if is_passing(error):
                    return
                # It is drawn when the person looks at it the next time.
                self._shown.pop(user_id, None)
        # Only now: whatever ended this before, all of it is tried again at the next look.
        self._seen = mark

    async def _draw(self, user_id: str) -> None:
        view = home_tab(await home_view(self._core, await self._people.actor(user_id)), self._card_url)
        drawn = hashlib.sha256(json.dumps(view).encode()).hexdigest()
        if self._shown.get(user_id) != drawn:
            await self._client.views_publish(user_id=user_id, view=view)
            self._shown[user_id] = drawn

"""Keeping the Home tabs that people look at like the rows: drawn when they are opened, and when something changed."""

import asyncio
import hashlib
import json
import logging

from slack_sdk.web.async_client import AsyncWebClient

from bot.background import Background
from bot.people import People
from bot.slack_errors import SLACK_TROUBLE, error_name
from bot.views.home import home_tab, refused_tab
from bot.views.ticking import CardUrl
from core.errors import GrcError, NotAllowed
from core.usecases.home import home_view
from core.wiring import Core

log = logging.getLogger(__name__)

_AT_MOST = 200


class Homes:
    """Draws Home tabs. A burst of changes is drawn once; who never looked at theirs is not drawn for."""

    def __init__(
        self, core: Core, client: AsyncWebClient, people: People, background: Background, card_url: CardUrl
    ) -> None:
        """Tasks are kept in `background`."""
        self._core = core
        self._client = client
        self._people = people
        self._background = background
        self._card_url = card_url
        self._shown: dict[str, str] = {}
        self._timer: asyncio.TimerHandle | None = None
        self.spacing = 5.0

    async def open(self, user_id: str) -> None:
        """Draw the tab of somebody who looks at it now. Raises SLACK_TROUBLE."""
        self._shown.pop(user_id, None)
        try:
            await self._draw(user_id)
        except NotAllowed as error:
            await self._client.views_publish(user_id=user_id, view=refused_tab(error.message))
        while len(self._shown) > _AT_MOST:
            self._shown.pop(next(iter(self._shown)))

    def changed(self) -> None:
        """Something that people see there changed: draw the tabs anew, soon."""
        if self._shown and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self.spacing, self._begin)

    def close(self) -> None:
        """Begin no more drawings; the next look draws."""
        self._shown.clear()
        if self._timer is not None:
            self._timer.cancel()

    def _begin(self) -> None:
        self._timer = None
        self._background.spawn(self._draw_all())

    async def _draw_all(self) -> None:
        for user_id in list(self._shown):
            try:
                await self._draw(user_id)
            except (GrcError, *SLACK_TROUBLE) as error:
                # It is drawn when it is looked at the next time.
                self._shown.pop(user_id, None)
                log.warning("home.not_drawn user=%s error=%s", user_id, error_name(error))

    async def _draw(self, user_id: str) -> None:
        view = home_tab(await home_view(self._core, await self._people.actor(user_id)), self._card_url)
        drawn = hashlib.sha256(json.dumps(view).encode()).hexdigest()
        if self._shown.get(user_id) != drawn:
            await self._client.views_publish(user_id=user_id, view=view)
            self._shown[user_id] = drawn

"""The API of the real bot, over HTTP: `api` gives out clients that hold tokens."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

import httpx
import pytest

from bot.app import Bot
from core.config import Settings
from core.domain.actor import Actor, Role
from core.usecases.people.tokens import TokenWish, create_token
from sandbox.data import Sample
from sandbox.slack import Workspace
from tests.stage import FAST, Stage, served_bot
from tests.standing import standing

__all__ = ["standing"]

EVERY_ROLE = tuple(Role)


@dataclass
class ApiClients:
    """Clients of one bot's API."""

    stage: Stage
    url: str
    stack: contextlib.AsyncExitStack
    made: list[str] = field(default_factory=list)

    async def token(self, person: Actor, *roles: Role, days: int = 30) -> str:
        """A new token for the person, with every role it could give unless some are named."""
        wish = TokenWish(person.email or "", roles or EVERY_ROLE, "test", days)
        self.made.append(await create_token(self.stage.bot.core, self.stage.cast.admin, wish))
        return self.made[-1]

    async def of(self, person: Actor, *roles: Role) -> httpx.AsyncClient:
        """A client that acts for the person."""
        return await self.with_token(await self.token(person, *roles))

    async def with_token(self, token: str | None) -> httpx.AsyncClient:
        """A client that sends this token, or none."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        client = httpx.AsyncClient(base_url=f"{self.url}/api/v1", headers=headers, trust_env=False, timeout=30)
        return await self.stack.enter_async_context(client)


@pytest.fixture
async def bot(bot_settings: Settings, slack: Workspace, sample: Sample) -> AsyncIterator[Bot]:
    """The real bot, which asks Slack anew at every request who somebody is."""
    async with served_bot(bot_settings, slack, pace=replace(FAST, user_seconds=0, group_seconds=0)) as bot:
        yield bot


@pytest.fixture
async def api(stage: Stage) -> AsyncIterator[ApiClients]:
    """Clients of the bot's API."""
    assert stage.slack.bot_url is not None
    parts = urlsplit(stage.slack.bot_url)
    async with contextlib.AsyncExitStack() as stack:
        yield ApiClients(stage, f"{parts.scheme}://{parts.netloc}", stack)

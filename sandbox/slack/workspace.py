"""The workspace as tests and the demo hold it: the service, and around it its people and its server."""

import contextlib
from collections.abc import AsyncIterator

from sandbox.serving import running
from sandbox.slack.acting import Acting
from sandbox.slack.forging import Forging
from sandbox.slack.person import Person
from sandbox.slack.server import build_app
from sandbox.slack.service import Service
from sandbox.slack.settings import DEFAULT_SCOPES


class Workspace(Service):
    """A stand-in Slack workspace; the package's docstring tells how to use it."""

    def __init__(self, bot_url: str | None = None, *, scopes: frozenset[str] | set[str] = DEFAULT_SCOPES) -> None:
        super().__init__(bot_url, scopes=scopes)
        self.acting = Acting(self)
        self.forging = Forging(self)
        self.app = build_app(self, self.acting)

    @contextlib.asynccontextmanager
    async def running(self, *, port: int = 0) -> AsyncIterator[str]:
        """Serve the workspace on a loopback port until the block ends; gives its base URL."""
        async with running(self.app, port=port) as url:
            self.url = url
            try:
                yield url
            finally:
                await self.aclose()

    def person(self, user: str) -> Person:
        """A person who can act. Raises KeyError for an unknown id."""
        return Person(self, self.acting, self.directory.users[user])

    async def uninstall(self) -> None:
        """Remove the app from the workspace: its token ends, and it is told."""
        self.token_problem = "account_inactive"
        await self.events.of_app("app_uninstalled")

    async def revoke_tokens(self) -> None:
        """Take the app's token back, and tell it."""
        self.token_problem = "token_revoked"
        await self.events.of_app("tokens_revoked", tokens={"oauth": [], "bot": [self.bot_user_id]})

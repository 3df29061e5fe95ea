"""The whole bot against both stand-ins, started once for many tests: it runs in a thread, and tests ask it over HTTP.

For tests that only look, or that each use a statement of their own; whatever they do stays for those after them. There
is one durable engine in a process, so no test beside it may start another.
"""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
import pytest

from core.config import Settings
from core.domain.actor import Actor, Role
from core.usecases.people.tokens import TokenWish, create_token
from sandbox.data import load
from sandbox.servicenow import SERVICE_ACCOUNT, SERVICE_PASSWORD, ServiceNow
from sandbox.serving import running
from sandbox.slack import Workspace
from tests.stage import CHANNEL, FAST, Stage, served_bot, slack_settings

Given = TypeVar("Given")

MANY = 1_000_000
EVERY_ROLE = tuple(Role)


@dataclass(frozen=True)
class Standing:
    """The running bot: `stage` is for coroutines, which run in its thread, `url` for everybody."""

    stage: Stage
    url: str
    loop: asyncio.AbstractEventLoop

    def do(self, work: Coroutine[Any, Any, Given]) -> Given:
        """The result of the work, done in the bot's own event loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def token(self, person: Actor, *roles: Role) -> str:
        """A new token for the person, with every role it could give unless some are named."""
        wish = TokenWish(person.email or "", roles or EVERY_ROLE, "test")
        return self.do(create_token(self.stage.bot.core, self.stage.cast.admin, wish))

    def client(self, token: str | None = None, base: str = "/api/v1") -> httpx.Client:
        """A client that sends this token; the caller closes it."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(base_url=f"{self.url}{base}", headers=headers, trust_env=False, timeout=30)


@contextlib.contextmanager
def standing_bot(empty_database: Path, folder: Path) -> Iterator[Standing]:
    """The bot, until the block ends. Everybody has the roles of tests/conftest.py, the admin every role; no limits."""
    database = folder / "grcpush.db"
    database.write_bytes(empty_database.read_bytes())
    ready: list[Standing] = []
    started, ending = threading.Event(), asyncio.Event()

    async def run() -> None:
        async with _stage(f"sqlite:///{database}") as stage:
            parts = urlsplit(stage.slack.bot_url or "")
            ready.append(Standing(stage, f"{parts.scheme}://{parts.netloc}", asyncio.get_running_loop()))
            started.set()
            await ending.wait()

    failed: list[BaseException] = []

    def work() -> None:
        try:
            asyncio.run(run())
        except BaseException as error:  # noqa: BLE001 -- told to the test that waits
            failed.append(error)
        started.set()

    thread = threading.Thread(target=work, name="standing bot")
    thread.start()
    started.wait(50)
    if failed:
        raise failed[0]
    try:
        yield ready[0]
    finally:
        ready[0].loop.call_soon_threadsafe(ending.set)
        thread.join(20)
    if failed:
        raise failed[0]


@contextlib.asynccontextmanager
async def _stage(database_url: str) -> AsyncIterator[Stage]:
    servicenow, slack = ServiceNow(), Workspace()
    sample = load(servicenow)
    async with running(servicenow.app) as servicenow_url, slack.running():
        settings = Settings(
            database_url=database_url,
            servicenow_url=servicenow_url,
            servicenow_username=SERVICE_ACCOUNT,
            servicenow_password=SERVICE_PASSWORD,
            slack_channel=CHANNEL,
            editors=("editor@example.com", "requester@example.com", "admin@example.com"),
            requesters=("requester@example.com", "admin@example.com"),
            approvers=("@grc-approvers", "admin@example.com", "requester@example.com", "editor@example.com"),
            admins=("admin@example.com",),
            push_settle_seconds=0.05,
            push_requests_per_hour=MANY,
            api_requests_per_minute=MANY,
        )
        async with served_bot(slack_settings(settings, slack), slack, pace=replace(FAST, user_seconds=60)) as bot:
            yield await Stage.set(bot, slack, servicenow, sample)


@pytest.fixture(scope="module")
def standing(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    """The bot, started once for the tests of a file."""
    with standing_bot(empty_database, tmp_path_factory.mktemp("standing")) as bot:
        yield bot

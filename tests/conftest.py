"""The fixtures a newcomer must know: `servicenow` and `slack` are servers on real sockets, `core` and `bot` are ours."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import settings as drawn

from bot.app import Bot
from bot.local import make_engine, open_core
from core.config import Settings
from core.engine.durable import Engine, Rhythm
from core.store.database import upgrade
from core.usecases.pulling.pull import pull
from core.wiring import Core
from sandbox.data import Sample, load
from sandbox.servicenow import SERVICE_ACCOUNT, SERVICE_PASSWORD, ServiceNow
from sandbox.serving import running
from sandbox.slack import Workspace
from tests.cast import Cast, meet_everybody
from tests.drawings import lint_drawings
from tests.postgres import either_database_url, new_postgres_url, postgres_url
from tests.stage import Stage, served_bot, slack_settings

__all__ = ["either_database_url", "new_postgres_url", "postgres_url"]

# Every run draws the same examples, and none of them fails for the time it takes on a busy machine.
drawn.register_profile("grcpush", deadline=None, derandomize=True, database=None)
drawn.load_profile("grcpush")


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, made once in each test process and copied for each test."""
    path = tmp_path_factory.mktemp("template") / "grcpush.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def database_url(empty_database: Path, tmp_path: Path) -> str:
    """The address of a database of the test's own."""
    path = tmp_path / "grcpush.db"
    path.write_bytes(empty_database.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def servicenow() -> ServiceNow:
    """The stand-in ServiceNow."""
    return ServiceNow()


@pytest.fixture
def sample(servicenow: ServiceNow) -> Sample:
    """The sample statements, loaded into the stand-in."""
    return load(servicenow)


@pytest.fixture
async def servicenow_url(servicenow: ServiceNow) -> AsyncIterator[str]:
    """Where the stand-in ServiceNow listens."""
    async with running(servicenow.app) as url:
        yield url


@pytest.fixture
def settings(servicenow_url: str, database_url: str) -> Settings:
    """Settings for the stand-ins, with everybody's roles, and no waiting where only a clock would pass."""
    return Settings(
        database_url=database_url,
        servicenow_url=servicenow_url,
        servicenow_username=SERVICE_ACCOUNT,
        servicenow_password=SERVICE_PASSWORD,
        slack_channel="C0GRC",
        editors=("editor@example.com", "requester@example.com"),
        requesters=("requester@example.com",),
        approvers=("@grc-approvers", "admin@example.com", "requester@example.com", "editor@example.com"),
        admins=("admin@example.com",),
        push_settle_seconds=0.05,
    )


@pytest.fixture
async def core(settings: Settings, sample: Sample) -> AsyncIterator[Core]:
    """The use cases' collaborators, with everything pulled."""
    async with open_core(settings) as core:
        await pull(core)
        yield core


@pytest.fixture
async def cast(core: Core) -> Cast:
    """The people of the sandbox, as actors."""
    return await meet_everybody(core)


@pytest.fixture
async def engine(core: Core) -> AsyncIterator[Engine]:
    """The push engine, started."""
    engine = make_engine(core, Rhythm(poll=0.1))
    core.signals.work_released = engine.wake
    await engine.start()
    yield engine
    await engine.stop(patience_seconds=5)


@pytest.fixture
async def slack() -> AsyncIterator[Workspace]:
    """The stand-in Slack workspace, listening; at the end everything that was drawn in it is held against the limits."""
    workspace = Workspace()
    async with workspace.running():
        yield workspace
        lint_drawings(workspace)


@pytest.fixture
def bot_settings(settings: Settings, slack: Workspace) -> Settings:
    """The settings with the stand-in Slack's address and secrets."""
    return slack_settings(settings, slack)


@pytest.fixture
async def bot(bot_settings: Settings, slack: Workspace, sample: Sample) -> AsyncIterator[Bot]:
    """The real bot, pulled and served over HTTP to the stand-in Slack."""
    async with served_bot(bot_settings, slack) as bot:
        yield bot


@pytest.fixture
async def stage(bot: Bot, slack: Workspace, servicenow: ServiceNow, sample: Sample) -> Stage:
    """Both stand-ins, the bot and the people, ready for a scene."""
    return await Stage.set(bot, slack, servicenow, sample)

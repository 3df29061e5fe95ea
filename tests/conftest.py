"""The fixtures a newcomer must know: `servicenow` and `slack` are servers on real sockets, `core` and `bot` are ours."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.local import make_engine, open_core
from core.config import Settings
from core.engine.durable import Engine
from core.store.database import upgrade
from core.usecases.pull import pull
from core.wiring import Core
from sandbox.data import Sample, load
from sandbox.serving import running
from sandbox.servicenow import SERVICE_ACCOUNT, SERVICE_PASSWORD, ServiceNow
from tests.cast import Cast, meet_everybody


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
    engine = make_engine(core, poll_seconds=0.02)
    core.signals.work_released = engine.wake
    await engine.start()
    yield engine
    await engine.stop(patience_seconds=5)

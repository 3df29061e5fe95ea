"""`desk` is where the fault tests work: after each of them the oracle holds ServiceNow's log against what people were told."""

import contextlib
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.local import open_core
from core.config import Settings
from core.usecases.pulling.pull import pull
from sandbox.servicenow import API_KEY, OAUTH_CLIENT, OAUTH_SECRET, SERVICE_ACCOUNT, SERVICE_PASSWORD, ServiceNow
from sandbox.serving import running
from tests.cast import meet_everybody
from tests.faults import oracle
from tests.faults.desk import SHORT, Desk, furnish

OpenDesk = Callable[..., Awaitable[Desk]]


@pytest.fixture
async def open_desk(empty_database: Path, tmp_path: Path) -> AsyncIterator[OpenDesk]:
    """Make a desk over an instance of its own, pulled. Settings may be given without their prefix."""
    async with contextlib.AsyncExitStack() as stack:
        desks: list[Desk] = []

        async def make(*, count: int = 3, audit: bool = True, is_pulled: bool = True, **changes: Any) -> Desk:
            servicenow = ServiceNow()
            servicenow.audit_enabled = audit
            ids = furnish(servicenow, count)
            url = await stack.enter_async_context(running(servicenow.app))
            path = Path(shutil.copy(empty_database, tmp_path / f"{len(desks)}.db"))
            core = await stack.enter_async_context(open_core(desk_settings(path, url, **changes), waits=SHORT))
            if is_pulled:
                await pull(core)
            desks.append(Desk(core, await meet_everybody(core), servicenow, ids))
            return desks[-1]

        yield make
        for desk in desks:
            await oracle.check(desk.core, desk.servicenow, unseen=desk.unseen, spoiled=desk.spoiled)


@pytest.fixture
async def desk(open_desk: OpenDesk) -> Desk:
    """Three statements on an instance where changes are audited."""
    return await open_desk()


@pytest.fixture
async def unaudited_desk(open_desk: OpenDesk) -> Desk:
    """Three statements on an instance where changes are not audited."""
    return await open_desk(audit=False)


def desk_settings(path: Path, url: str, **changes: Any) -> Settings:
    """Settings that can sign in by every method; basic unless another is named."""
    named = {key if key in Settings.model_fields else f"servicenow_{key}": value for key, value in changes.items()}
    values = {
        "database_url": f"sqlite:///{path}",
        "servicenow_url": url,
        "servicenow_username": SERVICE_ACCOUNT,
        "servicenow_password": SERVICE_PASSWORD,
        "servicenow_client_id": OAUTH_CLIENT,
        "servicenow_client_secret": OAUTH_SECRET,
        "servicenow_api_key": API_KEY,
        "push_settle_seconds": 0.02,
    }
    return Settings(**values | named)

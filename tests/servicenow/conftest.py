"""A stand-in instance with some statements, and clients of it."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from core.clock import SystemClock
from core.config import Settings
from core.servicenow import reading
from core.servicenow.instance import ServiceNow
from sandbox import servicenow as sandbox
from sandbox.serving import running

Connect = Callable[..., ServiceNow]


class Instance:
    """The stand-in, its address, and statements of one control of the system Payroll."""

    def __init__(self, remote: sandbox.ServiceNow, url: str) -> None:
        self.remote = remote
        self.url = url
        system = remote.add(sandbox.SYSTEMS, name="Payroll")
        self.control = remote.add(sandbox.CONTROLS, number="CTRL0001", name="Accounts", system=system)

    def statement(self, text: str = "<p>before</p>", **fields: str) -> str:
        """The sys_id of a new statement."""
        fields = {"control": self.control, sandbox.STATEMENT_FIELD: text} | fields
        return self.remote.add(sandbox.STATEMENTS, **fields)

    def statements(self, count: int) -> list[str]:
        """The sys_ids of that many new statements, in order."""
        return sorted(self.statement(f"<p>{number}</p>") for number in range(count))

    def text(self, sys_id: str) -> str:
        """What is stored."""
        return self.remote.get(sandbox.STATEMENTS, sys_id)[sandbox.STATEMENT_FIELD]


@pytest.fixture
def impatient(monkeypatch):
    """Repeat reads without the pauses between."""
    monkeypatch.setattr(reading, "_FIRST_DELAY_SECONDS", 0.0)


@pytest.fixture
async def instance() -> AsyncIterator[Instance]:
    remote = sandbox.ServiceNow()
    async with running(remote.app) as url:
        yield Instance(remote, url)


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Make a client for an address; settings may be given without their prefix. All are closed at the end."""
    made: list[ServiceNow] = []

    def make(url: str, **settings: Any) -> ServiceNow:
        named = {key if key in Settings.model_fields else f"servicenow_{key}": value for key, value in settings.items()}
        made.append(ServiceNow(Settings(**credentials(url) | named), SystemClock()))
        return made[-1]

    yield make
    for client in made:
        await client.aclose()


def credentials(url: str) -> dict[str, Any]:
    """Settings that can sign in to the stand-in by every method; basic unless another is named."""
    return {
        "servicenow_url": url,
        "servicenow_username": sandbox.SERVICE_ACCOUNT,
        "servicenow_password": sandbox.SERVICE_PASSWORD,
        "servicenow_client_id": sandbox.OAUTH_CLIENT,
        "servicenow_client_secret": sandbox.OAUTH_SECRET,
        "servicenow_api_key": sandbox.API_KEY,
    }

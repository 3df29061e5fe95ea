"""A server with two systems and six statements on a real socket, and a client signed in as the service account."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from sandbox.servicenow import (
    CONTROLS,
    SERVICE_ACCOUNT,
    SERVICE_PASSWORD,
    STATEMENT_FIELD,
    STATEMENTS,
    SYSTEMS,
    ServiceNow,
    fixed_id,
)
from sandbox.serving import running

BASIC = (SERVICE_ACCOUNT, SERVICE_PASSWORD)
AC_2 = fixed_id("test", "AC-2")
LIST = f"/api/now/table/{STATEMENTS}"
ONE = f"{LIST}/{AC_2}"
TEXT = "<p>Accounts are reviewed.</p>"
NEW = "<p>Accounts are reviewed every month.</p>"
COLUMNS = f"sys_id,{STATEMENT_FIELD},sys_mod_count,sys_updated_on,sys_updated_by"
ECHO = {"sysparm_fields": COLUMNS}


@dataclass
class Ticking:
    """A clock that stands still until it is moved."""

    now: datetime = datetime(2026, 11, 22, 18, 3, 41, 250000, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Ticking:
    return Ticking()


@pytest.fixture
def sn(clock: Ticking) -> ServiceNow:
    server = ServiceNow(clock=clock)
    payroll = server.load(SYSTEMS, [{"name": "Payroll Cloud"}])[0]
    portal = server.load(SYSTEMS, [{"name": "Citizen Portal"}])[0]
    for system, numbers in ((payroll, ("AC-2", "AC-3", "AU-6")), (portal, ("AC-7", "IR-6", "SI-4"))):
        for number in numbers:
            control = server.load(CONTROLS, [{"number": number, "name": f"Name of {number}", "system": system}])[0]
            row = {"sys_id": fixed_id("test", number), "number": f"IST-{number}", "control": control}
            server.load(STATEMENTS, [{**row, STATEMENT_FIELD: TEXT, "state": "monitor"}])
    return server


@pytest.fixture
async def url(sn: ServiceNow) -> AsyncIterator[str]:
    async with running(sn.app) as address:
        yield address


@pytest.fixture
async def client(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=url, auth=BASIC, timeout=5) as made:
        yield made


async def push(client: httpx.AsyncClient, text: str = NEW, **params: str) -> httpx.Response:
    """Write the text of AC-2 as a push does."""
    return await client.patch(ONE, params={**ECHO, **params}, json={STATEMENT_FIELD: text})


async def listed(client: httpx.AsyncClient, query: str = "", **params: Any) -> list[dict[str, Any]]:
    """The rows that a query selects."""
    answer = await client.get(LIST, params={"sysparm_query": query, **params})
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


async def numbers(client: httpx.AsyncClient, query: str) -> list[str]:
    """The controls of the statements that a query selects."""
    rows = await listed(client, query, sysparm_fields="control.number")
    return [row["control.number"] for row in rows]


def refusal(answer: httpx.Response) -> tuple[int, str, str | None]:
    """Status, message and detail of an error envelope; fails when it is none."""
    body = answer.json()
    assert body["status"] == "failure"
    assert set(body["error"]) == {"message", "detail"}
    return answer.status_code, body["error"]["message"], body["error"]["detail"]

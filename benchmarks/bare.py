"""The yardsticks: the same requests by httpx alone, without any of the product's protection."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx

from sandbox.servicenow import SERVICE_ACCOUNT, SERVICE_PASSWORD, STATEMENT_FIELD, STATEMENTS

_PATH = f"/api/now/table/{STATEMENTS}"
_FIELDS = (
    f"sys_id,{STATEMENT_FIELD},control.number,control.name,control.system.name,"
    "sys_mod_count,sys_updated_on,sys_updated_by,sys_created_on,sys_class_name"
)
_RAW = {"sysparm_display_value": "false", "sysparm_exclude_reference_link": "true", "sysparm_fields": _FIELDS}
_BOUNDS = ("", "4", "8", "c", None)
_PAGE = 200


@asynccontextmanager
async def clients(url: str, count: int) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Clients with a session and a warm connection each."""
    made = [httpx.AsyncClient(base_url=url, auth=(SERVICE_ACCOUNT, SERVICE_PASSWORD), timeout=60) for _ in range(count)]
    await asyncio.gather(*(client.get(_PATH, params={"sysparm_limit": "1"}) for client in made))
    try:
        yield made
    finally:
        await asyncio.gather(*(client.aclose() for client in made))


async def bulk_check(client: httpx.AsyncClient, sys_ids: Sequence[str]) -> float:
    """Seconds for all of them in one request."""
    began = time.perf_counter()
    query = {"sysparm_query": f"sys_idIN{','.join(sys_ids)}", "sysparm_limit": str(len(sys_ids))}
    answer = await client.get(_PATH, params={**_RAW, **query})
    assert len(answer.json()["result"]) == len(sys_ids)
    return time.perf_counter() - began


async def one_get_each(made: Sequence[httpx.AsyncClient], sys_ids: Sequence[str]) -> float:
    """Seconds for one request for each of them, as many under way as there are clients."""

    async def get(client: httpx.AsyncClient, sys_id: str) -> None:
        (await client.get(f"{_PATH}/{sys_id}", params=_RAW)).raise_for_status()

    return await _side_by_side(made, sys_ids, get)


async def unprotected_push(made: Sequence[httpx.AsyncClient], sys_ids: Sequence[str], text: str) -> float:
    """Seconds for one write each, with no look before and no record of anything."""

    async def patch(client: httpx.AsyncClient, sys_id: str) -> None:
        body = json.dumps({STATEMENT_FIELD: f"{text} {sys_id}"})
        headers = {"Content-Type": "application/json"}
        answer = await client.patch(f"{_PATH}/{sys_id}", params=_RAW, content=body, headers=headers)
        answer.raise_for_status()

    return await _side_by_side(made, sys_ids, patch)


async def read_everything(url: str) -> tuple[float, int]:
    """Seconds for the whole table in four parts side by side, in the product's pages; and the rows that came."""

    async def part(client: httpx.AsyncClient, after: str, until: str | None) -> int:
        count = 0
        while True:
            tests = [f"sys_id>{after}"] if after else []
            tests += [f"sys_id<={until}"] if until else []
            query = "^".join([*tests, "ORDERBYsys_id"])
            answer = await client.get(_PATH, params={**_RAW, "sysparm_query": query, "sysparm_limit": str(_PAGE)})
            rows = answer.json()["result"]
            if not rows:
                return count
            count, after = count + len(rows), rows[-1]["sys_id"]

    async with clients(url, 4) as made:
        began = time.perf_counter()
        counts = await asyncio.gather(
            *(part(client, _BOUNDS[at] or "", _BOUNDS[at + 1]) for at, client in enumerate(made))
        )
        return time.perf_counter() - began, sum(counts)


async def _side_by_side(made: Sequence[httpx.AsyncClient], sys_ids: Sequence[str], act) -> float:
    left = list(reversed(sys_ids))

    async def lane(client: httpx.AsyncClient) -> None:
        while left:
            await act(client, left.pop())

    began = time.perf_counter()
    await asyncio.gather(*(lane(client) for client in made))
    return time.perf_counter() - began

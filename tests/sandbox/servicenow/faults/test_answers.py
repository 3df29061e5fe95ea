import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS, ServiceNow
from sandbox.servicenow.faults.envelopes import ENVELOPES

from ..conftest import AC_2, BASIC, LIST, NEW, ONE, TEXT, push, refusal


def stored(sn: ServiceNow) -> str:
    return sn.get(STATEMENTS, AC_2)[STATEMENT_FIELD]


@pytest.fixture
async def lanes(url: str) -> AsyncIterator[list[httpx.AsyncClient]]:
    made = [httpx.AsyncClient(base_url=url, auth=BASIC) for _ in range(5)]
    yield made
    for lane in made:
        await lane.aclose()


@pytest.mark.parametrize("kind", ENVELOPES)
async def test_fault_22_every_refusal_and_nothing_is_done(client: httpx.AsyncClient, sn: ServiceNow, kind: str) -> None:
    fault = sn.faults.on(22, kind=kind, times=1)

    answer = await push(client)

    assert answer.status_code in {200, 202, 302, 400, 401, 403, 404, 405, 429, 500, 502, 503, 504}
    if answer.headers.get("content-type", "").startswith("application/json"):
        assert refusal(answer)[0] == answer.status_code
    assert (fault.hits, sn.log) == (1, [])


async def test_fault_22_although_the_work_was_done(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(22, kind="gateway_timeout", when="after")

    assert (await push(client)).status_code == 504
    assert stored(sn) == NEW


async def test_fault_22_an_unknown_kind_is_an_error(sn: ServiceNow) -> None:
    with pytest.raises(ValueError, match="no envelope"):
        sn.faults.on(22, kind="nonsense")


async def test_fault_23_a_rate_limit_rule_says_when_to_come_back(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(23, limit=2, retry_after=1)

    answers = [await client.get(ONE) for _ in range(4)]
    await asyncio.sleep(1.05)
    later = await client.get(ONE)

    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert refusal(answers[2]) == (
        429,
        "Rate limit exceeded",
        "Rate limit of 2 requests per hour for Table API exceeded",
    )
    assert answers[2].headers["retry-after"] == "1"
    for answer in answers:
        assert {"x-ratelimit-limit", "x-ratelimit-reset", "x-ratelimit-rule"} <= set(answer.headers)
        assert "x-ratelimit-remaining" not in answer.headers
    assert later.status_code == 200


@pytest.mark.parametrize("seconds", [1, 60, 3599])
async def test_fault_23_however_long_that_is(client: httpx.AsyncClient, sn: ServiceNow, seconds: int) -> None:
    sn.faults.on(23, retry_after=seconds, times=1)

    refused = await client.get(ONE)

    assert refused.headers["retry-after"] == str(seconds)
    assert (await client.get(ONE)).status_code == 200


async def test_fault_23_the_rule_notices_late(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(23, limit=1, lag=0.2)

    at_first = [(await client.get(ONE)).status_code for _ in range(4)]
    await asyncio.sleep(0.25)

    assert at_first == [200] * 4
    assert (await client.get(ONE)).status_code == 429


async def test_fault_23_counts_by_node(lanes: list[httpx.AsyncClient], sn: ServiceNow) -> None:
    sn.faults.on(23, limit=1, per_node=True, retry_after=60)
    sn.sessions.nodes = 2
    by_node: dict[int, list[int]] = {0: [], 1: []}

    for lane in lanes:
        answer = await lane.get(ONE)
        session = sn.sessions.by_id[sn.requests[-1].session]
        by_node[sn.sessions.node_of(session)].append(answer.status_code)

    assert all(codes == [200, *[429] * (len(codes) - 1)] for codes in by_node.values() if codes)
    assert sum(len(codes) for codes in by_node.values()) == 5


async def test_fault_24_a_full_semaphore_gives_a_page_without_rate_headers(
    client: httpx.AsyncClient, sn: ServiceNow
) -> None:
    sn.faults.on(24, times=1)

    answer = await client.get(ONE)

    assert answer.status_code == 429
    assert answer.headers["content-type"].startswith("text/html")
    assert not [name for name in answer.headers if name.startswith("x-ratelimit") or name == "retry-after"]


async def test_fault_24_only_while_the_threads_are_taken(lanes: list[httpx.AsyncClient], sn: ServiceNow) -> None:
    sn.faults.on(24, threads=2, queue=1)

    async def until_all_came(_moment: Any) -> None:
        while len(sn.requests) < 5:  # noqa: ASYNC110 - the server has no event for an arrival
            await asyncio.sleep(0.005)

    sn.on("before_read", until_all_came, times=None)

    answers = await asyncio.gather(*(lane.get(ONE) for lane in lanes))
    after = await lanes[0].get(ONE)

    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 429, 429]
    assert after.status_code == 200


@pytest.mark.parametrize(("runs", "text"), [(False, TEXT), (True, NEW)])
async def test_fault_25_202_whether_the_work_is_done_or_not(
    client: httpx.AsyncClient, sn: ServiceNow, runs: bool, text: str
) -> None:
    sn.faults.on(25, runs=runs)

    answer = await push(client)

    assert (answer.status_code, answer.content) == (202, b"")
    assert stored(sn) == text


async def test_fault_25_sets_how_much_a_session_may_do(sn: ServiceNow) -> None:
    fault = sn.faults.on(25, transactions=1, queue=3)
    on = (sn.behaviour.session_transactions, sn.behaviour.session_queue)
    fault.off()

    assert on == (1, 3)
    assert (sn.behaviour.session_transactions, sn.behaviour.session_queue) == (2, 10)


@pytest.mark.parametrize(("when", "text"), [("before", TEXT), ("after", NEW)])
@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_fault_26_an_error_before_or_after_the_commit(
    client: httpx.AsyncClient, sn: ServiceNow, status: int, when: str, text: str
) -> None:
    sn.faults.on(26, status=status, when=when)

    answer = await push(client)

    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/json" if status == 500 else "text/html")
    assert stored(sn) == text


@pytest.mark.parametrize(
    ("kind", "word"),
    [("hibernating", "Your instance is hibernating"), ("login", "user_password"), ("maintenance", "maintenance")],
)
async def test_fault_30_a_page_with_status_200(client: httpx.AsyncClient, sn: ServiceNow, kind: str, word: str) -> None:
    sn.faults.on(30, kind=kind)

    answer = await push(client)

    assert (answer.status_code, stored(sn)) == (200, TEXT)
    assert answer.headers["content-type"].startswith("text/html")
    assert word in answer.text


async def test_fault_30_a_redirect_to_another_host(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(30, kind="sso_redirect")

    answer = await client.get(ONE)

    assert answer.status_code == 302
    assert answer.headers["location"].startswith("https://sso.example.org/")


async def test_fault_32_long_addresses_are_refused_above_a_limit(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(32, limit=2000)

    short = await client.get(LIST, params={"sysparm_query": f"sys_idIN{AC_2}"})
    long = await client.get(LIST, params={"sysparm_query": "sys_idIN" + ",".join([AC_2] * 60)})

    assert (short.status_code, long.status_code) == (200, 400)
    assert "Request header is too large" in long.text


@pytest.mark.parametrize("status", [200, 204])
async def test_fault_33_an_empty_success(client: httpx.AsyncClient, sn: ServiceNow, status: int) -> None:
    sn.faults.on(33, status=status, method="PATCH")

    answer = await push(client)

    assert (answer.status_code, answer.content) == (status, b"")
    assert stored(sn) == NEW

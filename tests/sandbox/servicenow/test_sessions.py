import asyncio
import time

import httpx

from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS, Moment, ServiceNow, fixed_id

from .conftest import BASIC, LIST, NEW, ONE, push


async def test_cookies_come_with_the_first_answer_only(client: httpx.AsyncClient) -> None:
    first = await client.get(ONE)
    second = await client.get(ONE)

    assert {cookie.split("=")[0] for cookie in first.headers.get_list("set-cookie")} == {
        "JSESSIONID",
        "glide_user_route",
        "BIGipServerpool_sandbox",
    }
    assert second.headers.get_list("set-cookie") == []


async def test_one_session_runs_two_transactions_at_a_time(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    await client.get(ONE)
    sn.latency = 0.1
    started = time.monotonic()

    await asyncio.gather(*(client.get(ONE) for _ in range(6)))

    assert time.monotonic() - started >= 0.3


async def test_sessions_do_not_wait_for_each_other(sn: ServiceNow, url: str) -> None:
    clients = [httpx.AsyncClient(base_url=url, auth=BASIC) for _ in range(5)]
    all_came = asyncio.Barrier(5)
    sn.on("before_read", lambda _moment: all_came.wait(), times=None)

    answers = await asyncio.gather(*(client.get(ONE) for client in clients))

    assert [answer.status_code for answer in answers] == [200] * 5
    assert len({request.session for request in sn.requests}) == 5
    for client in clients:
        await client.aclose()


async def overflow(client: httpx.AsyncClient, sn: ServiceNow) -> list[httpx.Response]:
    """Sixteen writes at once in one session that runs one and lets ten wait."""
    await client.get(ONE)
    sn.behaviour.session_transactions = 1

    async def until_all_came(_moment: Moment) -> None:
        while len(sn.requests) < 17:  # noqa: ASYNC110 - the server has no event for an arrival
            await asyncio.sleep(0.005)

    sn.on("before_write", until_all_came)
    controls = ("AC-2", "AC-3", "AC-7", "AU-6", "IR-6", "SI-4")
    addresses = [f"{LIST}/{fixed_id('test', controls[at % 6])}" for at in range(16)]
    writes = [client.patch(address, json={STATEMENT_FIELD: f"{NEW}{at}"}) for at, address in enumerate(addresses)]
    return await asyncio.gather(*writes)


async def test_when_more_than_ten_wait_the_answer_is_a_bare_202_and_nothing_is_done(
    client: httpx.AsyncClient, sn: ServiceNow
) -> None:
    answers = await overflow(client, sn)

    dropped = [answer for answer in answers if answer.status_code == 202]
    assert [answer.content for answer in dropped] == [b""] * 5
    assert len(sn.writes()) == 11


async def test_or_the_work_is_done_all_the_same(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.behaviour.overflow_runs = True

    answers = await overflow(client, sn)

    assert sum(answer.status_code == 202 for answer in answers) == 5
    assert len(sn.writes()) == 16
    assert [request.status for request in sn.requests].count(202) == 5


async def test_a_waiting_request_whose_client_went_away_does_not_hold_the_turn(
    client: httpx.AsyncClient, sn: ServiceNow
) -> None:
    await client.get(ONE)
    sn.behaviour.session_transactions = 1
    sn.latency = 0.1

    await asyncio.gather(*(client.get(ONE, timeout=0.05) for _ in range(3)), return_exceptions=True)

    assert (await client.get(ONE)).status_code == 200


async def test_the_peak_of_open_writes_is_counted(sn: ServiceNow, url: str) -> None:
    sn.latency = 0.1
    clients = [httpx.AsyncClient(base_url=url, auth=BASIC) for _ in range(3)]

    await asyncio.gather(*(push(client) for client in clients), clients[0].get(ONE))

    assert sn.open_writes_peak == 3
    assert {request.status for request in sn.requests} == {200}
    for client in clients:
        await client.aclose()


async def test_latency_is_the_time_of_a_whole_request(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.latency = 0.15
    await push(client)

    (request,) = sn.requests
    assert request.ended is not None
    assert request.ended - request.started >= 0.15
    assert (request.method, request.table, request.user) == ("PATCH", STATEMENTS, "grcpush.svc")

import json
import time

import httpx
import pytest

from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS, ServiceNow

from ..conftest import AC_2, LIST, NEW, ONE, TEXT, push, refusal


def stored(sn: ServiceNow) -> str:
    return sn.get(STATEMENTS, AC_2)[STATEMENT_FIELD]


@pytest.mark.parametrize(("when", "text"), [("before", TEXT), ("after_commit", NEW), ("mid_body", NEW)])
async def test_fault_27_the_connection_is_reset(
    client: httpx.AsyncClient, sn: ServiceNow, when: str, text: str
) -> None:
    sn.faults.on(27, when=when, times=1)

    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)) as cut:
        await push(client)

    assert stored(sn) == text
    if when != "mid_body":
        assert isinstance(cut.value, httpx.ReadError)
    assert (await client.get(ONE)).status_code == 200


async def test_fault_27_in_the_middle_of_a_page(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(27, when="mid_body")

    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        await client.get(LIST)


@pytest.mark.parametrize("when", ["before", "after"])
async def test_fault_28_slow_before_or_after_the_work(client: httpx.AsyncClient, sn: ServiceNow, when: str) -> None:
    sn.faults.on(28, seconds=0.4, when=when)

    with pytest.raises(httpx.ReadTimeout):
        await client.patch(ONE, json={STATEMENT_FIELD: NEW}, timeout=0.2)

    assert stored(sn) == (TEXT if when == "before" else NEW)


async def test_fault_28_beyond_its_quota_the_transaction_is_cancelled(
    client: httpx.AsyncClient, sn: ServiceNow
) -> None:
    sn.faults.on(28, seconds=60, quota=0.1)

    status, message, detail = refusal(await push(client))

    assert (status, message) == (500, "Transaction cancelled: maximum execution time exceeded")
    assert detail is not None
    assert "glide.rest.debug" in detail
    assert stored(sn) == TEXT


async def test_fault_28_an_answer_in_drips(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(28, seconds=0.3, drip=100)
    started = time.monotonic()

    answer = await client.get(LIST)

    assert time.monotonic() - started >= 0.3
    assert len(answer.json()["result"]) == 6


async def test_fault_29_half_the_json_and_a_cancellation_notice(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(29)

    answer = await push(client)

    assert answer.status_code == 200
    assert answer.text.startswith('{"result":{')
    assert "Transaction cancelled: maximum execution time exceeded" in answer.text
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert stored(sn) == NEW


async def test_fault_31_a_compressed_answer(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(31, kind="gzip")

    answer = await client.get(ONE)

    assert answer.headers["content-encoding"] == "gzip"
    assert answer.json()["result"]["sys_id"] == AC_2


async def test_fault_31_a_byte_order_mark(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(31, kind="bom")

    assert (await client.get(ONE)).content.startswith(b"\xef\xbb\xbf{")


async def test_fault_31_another_character_set(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.edit(STATEMENTS, AC_2, STATEMENT_FIELD, "<p>Prüfung 🎣</p>")
    sn.faults.on(31, kind="latin1")

    answer = await client.get(ONE)

    assert answer.headers["content-type"] == "application/json;charset=ISO-8859-1"
    assert json.loads(answer.content.decode("latin-1"))["result"][STATEMENT_FIELD] == "<p>Prüfung 🎣</p>"


@pytest.mark.parametrize(
    ("kind", "content_type"),
    [("no_charset", "application/json"), ("wrong_charset", "application/json;charset=ISO-8859-1")],
)
async def test_fault_31_a_charset_that_is_missing_or_wrong(
    client: httpx.AsyncClient, sn: ServiceNow, kind: str, content_type: str
) -> None:
    sn.edit(STATEMENTS, AC_2, STATEMENT_FIELD, "<p>Prüfung</p>")
    sn.faults.on(31, kind=kind)

    answer = await client.get(ONE)

    assert answer.headers["content-type"] == content_type
    assert "Prüfung" in answer.content.decode("utf-8")

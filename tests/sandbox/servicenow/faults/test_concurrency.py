import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS, ServiceNow

from ..conftest import AC_2, BASIC, NEW, ONE, TEXT, Ticking, push


def stored(sn: ServiceNow) -> str:
    return sn.get(STATEMENTS, AC_2)[STATEMENT_FIELD]


@pytest.fixture
async def impatient(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=url, auth=BASIC, timeout=0.1) as made:
        yield made


async def test_fault_1_somebody_edits_between_check_and_write(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(1, text="<p>Theirs.</p>", times=1)

    answer = await push(client)
    await push(client, "<p>Again.</p>")

    assert answer.json()["result"]["sys_mod_count"] == "2"
    assert [commit.by for commit in sn.log] == ["jane.roe", "grcpush.svc", "grcpush.svc"]
    assert sn.log[1].changes == {STATEMENT_FIELD: ("<p>Theirs.</p>", NEW)}


@pytest.mark.parametrize(("second", "stamp"), [("same", "2026-11-22 18:03:41"), ("later", "2026-11-22 18:03:42")])
async def test_fault_1_in_the_same_or_a_later_second(
    client: httpx.AsyncClient, sn: ServiceNow, second: str, stamp: str
) -> None:
    seen = []
    sn.faults.on(1, second=second)
    sn.on("before_commit", lambda _moment: seen.append(sn.get(STATEMENTS, AC_2)["sys_updated_on"]))

    await push(client)

    assert seen == [stamp]


async def test_fault_1_crossing_our_save(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.audit_enabled = True
    sn.faults.on(1, at="commit", text="<p>Theirs.</p>")

    answer = await push(client)

    assert answer.json()["result"]["sys_mod_count"] == "1"
    assert stored(sn) == NEW
    audit = list(sn.store.rows("sys_audit").with_value(AC_2))
    assert [(row["user"], row["oldvalue"]) for row in audit] == [("jane.roe", TEXT), ("grcpush.svc", TEXT)]


async def test_fault_2_an_edit_of_another_column(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(2)

    answer = await push(client)

    assert answer.json()["result"]["sys_mod_count"] == "2"
    assert sn.log[0].changes == {"u_reviewer_note": ("", "Looked at again.")}


async def test_fault_3_somebody_saves_our_very_text(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(3)

    answer = await push(client)

    assert answer.json()["result"]["sys_updated_by"] == "jane.roe"
    assert stored(sn) == NEW
    assert sn.writes() == []


async def test_fault_4_an_edit_after_the_answer_was_made(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(4, text="<p>Theirs.</p>")

    answer = await push(client)

    assert answer.json()["result"][STATEMENT_FIELD] == NEW
    assert stored(sn) == "<p>Theirs.</p>"


@pytest.mark.parametrize(("model", "count"), [("loaded", "1"), ("database", "2")])
async def test_fault_5_both_models_of_the_counter(
    client: httpx.AsyncClient, sn: ServiceNow, model: str, count: str
) -> None:
    sn.faults.on("mod_count_model", model=model)
    sn.faults.on(1, at="commit")

    assert (await push(client)).json()["result"]["sys_mod_count"] == count


async def test_fault_6_a_script_that_moves_no_stamp(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.audit_enabled = True
    sn.faults.on(6, text="<p>Script.</p>")

    answer = await push(client)

    assert answer.json()["result"]["sys_mod_count"] == "1"
    assert sn.log[-1].changes == {STATEMENT_FIELD: ("<p>Script.</p>", NEW)}
    assert [row["user"] for row in sn.store.rows("sys_audit").with_value(AC_2)] == ["grcpush.svc"]


async def test_fault_7_a_stamp_set_back(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(7, method="GET", times=1)

    row = (await client.get(ONE)).json()["result"]

    assert (row["sys_updated_on"], row["sys_mod_count"]) == ("2026-11-21 18:03:41", "1")
    assert row[STATEMENT_FIELD] != TEXT


@pytest.mark.parametrize("at", ["arrive", "commit"])
async def test_fault_8_the_record_goes_before_or_during_our_write(
    client: httpx.AsyncClient, sn: ServiceNow, at: str
) -> None:
    sn.faults.on(8, at=at)

    answer = await push(client)

    assert answer.status_code == 404
    assert not sn.has(STATEMENTS, AC_2)
    assert sn.writes() == []


async def test_fault_9_the_write_makes_the_deleted_record_again(
    client: httpx.AsyncClient, sn: ServiceNow, clock: Ticking
) -> None:
    clock.move(5)
    sn.faults.on(9)

    answer = await push(client)

    row = sn.get(STATEMENTS, AC_2)
    assert answer.status_code == 200
    assert (row[STATEMENT_FIELD], row["sys_mod_count"], row["sys_created_on"]) == (NEW, "0", "2026-11-22 18:03:46")
    assert [commit.action for commit in sn.log] == ["delete", "insert"]


@pytest.mark.parametrize("is_applied", [True, False])
async def test_fault_10_a_write_that_outlives_its_client(
    impatient: httpx.AsyncClient, sn: ServiceNow, is_applied: bool
) -> None:
    sn.faults.on(10, after=0.15, is_applied=is_applied)

    with pytest.raises(httpx.ReadTimeout):
        await push(impatient)
    at_once = stored(sn)
    await asyncio.sleep(0.3)

    assert at_once == TEXT
    assert stored(sn) == (NEW if is_applied else TEXT)
    assert sn.requests[0].status == 0


@pytest.mark.parametrize(("when", "saved"), [("before_commit", False), ("after_commit", True)])
async def test_fault_11_says_when_to_kill_the_client(
    client: httpx.AsyncClient, sn: ServiceNow, when: Any, saved: bool
) -> None:
    seen: list[bool] = []
    sn.faults.on(11, when=when, action=lambda: seen.append(stored(sn) == NEW))

    await push(client)

    assert seen == [saved]

import time
from typing import Any

import httpx
import pytest

from sandbox.servicenow import OAUTH_CLIENT, OAUTH_SECRET, STATEMENT_FIELD, STATEMENTS, ServiceNow, fixed_id

from ..conftest import AC_2, BASIC, LIST, NEW, ONE, TEXT, listed, numbers, push, refusal
from ..test_metadata import audit, rows


async def pages(client: httpx.AsyncClient, size: int = 2) -> list[list[str]]:
    """Keyset pages until one is empty."""
    got: list[list[str]] = []
    last = ""
    while True:
        found = await listed(client, f"sys_id>{last}^ORDERBYsys_id", sysparm_limit=size, sysparm_fields="sys_id")
        got.append([row["sys_id"] for row in found])
        if not found:
            return got
        last = got[-1][-1]


async def test_fault_40_hidden_rows_leave_holes_and_count_all_the_same(
    client: httpx.AsyncClient, sn: ServiceNow
) -> None:
    hidden = sorted(row["sys_id"] for row in await listed(client))[1]
    sn.faults.on(40, sys_ids=(hidden,))

    answer = await client.get(LIST, params={"sysparm_query": "ORDERBYsys_id", "sysparm_limit": "2"})

    assert len(answer.json()["result"]) == 1
    assert answer.headers["x-total-count"] == "6"
    assert refusal(await client.get(f"{LIST}/{hidden}"))[0] == 404


async def test_fault_40_an_empty_page_in_the_middle(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(40, nth=2, fraction=1.0)

    assert [len(page) for page in await pages(client)] == [2, 0]


async def test_fault_40_a_part_of_the_rows_always_the_same(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(40, fraction=0.5)

    first = {row["sys_id"] for row in await listed(client)}

    assert 0 < len(first) < 6
    assert {row["sys_id"] for row in await listed(client)} == first


@pytest.mark.parametrize(
    ("kind", "where", "size"), [("insert", "first", 7), ("insert", "last", 7), ("delete", "first", 5)]
)
async def test_fault_41_the_list_moves_between_two_pages(
    client: httpx.AsyncClient, sn: ServiceNow, kind: str, where: str, size: int
) -> None:
    sn.faults.on(41, kind=kind, where=where, nth=2)

    got = await pages(client)

    assert len(sn.store.rows(STATEMENTS)) == size
    everything = [sys_id for page in got for sys_id in page]
    assert len(everything) == len(set(everything)) == (7 if where == "last" else 6)


async def test_fault_42_an_empty_list_is_404(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(42)

    answer = await client.get(LIST, params={"sysparm_query": "number=none"})

    assert refusal(answer)[0] == 404


async def test_fault_43_the_account_lives_in_another_zone(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    fault = sn.faults.on(43)
    params = {"sysparm_fields": "sys_updated_on", "sysparm_display_value": "all"}

    shown = (await client.get(ONE, params=params)).json()["result"]["sys_updated_on"]
    found = await numbers(client, "sys_updated_on>=2026-11-22 10:03:42")
    fault.off()

    assert shown == {"display_value": "22-11-2026 10:03:41 AM", "value": "2026-11-22 18:03:41"}
    assert found == []
    assert len(await numbers(client, "sys_updated_on>=2026-11-22 10:03:42")) == 6


async def test_fault_44_an_edit_shows_up_late_with_an_old_stamp(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(44, nth=2, record=AC_2, seconds=300)
    watermark = "sys_updated_on>=2026-11-22 18:03:40"

    first = await numbers(client, watermark)
    second = await numbers(client, watermark)

    assert set(first) - set(second) == {"AC-2"}
    row = sn.get(STATEMENTS, AC_2)
    assert (row["sys_mod_count"], row["sys_updated_on"]) == ("1", "2026-11-22 17:58:41")


async def test_fault_45_the_clocks_disagree(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    fault = sn.faults.on(45, seconds=-120)
    behind = (await push(client)).json()["result"]["sys_updated_on"]
    fault.off()

    assert behind == "2026-11-22 18:01:41"
    assert (await push(client, "x")).json()["result"]["sys_updated_on"] == "2026-11-22 18:03:41"


@pytest.mark.parametrize("kind", ["off", "no_audit"])
async def test_fault_47_nothing_is_audited(client: httpx.AsyncClient, sn: ServiceNow, kind: str) -> None:
    sn.audit_enabled = True
    fault = sn.faults.on(47, kind=kind)
    await push(client)
    without = await audit(client)
    fault.off()
    await push(client, TEXT)

    assert (without, len(await audit(client))) == ([], 1)


async def test_fault_47_audit_rows_come_late_or_are_purged(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.audit_enabled = True
    sn.faults.on(47, kind="lazy", seconds=60)
    await push(client)
    at_once = await audit(client)
    sn.auditing.flush(time.monotonic() + 61)
    later = await audit(client)
    sn.faults.on(47, kind="purged")

    assert (len(at_once), len(later), len(await audit(client))) == (0, 1, 0)


@pytest.mark.parametrize(("kind", "old"), [("stale_old_value", TEXT), ("replaced_old_value", "theirs")])
async def test_fault_47_the_old_value_of_a_crossed_save(
    client: httpx.AsyncClient, sn: ServiceNow, kind: str, old: str
) -> None:
    sn.audit_enabled = True
    sn.faults.on(47, kind=kind)
    sn.faults.on(1, at="commit", text="theirs")

    await push(client)

    ours = [row for row in await audit(client) if row["user"] == "grcpush.svc"]
    assert [row["oldvalue"] for row in ours] == [old]


async def test_fault_47_the_audit_is_closed_to_us(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    fault = sn.faults.on(47, kind="unreadable")
    closed = await client.get("/api/now/table/sys_audit")
    fault.off()

    assert closed.status_code == 403
    assert (await client.get("/api/now/table/sys_audit")).status_code == 200


async def test_fault_48_a_clone_brings_back_old_texts_and_lower_counters(
    client: httpx.AsyncClient, sn: ServiceNow
) -> None:
    await push(client)
    await push(client, "<p>Third.</p>")

    sn.faults.on(48, instance_name="production")

    row = sn.get(STATEMENTS, AC_2)
    assert (row[STATEMENT_FIELD], row["sys_mod_count"], row["sys_updated_on"]) == (TEXT, "0", "2026-10-23 18:03:41")
    assert (await client.get(ONE, auth=BASIC)).status_code == 401
    form = {"grant_type": "client_credentials", "client_id": OAUTH_CLIENT, "client_secret": OAUTH_SECRET}
    assert (await client.post("/oauth_token.do", data=form)).status_code == 401


async def test_fault_48_can_keep_the_secrets_and_change_the_name(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(48, instance_name="production", secrets_too=False)

    assert await rows(client, "sys_properties", "name=instance_name", "value") == [{"value": "production"}]


async def test_fault_49_the_table_is_closed_to_web_services(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    fault = sn.faults.on(49)
    closed = await client.get(LIST)
    facts = await rows(client, "sys_db_object", f"name={STATEMENTS}", "ws_access")
    fault.off()

    assert closed.status_code == 403
    assert facts == [{"ws_access": "false"}]
    assert (await client.get(LIST)).status_code == 200


async def test_fault_49_the_table_has_another_name_now(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(49, kind="renamed")

    assert refusal(await client.get(ONE)) == (400, f"Invalid table {STATEMENTS}", None)
    assert await rows(client, "sys_db_object", f"name={STATEMENTS}") == []
    assert await rows(client, "sys_dictionary", f"name={STATEMENTS}") == []


async def test_fault_50_rows_of_another_domain_are_not_there(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    fault = sn.faults.on(50, sys_ids=(AC_2, fixed_id("test", "AC-3")))
    seen = set(await numbers(client, ""))
    reading, writing = await client.get(ONE), await push(client)
    fault.off()

    assert seen == {"AC-7", "AU-6", "IR-6", "SI-4"}
    assert (refusal(reading)[0], refusal(writing)[0]) == (404, 404)
    assert (await client.get(ONE)).status_code == 200


async def test_fault_50_rows_of_another_scope_can_be_read_and_not_written(
    client: httpx.AsyncClient, sn: ServiceNow
) -> None:
    sn.faults.on(50, kind="scope", sys_ids=(AC_2,))

    reading: Any = await client.get(ONE)

    assert reading.status_code == 200
    assert refusal(await push(client, NEW))[1:] == (
        "Operation Failed",
        "ACL Exception Update Failed due to security constraints",
    )

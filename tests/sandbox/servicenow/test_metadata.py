import asyncio
from datetime import timedelta
from typing import Any

import httpx

from sandbox.servicenow import SOMEBODY_ELSE, STATEMENT_FIELD, STATEMENTS, ServiceNow

from .conftest import AC_2, NEW, TEXT, Ticking, push


async def rows(client: httpx.AsyncClient, table: str, query: str, fields: str = "") -> list[dict[str, Any]]:
    params = {"sysparm_query": query, "sysparm_fields": fields, "sysparm_exclude_reference_link": "true"}
    answer = await client.get(f"/api/now/table/{table}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


async def audit(client: httpx.AsyncClient, fields: str = "fieldname,oldvalue,newvalue,user") -> list[dict[str, Any]]:
    query = f"tablename={STATEMENTS}^documentkey={AC_2}^fieldname={STATEMENT_FIELD}"
    return await rows(client, "sys_audit", query, fields)


async def test_a_column_is_in_the_dictionary_of_the_table_that_declares_it(client: httpx.AsyncClient) -> None:
    own = await rows(
        client, "sys_dictionary", f"name={STATEMENTS}^element={STATEMENT_FIELD}", "internal_type,max_length"
    )
    inherited = await rows(client, "sys_dictionary", f"name={STATEMENTS}^element=number")
    (parent,) = await rows(client, "sys_db_object", f"name={STATEMENTS}", "super_class.name")
    on_parent = await rows(client, "sys_dictionary", "name=sn_grc_item^element=number", "internal_type")

    assert own == [{"internal_type": "html", "max_length": "65536"}]
    assert inherited == []
    assert parent == {"super_class.name": "sn_grc_item"}
    assert on_parent == [{"internal_type": "string"}]


async def test_a_changed_column_is_changed_in_the_dictionary(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.world.change_column(STATEMENTS, STATEMENT_FIELD, max_length=4000, read_only=True)

    query = f"name={STATEMENTS}^element={STATEMENT_FIELD}"
    (column,) = await rows(client, "sys_dictionary", query, "max_length,read_only")

    assert column == {"max_length": "4000", "read_only": "true"}


async def test_auditing_is_marked_on_the_collection_row_of_exactly_one_table(
    client: httpx.AsyncClient, sn: ServiceNow
) -> None:
    sn.audit_enabled = True

    marked = await rows(client, "sys_dictionary", "internal_type=collection^audit=true", "name")

    assert marked == [{"name": STATEMENTS}]


async def test_users_and_their_roles_can_be_read(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    fields = "user_name,time_zone,active,web_service_access_only"
    (user,) = await rows(client, "sys_user", "user_name=grcpush.svc", fields)
    roles = await rows(client, "sys_user_has_role", "user.user_name=grcpush.svc", "role.name")

    assert user == {"user_name": "grcpush.svc", "time_zone": "GMT", "active": "true", "web_service_access_only": "true"}
    assert {role["role.name"] for role in roles} == sn.users["grcpush.svc"].roles


async def test_the_instance_has_a_name(client: httpx.AsyncClient) -> None:
    assert await rows(client, "sys_properties", "name=instance_name", "value") == [{"value": "sandbox"}]


async def test_an_audited_change_leaves_a_row_for_each_column(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.audit_enabled = True

    await push(client)
    sn.edit(STATEMENTS, AC_2, STATEMENT_FIELD, "theirs")

    assert await audit(client) == [
        {"fieldname": STATEMENT_FIELD, "oldvalue": TEXT, "newvalue": NEW, "user": "grcpush.svc"},
        {"fieldname": STATEMENT_FIELD, "oldvalue": NEW, "newvalue": "theirs", "user": SOMEBODY_ELSE},
    ]


async def test_without_auditing_there_are_no_rows(client: httpx.AsyncClient) -> None:
    await push(client)

    assert await audit(client) == []


async def test_scripts_without_stamps_leave_neither_counter_nor_audit(
    client: httpx.AsyncClient, sn: ServiceNow, clock: Ticking
) -> None:
    sn.audit_enabled = True
    before = sn.get(STATEMENTS, AC_2)
    clock.move(60)

    sn.edit(STATEMENTS, AC_2, STATEMENT_FIELD, "unseen", by="system", stamps=False)

    after = sn.get(STATEMENTS, AC_2)
    assert {name for name in after if after[name] != before[name]} == {STATEMENT_FIELD}
    assert await audit(client) == []
    assert sn.log[-1].changes == {STATEMENT_FIELD: (TEXT, "unseen")}


async def test_a_column_marked_no_audit_is_left_out(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.audit_enabled = True
    sn.world.change_column(STATEMENTS, STATEMENT_FIELD, attributes="html_sanitize=false,no_audit")

    await push(client)

    assert await audit(client) == []


async def test_late_audit_rows_appear_after_their_delay(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.audit_enabled = True
    sn.behaviour.audit_delay = 0.1

    await push(client)
    at_first = len(sn.store.rows("sys_audit"))
    await asyncio.sleep(0.12)

    assert (at_first, len(await audit(client))) == (0, 1)


async def test_the_servers_clock_may_run_ahead(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.clock_skew = timedelta(hours=1)

    answer = await push(client)

    assert answer.json()["result"]["sys_updated_on"] == "2026-11-22 19:03:41"

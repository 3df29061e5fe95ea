import httpx
import pytest

from sandbox.servicenow import CONTROLS, STATEMENT_FIELD, STATEMENTS, ServiceNow

from .conftest import AC_2, LIST, ONE, TEXT, listed


async def test_every_value_is_a_string_and_empty_is_not_absent(client: httpx.AsyncClient) -> None:
    row = (await client.get(ONE, params={"sysparm_exclude_reference_link": "true"})).json()["result"]

    assert all(isinstance(value, str) for value in row.values())
    assert row["sys_mod_count"] == "0"
    assert row["active"] == "true"
    assert row["u_reviewer_note"] == ""


async def test_datetimes_are_utc_in_whole_seconds_without_a_zone(client: httpx.AsyncClient) -> None:
    row = (await client.get(ONE)).json()["result"]

    assert row["sys_updated_on"] == "2026-11-22 18:03:41"


async def test_a_reference_is_a_link_and_a_value_unless_asked_otherwise(
    client: httpx.AsyncClient, sn: ServiceNow
) -> None:
    with_link = (await client.get(ONE, params={"sysparm_fields": "control,owner"})).json()["result"]
    bare = (
        await client.get(ONE, params={"sysparm_fields": "control", "sysparm_exclude_reference_link": "true"})
    ).json()

    control = sn.get(STATEMENTS, AC_2)["control"]
    assert with_link["control"]["value"] == control
    assert with_link["control"]["link"].endswith(f"/api/now/table/{CONTROLS}/{control}")
    assert with_link["owner"] == ""
    assert bare["result"]["control"] == control


async def test_fields_walk_through_references_and_unknown_ones_are_silently_absent(client: httpx.AsyncClient) -> None:
    fields = "sys_id,control.number,control.system.name,nonsense,control.nonsense"

    row = (await client.get(ONE, params={"sysparm_fields": fields})).json()["result"]

    assert row == {"sys_id": AC_2, "control.number": "AC-2", "control.system.name": "Payroll Cloud"}


async def test_display_values_are_in_the_users_zone_and_format(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.users.change("grcpush.svc", time_zone="Europe/Berlin", date_format="dd-MM-yyyy hh:mm:ss a")
    params = {"sysparm_fields": "sys_updated_on,control,state", "sysparm_display_value": "true"}

    row = (await client.get(ONE, params=params)).json()["result"]

    assert row["sys_updated_on"] == "22-11-2026 07:03:41 PM"
    assert row["control"]["display_value"] == "AC-2"
    assert row["state"] == "Monitor"


async def test_display_value_all_gives_both(client: httpx.AsyncClient) -> None:
    params = {"sysparm_fields": "sys_id,sys_updated_on,control", "sysparm_display_value": "all"}

    row = (await client.get(ONE, params=params)).json()["result"]

    assert row["sys_id"] == {"display_value": AC_2, "value": AC_2}
    assert row["sys_updated_on"]["value"] == "2026-11-22 18:03:41"
    assert set(row["control"]) == {"display_value", "value", "link"}


async def test_limit_and_offset_page_and_the_total_counts_all(client: httpx.AsyncClient) -> None:
    params = {"sysparm_query": "ORDERBYnumber", "sysparm_limit": "2", "sysparm_offset": "2", "sysparm_fields": "number"}

    answer = await client.get(LIST, params=params)

    assert [row["number"] for row in answer.json()["result"]] == ["IST-AC-7", "IST-AU-6"]
    assert answer.headers["x-total-count"] == "6"


async def test_the_link_header_names_the_pages_around(client: httpx.AsyncClient) -> None:
    answer = await client.get(LIST, params={"sysparm_limit": "2", "sysparm_offset": "2"})

    assert {relation: link["url"].split("offset=")[1] for relation, link in answer.links.items()} == {
        "first": "0",
        "prev": "0",
        "next": "4",
        "last": "4",
    }
    assert answer.links["next"]["url"].startswith("http://127.0.0.1")


async def test_the_first_page_offers_one_before_it_as_real_instances_do(client: httpx.AsyncClient) -> None:
    answer = await client.get(LIST, params={"sysparm_limit": "2"})

    assert answer.links["prev"]["url"].endswith("sysparm_offset=-2")


async def test_count_and_link_are_left_out_on_request(client: httpx.AsyncClient) -> None:
    without_count = await client.get(LIST, params={"sysparm_no_count": "true"})
    without_link = await client.get(LIST, params={"sysparm_suppress_pagination_header": "true"})

    assert "x-total-count" not in without_count.headers
    assert "link" not in without_link.headers
    assert without_link.headers["x-total-count"] == "6"


async def test_a_negative_offset_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.get(LIST, params={"sysparm_offset": "-2"})).status_code == 400


async def test_the_limit_comes_before_the_access_rules(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    first, second, third = sorted(row["sys_id"] for row in await listed(client))[:3]
    sn.access.hidden_rows |= {(STATEMENTS, first), (STATEMENTS, second)}
    params = {"sysparm_query": "ORDERBYsys_id", "sysparm_limit": "2", "sysparm_fields": "sys_id"}

    empty = await client.get(LIST, params=params)
    after = await listed(client, f"sys_id>{second}^ORDERBYsys_id", sysparm_limit="1", sysparm_fields="sys_id")

    assert empty.json()["result"] == []
    assert empty.headers["x-total-count"] == "6"
    assert after == [{"sys_id": third}]


async def test_a_column_that_may_not_be_read_is_absent(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.access.hidden_fields.add((STATEMENTS, STATEMENT_FIELD))

    row = (await client.get(ONE)).json()["result"]

    assert STATEMENT_FIELD not in row
    assert row["sys_id"] == AC_2


@pytest.mark.parametrize(("address", "status"), [("/api/now", 200), ("/api/now/v2", 200), ("/api/now/v1", 404)])
async def test_an_empty_list_is_404_only_in_version_1(client: httpx.AsyncClient, address: str, status: int) -> None:
    answer = await client.get(f"{address}/table/{STATEMENTS}", params={"sysparm_query": "number=none"})

    assert answer.status_code == status
    assert answer.json()["result" if status == 200 else "status"] in ([], "failure")


async def test_a_parent_table_shows_the_rows_of_its_children(client: httpx.AsyncClient) -> None:
    params = {"sysparm_query": f"sys_id={AC_2}", "sysparm_fields": f"sys_class_name,number,{STATEMENT_FIELD}"}

    rows = (await client.get("/api/now/table/sn_grc_item", params=params)).json()["result"]

    assert rows == [{"sys_class_name": STATEMENTS, "number": "IST-AC-2"}]


async def test_counts_and_greatest_values_are_strings(client: httpx.AsyncClient) -> None:
    params = {"sysparm_count": "true", "sysparm_max_fields": "sys_updated_on", "sysparm_query": "numberLIKEAC-"}

    answer = await client.get(f"/api/now/stats/{STATEMENTS}", params=params)

    assert answer.json() == {"result": {"stats": {"count": "3", "max": {"sys_updated_on": "2026-11-22 18:03:41"}}}}


async def test_statistics_by_group(client: httpx.AsyncClient) -> None:
    params = {"sysparm_count": "true", "sysparm_group_by": "control.system.name"}

    groups = (await client.get(f"/api/now/stats/{STATEMENTS}", params=params)).json()["result"]

    assert {group["groupby_fields"][0]["value"]: group["stats"]["count"] for group in groups} == {
        "Payroll Cloud": "3",
        "Citizen Portal": "3",
    }


async def test_text_beyond_ascii_is_utf_8(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.edit(STATEMENTS, AC_2, STATEMENT_FIELD, "<p>Prüfung 🎣 بيانات</p>")

    answer = await client.get(ONE)

    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    assert "Prüfung 🎣 بيانات" in answer.content.decode()


async def test_reading_changes_nothing(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    await client.get(ONE)

    assert sn.log == []
    assert sn.get(STATEMENTS, AC_2)[STATEMENT_FIELD] == TEXT

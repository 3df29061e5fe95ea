import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS, ServiceNow, fixed_id
from sandbox.servicenow.query import Reading, parse
from sandbox.servicenow.selection import Selection

from .conftest import AC_2, listed, numbers

ALL = {"AC-2", "AC-3", "AC-7", "AU-6", "IR-6", "SI-4"}
IDS = {number: fixed_id("test", number) for number in sorted(ALL)}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (f"sys_id={AC_2}", {"AC-2"}),
        (f"sys_idIN{IDS['AC-3']},{IDS['SI-4']},nobody", {"AC-3", "SI-4"}),
        ("control.number=AC-2", {"AC-2"}),
        ("control.number!=AC-2", ALL - {"AC-2"}),
        ("control.system.name=Payroll Cloud", {"AC-2", "AC-3", "AU-6"}),
        ("numberSTARTSWITHIST-AC", {"AC-2", "AC-3", "AC-7"}),
        ("numberENDSWITH-6", {"AU-6", "IR-6"}),
        ("numberLIKEu-6", {"AU-6"}),
        ("numberNOT LIKEAC", {"AU-6", "IR-6", "SI-4"}),
        ("control.numberINAC-2,AU-6", {"AC-2", "AU-6"}),
        ("control.numberNOT INAC-2,AU-6", ALL - {"AC-2", "AU-6"}),
        ("ownerISEMPTY", ALL),
        ("controlISNOTEMPTY^ownerISNOTEMPTY", set()),
        ("number>IST-AU", {"AU-6", "IR-6", "SI-4"}),
        ("numberBETWEENIST-AC-3@IST-AU-6", {"AC-3", "AC-7", "AU-6"}),
        ("sys_mod_count<1", ALL),
        ("sys_mod_count>=1", set()),
        ("sys_updated_on<=2026-11-22 18:03:41^sys_updated_on>=2026-11-22 18:03:41", ALL),
        ("numberLIKEAC^numberENDSWITH2^ORnumberENDSWITH7", {"AC-2", "AC-7"}),
        ("numberENDSWITH2^NQnumberLIKEIR", {"AC-2", "IR-6"}),
        ("sys_created_onSAMEASsys_updated_on", ALL),
        ("", ALL),
    ],
)
async def test_encoded_queries_select(client: httpx.AsyncClient, query: str, found: set[str]) -> None:
    assert set(await numbers(client, query)) == found


async def test_order_ascending_and_descending_by_several_columns(client: httpx.AsyncClient) -> None:
    assert await numbers(client, "ORDERBYDESCcontrol.system.name^ORDERBYnumber") == [
        "AC-2", "AC-3", "AU-6", "AC-7", "IR-6", "SI-4",
    ]  # fmt: skip
    assert await numbers(client, "ORDERBYDESCnumber") == ["SI-4", "IR-6", "AU-6", "AC-7", "AC-3", "AC-2"]


async def test_a_term_on_an_unknown_column_is_ignored_and_lets_every_row_by(client: httpx.AsyncClient) -> None:
    assert set(await numbers(client, "nonsense=AC-2")) == ALL
    assert await numbers(client, "nonsense=AC-2^numberLIKESI") == ["SI-4"]


async def test_a_misspelt_operator_is_ignored_too(client: httpx.AsyncClient) -> None:
    assert set(await numbers(client, "numberstartswithIST-AC")) == ALL


async def test_with_the_property_set_a_bad_term_returns_no_rows(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.behaviour.invalid_query_returns_no_rows = True

    assert await numbers(client, "nonsense=AC-2") == []


async def test_keyset_pages_over_a_range_of_sys_ids_miss_nothing(client: httpx.AsyncClient) -> None:
    ids = sorted(IDS.values())
    seen = []
    last = ids[0]
    while rows := await listed(
        client, f"sys_id>{last}^sys_id<={ids[4]}^ORDERBYsys_id", sysparm_limit="2", sysparm_fields="sys_id"
    ):
        seen += [row["sys_id"] for row in rows]
        last = seen[-1]

    assert seen == ids[1:5]


async def test_literals_of_time_are_utc_or_in_the_users_zone(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.users.change("grcpush.svc", time_zone="Asia/Tokyo")
    after_utc, after_tokyo = "sys_updated_on>=2026-11-22 18:03:42", "sys_updated_on>=2026-11-23 03:03:41"

    as_utc = (await numbers(client, after_utc), await numbers(client, after_tokyo))
    sn.behaviour.query_literals_in = "user"
    as_user = await numbers(client, after_tokyo)

    assert as_utc == ([], [])
    assert set(as_user) == ALL


async def test_date_generate_is_in_the_users_zone_either_way(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.users.change("grcpush.svc", time_zone="Asia/Tokyo")
    query = "sys_updated_on>=javascript:gs.dateGenerate('2026-11-23','03:03:41')"

    assert set(await numbers(client, query)) == ALL


async def test_the_total_counts_what_the_query_selects(client: httpx.AsyncClient) -> None:
    for query, total in ((f"sys_id>{sorted(IDS.values())[1]}", 4), ("numberLIKEAC", 3), (f"sys_idIN{AC_2},x", 1)):
        answer = await client.get(f"/api/now/table/{STATEMENTS}", params={"sysparm_query": query, "sysparm_limit": "1"})
        assert answer.headers["x-total-count"] == str(total)


hexes = st.text("0123456789abcdef", min_size=4, max_size=4)


@given(keys=st.sets(hexes, max_size=30), low=hexes, high=hexes, limit=st.integers(1, 7), by_number=st.booleans())
def test_the_fast_ways_select_what_a_scan_selects(
    keys: set[str], low: str, high: str, limit: int, by_number: bool
) -> None:
    sn = ServiceNow()
    sn.load(STATEMENTS, [{"sys_id": key, "number": key[::-1]} for key in keys])
    extra = "^numberLIKEa" if by_number else ""
    query = f"sys_id>{low}^sys_id<={high}{extra}^ORDERBYsys_id"

    selection = Selection(STATEMENTS, parse(query), Reading(sn.store))

    wanted = sorted(key for key in keys if low < key <= high and (not by_number or "a" in key))
    assert [row["sys_id"] for row in selection.page(0, limit)] == wanted[:limit]
    assert [row["sys_id"] for row in selection.page(limit, 100)] == wanted[limit:]
    assert selection.total() == len(wanted)


async def test_a_deleted_row_is_found_by_no_way(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.delete(STATEMENTS, AC_2)

    assert await numbers(client, f"sys_idIN{AC_2},{IDS['AC-3']}") == ["AC-3"]
    assert len(await listed(client, "sys_id>0^ORDERBYsys_id")) == 5
    assert await numbers(client, "numberSTARTSWITHIST-AC-2") == []


async def test_a_changed_text_is_found_by_its_new_words(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.edit(STATEMENTS, AC_2, STATEMENT_FIELD, "<p>By nobody else.</p>")

    assert await numbers(client, f"{STATEMENT_FIELD}LIKEnobody else") == ["AC-2"]

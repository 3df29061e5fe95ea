import json

import httpx
import pytest

from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS, ServiceNow

from .conftest import AC_2, ECHO, LIST, NEW, ONE, TEXT, Ticking, push, refusal


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
async def test_an_update_is_partial_and_answers_with_the_record_as_stored(
    client: httpx.AsyncClient, sn: ServiceNow, clock: Ticking, method: str
) -> None:
    before = sn.get(STATEMENTS, AC_2)
    clock.move(60)

    answer = await client.request(method, ONE, params=ECHO, json={STATEMENT_FIELD: NEW})

    assert answer.status_code == 200
    assert answer.json()["result"] == {
        "sys_id": AC_2,
        STATEMENT_FIELD: NEW,
        "sys_mod_count": "1",
        "sys_updated_on": "2026-11-22 18:04:41",
        "sys_updated_by": "grcpush.svc",
    }
    moved = {name for name, value in sn.get(STATEMENTS, AC_2).items() if value != before[name]}
    assert moved == {STATEMENT_FIELD, "sys_mod_count", "sys_updated_on", "sys_updated_by"}


async def test_an_update_of_the_same_value_moves_nothing_and_is_no_commit(
    client: httpx.AsyncClient, sn: ServiceNow
) -> None:
    answer = await push(client, TEXT)

    assert answer.status_code == 200
    assert answer.json()["result"]["sys_mod_count"] == "0"
    assert sn.log == []


async def test_the_log_holds_what_was_replaced_by_whom_and_in_which_request(
    client: httpx.AsyncClient, sn: ServiceNow
) -> None:
    await push(client)

    (commit,) = sn.writes()
    assert commit.changes == {STATEMENT_FIELD: (TEXT, NEW)}
    assert (commit.by, commit.source, commit.action, commit.mod_count) == ("grcpush.svc", "rest", "update", 1)
    assert commit.request_id == sn.requests[-1].id


async def test_an_empty_string_clears_the_field(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    await push(client, "")

    assert sn.get(STATEMENTS, AC_2)[STATEMENT_FIELD] == ""


async def test_unknown_columns_of_the_body_are_ignored(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    answer = await client.patch(ONE, params=ECHO, json={"u_nonsense": "x", STATEMENT_FIELD: NEW})

    assert answer.status_code == 200
    assert "u_nonsense" not in sn.get(STATEMENTS, AC_2)
    assert sn.get(STATEMENTS, AC_2)[STATEMENT_FIELD] == NEW


async def test_of_an_array_only_the_first_record_counts(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    await client.patch(ONE, json=[{STATEMENT_FIELD: NEW}, {STATEMENT_FIELD: "second"}])

    assert sn.get(STATEMENTS, AC_2)[STATEMENT_FIELD] == NEW


async def test_other_json_values_are_stored_as_strings(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    await client.patch(
        ONE, json={"active": False, "u_reviewer_note": 7, "u_plain_statement": {"value": "x"}, "name": None}
    )

    row = sn.get(STATEMENTS, AC_2)
    assert (row["active"], row["u_reviewer_note"], row["name"]) == ("false", "7", "")
    assert row["u_plain_statement"] == '{"value": "x"}'


async def test_who_may_write_may_also_forge_the_stamps(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    await client.patch(ONE, json={STATEMENT_FIELD: NEW, "sys_updated_on": "2020-01-01 00:00:00", "sys_mod_count": "99"})

    row = sn.get(STATEMENTS, AC_2)
    assert row["sys_updated_on"] == "2020-01-01 00:00:00"
    assert row["sys_mod_count"] == "1"


async def test_where_the_stamps_are_for_admins_they_stay_true(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.behaviour.stamps_writable = False

    await client.patch(ONE, json={STATEMENT_FIELD: NEW, "sys_updated_on": "2020-01-01 00:00:00"})

    assert sn.get(STATEMENTS, AC_2)["sys_updated_on"] == "2026-11-22 18:03:41"


async def test_the_legacy_switch_leaves_the_stamps_where_they_are(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    await push(client, sysparm_suppress_auto_sys_field="true")

    row = sn.get(STATEMENTS, AC_2)
    assert (row[STATEMENT_FIELD], row["sys_mod_count"], row["sys_updated_by"]) == (NEW, "0", "admin")


@pytest.mark.parametrize("mode", ["drop", "403"])
async def test_a_read_only_column_is_dropped_or_refused(client: httpx.AsyncClient, sn: ServiceNow, mode: str) -> None:
    sn.world.change_column(STATEMENTS, STATEMENT_FIELD, read_only=True)
    sn.behaviour.read_only = mode  # type: ignore[assignment]

    answer = await push(client)

    assert answer.status_code == (200 if mode == "drop" else 403)
    assert sn.get(STATEMENTS, AC_2)[STATEMENT_FIELD] == TEXT


async def test_a_journal_column_appends(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    await client.patch(ONE, json={"work_notes": "first"})
    await client.patch(ONE, json={"work_notes": "second"})

    notes = sn.get(STATEMENTS, AC_2)["work_notes"]
    assert notes.index("second") < notes.index("first")
    assert notes.startswith("2026-11-22 18:03:41 - grcpush.svc (Work notes)\nsecond")


@pytest.mark.parametrize(
    ("mode", "status", "stored"),
    [("keep", 200, 300), ("cut", 200, 100), ("400", 400, len(TEXT)), ("403", 403, len(TEXT))],
)
async def test_text_longer_than_the_column(
    client: httpx.AsyncClient, sn: ServiceNow, mode: str, status: int, stored: int
) -> None:
    sn.world.change_column(STATEMENTS, STATEMENT_FIELD, max_length=100)
    sn.behaviour.over_length = mode  # type: ignore[assignment]

    answer = await push(client, "x" * 300)

    assert answer.status_code == status
    assert len(sn.get(STATEMENTS, AC_2)[STATEMENT_FIELD]) == stored


async def test_a_mandatory_column_cannot_be_cleared(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.world.change_column(STATEMENTS, STATEMENT_FIELD, mandatory=True)

    answer = await push(client, "")

    detail = "Data Policy Exception: Implementation statement is mandatory"
    assert refusal(answer) == (403, "Operation Failed", detail)


async def test_a_new_record_is_201_with_its_location(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    answer = await client.post(LIST, params={"sysparm_fields": "sys_id,number"}, json={"number": "IST-new"})

    made = answer.json()["result"]
    assert answer.status_code == 201
    assert answer.headers["location"].endswith(f"/api/now/table/{STATEMENTS}/{made['sys_id']}")
    assert sn.get(STATEMENTS, made["sys_id"])["sys_created_by"] == "grcpush.svc"


async def test_a_deleted_record_is_gone_and_the_answer_is_bare(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    answer = await client.delete(ONE)

    assert (answer.status_code, answer.content) == (204, b"")
    assert not sn.has(STATEMENTS, AC_2)
    assert sn.log[-1].changes[STATEMENT_FIELD] == (TEXT, "")


async def test_the_echo_can_be_suppressed(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    answer = await client.patch(ONE, json={STATEMENT_FIELD: NEW}, headers={"X-no-response-body": "true"})

    assert (answer.status_code, answer.content) == (200, b"")
    assert sn.get(STATEMENTS, AC_2)[STATEMENT_FIELD] == NEW


async def test_the_method_can_be_overridden_for_proxies_that_know_no_patch(
    client: httpx.AsyncClient, sn: ServiceNow
) -> None:
    await client.post(ONE, json={STATEMENT_FIELD: NEW}, headers={"X-HTTP-Method-Override": "PATCH"})

    assert sn.get(STATEMENTS, AC_2)[STATEMENT_FIELD] == NEW


async def test_dates_and_references_can_be_given_as_displayed(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.users.change("grcpush.svc", time_zone="Asia/Tokyo")
    body = {"control": "AC-3", "sys_updated_on": "2026-11-23 09:00:00"}

    await client.patch(ONE, params={"sysparm_input_display_value": "true"}, json=body)

    row = sn.get(STATEMENTS, AC_2)
    assert sn.get("sn_compliance_control", row["control"])["number"] == "AC-3"
    assert row["sys_updated_on"] == "2026-11-23 00:00:00"


async def test_two_people_editing_different_columns_both_survive(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.on("before_commit", lambda moment: sn.edit(moment.table, moment.sys_id, "u_reviewer_note", "theirs"))

    await push(client)

    row = sn.get(STATEMENTS, AC_2)
    assert (row[STATEMENT_FIELD], row["u_reviewer_note"]) == (NEW, "theirs")


@pytest.mark.parametrize(("model", "count"), [("loaded", "1"), ("database", "2")])
async def test_under_a_race_the_counter_follows_the_model(
    client: httpx.AsyncClient, sn: ServiceNow, model: str, count: str
) -> None:
    sn.behaviour.mod_count_from = model  # type: ignore[assignment]
    sn.on("before_commit", lambda moment: sn.edit(moment.table, moment.sys_id, STATEMENT_FIELD, "theirs"))

    answer = await push(client)

    assert answer.json()["result"]["sys_mod_count"] == count
    assert sn.log[-1].changes == {STATEMENT_FIELD: ("theirs", NEW)}


async def test_an_unsent_scalar_is_never_touched_by_the_wire_format(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    odd = "<p>Zeile\nmit\ttab &amp; \u00a0 &lt;!channel&gt; 👩‍💻 \u202b</p>"

    echo = await client.patch(
        ONE, params=ECHO, content=json.dumps({STATEMENT_FIELD: odd}), headers={"Content-Type": "application/json"}
    )

    assert echo.json()["result"][STATEMENT_FIELD] == odd
    assert sn.get(STATEMENTS, AC_2)[STATEMENT_FIELD] == odd

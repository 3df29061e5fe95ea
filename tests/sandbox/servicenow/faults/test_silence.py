import asyncio

import httpx
import pytest

from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS, ServiceNow

from ..conftest import AC_2, ECHO, LIST, NEW, ONE, TEXT, listed, push, refusal


def stored(sn: ServiceNow) -> str:
    return sn.get(STATEMENTS, AC_2)[STATEMENT_FIELD]


async def test_fault_12_a_dropped_field_is_answered_with_200_and_no_bump(
    client: httpx.AsyncClient, sn: ServiceNow
) -> None:
    sn.faults.on("field_acl_drop", sys_id=AC_2)

    answer = await push(client)

    result = answer.json()["result"]
    assert (answer.status_code, result[STATEMENT_FIELD], result["sys_mod_count"]) == (200, TEXT, "0")
    assert sn.log == []


async def test_fault_13_the_key_is_absent_from_reads_and_echoes(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(13)

    echo = (await push(client)).json()["result"]
    rows = await listed(client)

    assert STATEMENT_FIELD not in echo
    assert all(STATEMENT_FIELD not in row for row in rows)
    assert stored(sn) == NEW


async def test_fault_14_a_filter_on_an_unknown_column_lets_every_row_by(
    client: httpx.AsyncClient, sn: ServiceNow
) -> None:
    sn.faults.on(14, column="sys_id", method="GET")

    assert len(await listed(client, f"sys_idIN{AC_2}^ORDERBYsys_id", sysparm_fields="number")) == 6


async def test_fault_14_or_none_by(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(14, column="sys_id", method="GET", returns_no_rows=True)

    assert await listed(client, f"sys_idIN{AC_2}") == []


async def test_fault_14_an_unknown_column_is_ignored_in_body_and_fields(
    client: httpx.AsyncClient, sn: ServiceNow
) -> None:
    sn.faults.on(14)

    echo = (await push(client)).json()["result"]

    assert STATEMENT_FIELD not in echo
    assert stored(sn) == TEXT


@pytest.mark.parametrize(
    ("mode", "status", "kept"), [("cut", 200, NEW[:20]), ("keep", 200, NEW), ("400", 400, TEXT), ("403", 403, TEXT)]
)
async def test_fault_15_too_long_is_cut_kept_or_refused(
    client: httpx.AsyncClient, sn: ServiceNow, mode: str, status: int, kept: str
) -> None:
    sn.faults.on(15, length=20, mode=mode)

    answer = await push(client)

    assert answer.status_code == status
    assert stored(sn) == kept


async def test_fault_15_can_be_known_from_the_dictionary(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    fault = sn.faults.on(15, length=20, in_dictionary=True)
    on = sn.schema.column(STATEMENTS, STATEMENT_FIELD).max_length
    fault.off()

    assert (on, sn.schema.column(STATEMENTS, STATEMENT_FIELD).max_length) == (20, 65536)


async def test_fault_16_the_sanitiser_strips_what_is_not_allowed(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(16, mode="strip")

    await push(client, '<p onclick="x()" data-x="1" style="color: red">Kept<script>gone()</script></p>')
    clean = await push(client, "<p>Kept &amp; <br/> as&nbsp;sent</p>")

    assert sn.log[0].changes[STATEMENT_FIELD][1] == '<p style="color: red">Kept</p>'
    assert clean.json()["result"][STATEMENT_FIELD] == "<p>Kept &amp; <br/> as&nbsp;sent</p>"


async def test_fault_16_or_writes_everything_anew(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(16)

    await push(client, "<p>Prüfung<br>zwei</p><ul><li>a</li></ul>")

    assert stored(sn) == "<p>Pr&uuml;fung<br />zwei</p>\n<ul>\n<li>a</li>\n</ul>"


async def test_fault_16_or_only_spells_characters_another_way(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(16, mode="churn")

    await push(client, "<p>„Prüfung”&nbsp;A – &quot;B&quot;</p>")

    assert stored(sn) == "<p>&bdquo;Pr&uuml;fung&rdquo;&#160;A &ndash; &#34;B&#34;</p>"


async def test_fault_17_a_rule_adds_a_footer(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(17, footer="<p>Footer</p>")

    echo = (await push(client)).json()["result"]

    assert echo[STATEMENT_FIELD] == stored(sn) == NEW + "<p>Footer</p>"
    assert echo["sys_mod_count"] == "1"


async def test_fault_18_a_rule_saves_again_at_once(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(18, saves=2)

    echo = (await push(client)).json()["result"]

    assert (echo["sys_mod_count"], echo["sys_updated_by"], echo[STATEMENT_FIELD]) == ("3", "system", NEW)
    assert [commit.source for commit in sn.log] == ["rest", "rule", "rule"]


async def test_fault_18_or_a_little_later(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(18, delay=0.1)

    echo = (await push(client)).json()["result"]
    await asyncio.sleep(0.15)

    assert echo["sys_mod_count"] == "1"
    assert sn.get(STATEMENTS, AC_2)["sys_mod_count"] == "2"


async def test_fault_19_a_write_of_the_same_value_counts(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(19)

    assert (await push(client, TEXT)).json()["result"]["sys_mod_count"] == "1"
    sn.faults.off(19)
    assert (await push(client, TEXT)).json()["result"]["sys_mod_count"] == "1"


async def test_fault_20_outside_its_state_the_text_is_dropped(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(20, state="draft")

    assert (await push(client)).status_code == 200
    assert stored(sn) == TEXT
    sn.edit(STATEMENTS, AC_2, "state", "draft")
    await push(client)
    assert stored(sn) == NEW


async def test_fault_20_or_refused_by_a_rule(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.faults.on(20, mode="403")

    status, message, detail = refusal(await push(client))

    assert (status, message) == (403, "Operation Failed")
    assert detail is not None
    assert detail.startswith(f"Operation against file '{STATEMENTS}' was aborted by Business Rule 'Lock statements")
    assert "Business Rule Stack:" in detail


@pytest.mark.parametrize("in_dictionary", [True, False])
async def test_fault_21_a_journal_grows_with_each_write(
    client: httpx.AsyncClient, sn: ServiceNow, in_dictionary: bool
) -> None:
    sn.faults.on(21, in_dictionary=in_dictionary)

    await push(client)
    await push(client)

    assert stored(sn).count(NEW) == 2
    assert stored(sn).endswith(TEXT)


async def test_a_fault_is_for_the_record_it_was_switched_on_for(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    fault = sn.faults.on(12, sys_id="0" * 32)

    await client.patch(ONE, params=ECHO, json={STATEMENT_FIELD: NEW})

    assert stored(sn) == NEW
    assert fault.hits == 0


async def test_a_fault_waits_for_the_nth_call_and_ends_after_its_times(
    client: httpx.AsyncClient, sn: ServiceNow
) -> None:
    third = sn.faults.on(12, nth=3)

    counts = [(await push(client, f"{NEW}{at}")).json()["result"]["sys_mod_count"] for at in range(4)]

    assert counts == ["1", "2", "2", "3"]
    assert third.hits == 1


async def test_chance_is_repeatable_with_a_seed(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    async def run() -> list[int]:
        sn.faults.clear()
        sn.faults.seed(42)
        sn.faults.on(26, probability=0.5)
        return [(await client.get(LIST)).status_code for _ in range(20)]

    first = await run()

    assert first == await run()
    assert set(first) == {200, 500}


def test_the_catalogue_is_complete_and_says_what_each_means(sn: ServiceNow) -> None:
    catalogue = sn.faults.catalogue

    assert [kind.number for kind in catalogue] == [number for number in range(1, 51) if number != 46]
    assert len({kind.name for kind in catalogue}) == 49
    assert all(kind.meaning.endswith(".") and len(kind.meaning) < 140 for kind in catalogue)


def test_an_unknown_fault_or_setting_is_an_error(sn: ServiceNow) -> None:
    with pytest.raises(ValueError, match="no fault 46"):
        sn.faults.on(46)
    with pytest.raises(TypeError):
        sn.faults.on(12, colour="red")

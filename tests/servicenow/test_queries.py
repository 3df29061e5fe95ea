import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ConfigurationError
from core.servicenow.queries import Scope, all_of, among, instant, sys_id, term

CARRIED = st.text(st.characters(exclude_characters="^", exclude_categories=["Cc", "Cs"])).filter(
    lambda value: not value.strip().lower().startswith("javascript:")
)


@given(CARRIED)
def test_a_value_is_carried_as_it_is_and_opens_no_other_condition(value):
    assert term("number", "=", value) == f"number={value}"
    assert term("number", "=", value).count("^") == 0


@given(CARRIED, CARRIED)
def test_a_value_that_holds_a_caret_is_refused(before, after):
    with pytest.raises(ValueError, match="caret"):
        term("number", "=", f"{before}^{after}")


@given(st.lists(CARRIED.filter(lambda value: "," not in value), min_size=1))
def test_a_list_holds_as_many_values_as_were_put_in(values):
    assert among("number", values).removeprefix("numberIN").split(",") == values


@given(CARRIED, CARRIED)
def test_a_list_value_that_holds_a_comma_is_refused(before, after):
    with pytest.raises(ValueError, match="comma"):
        among("number", ["one", f"{before},{after}"])


@pytest.mark.parametrize("value", ["javascript:gs.sleep(9)", " JavaScript:x", "a\nb", "a\x00"])
def test_a_value_that_servicenow_would_run_or_break_on_is_refused(value):
    with pytest.raises(ValueError, match="filter"):
        term("number", "=", value)


@pytest.mark.parametrize("column", ["", "a b", "a^b", "Name", "a..b", "a.", "a=b"])
def test_a_column_that_is_no_name_is_refused(column):
    with pytest.raises(ValueError, match="column"):
        term(column, "=", "x")


@pytest.mark.parametrize("value", ["", "../x", "a/b", "a,b", "a^b", "a" * 65, "é"])
def test_only_identifiers_go_into_addresses(value):
    with pytest.raises(ValueError, match="sys_id"):
        sys_id(value)


def test_an_instant_is_written_in_utc_with_whole_seconds():
    berlin = dt.timezone(dt.timedelta(hours=1))

    assert instant(dt.datetime(2026, 11, 22, 19, 3, 41, 999_999, berlin)) == "2026-11-22 18:03:41"


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        instant(dt.datetime(2026, 11, 22))  # noqa: DTZ001 -- that is the point


def test_empty_conditions_leave_no_trace():
    assert all_of("", "a=1", "", "b=2") == "a=1^b=2"


def test_a_narrowed_scope_binds_every_group():
    scope = Scope.parse("state=draft^ORstate=review^NQowner=me^active=true^EQ")

    assert scope.narrowed("sys_id>a") == "sys_id>a^state=draft^ORstate=review^NQsys_id>a^owner=me^active=true"


def test_an_empty_scope_only_holds_what_is_added():
    assert Scope.parse("").narrowed("sys_id>a", "sys_id<=b") == "sys_id>a^sys_id<=b"
    assert Scope.parse(" ").narrowed() == ""


def test_a_scope_names_its_columns():
    scope = Scope.parse("state=draft^ORcontrol.status=x^NQu_ownerISNOTEMPTY^123TEXTQUERY321=abc")

    assert scope.columns() == {"state", "control.status", "u_owner"}


@pytest.mark.parametrize("query", ["state=draft^ORDERBYnumber", "ORDERBYDESCnumber", "a=b^GROUPBYstate"])
def test_a_scope_may_not_bring_its_own_order(query):
    with pytest.raises(ConfigurationError) as refused:
        Scope.parse(query)
    assert "GRCPUSH_SERVICENOW_QUERY" in refused.value.next_step

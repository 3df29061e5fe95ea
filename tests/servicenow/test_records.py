import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.config import Settings
from core.errors import ConfigurationError, RemoteMalformed
from core.servicenow.records import FieldMap, parse_time, plain
from tests.servicenow.odd_server import row

SHAPE = FieldMap.from_settings(Settings(servicenow_writable_when="state=draft"))


def test_a_row_becomes_a_version_with_its_stamp():
    version = SHAPE.version(row("b" * 32, "<p>x</p>", sys_mod_count="7", state="draft"))

    assert (version.sys_id, version.text, version.is_writable) == ("b" * 32, "<p>x</p>", True)
    assert version.stamp.mod_count == 7
    assert version.stamp.updated_on == dt.datetime(2026, 11, 22, 18, 3, 41, tzinfo=dt.UTC)
    assert version.stamp.created_on == dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
    assert (version.control_number, version.control_name, version.system_name) == ("CTRL0001", "Accounts", "Payroll")


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_text_comes_through_unchanged(text):
    assert SHAPE.version(row(text=text)).text == text


@given(st.text(st.characters()))
def test_any_text_can_be_stored_and_is_as_long_as_it_was(text):
    stored = plain(text)

    assert len(stored) == len(text)
    assert "\x00" not in stored
    assert stored.encode("utf-8").decode("utf-8") == stored


@given(st.datetimes(min_value=dt.datetime(1000, 1, 1), max_value=dt.datetime(9999, 1, 1)))  # noqa: DTZ001 -- zone added below
def test_every_raw_time_is_read_as_utc(moment):
    moment = moment.replace(microsecond=0)

    assert parse_time(moment.strftime("%Y-%m-%d %H:%M:%S")) == moment.replace(tzinfo=dt.UTC)


def test_an_empty_time_is_no_time():
    assert parse_time("") is None


@pytest.mark.parametrize(
    "value",
    [
        "22-11-2026 13:05:09", "2026-11-22T18:03:41Z", "2026-11-22 18:03", "2026-11-22 06:03:41 PM", "2026-13-01 00:00:00",
        "2026-11-22 18:03:41.5", "٢٠٢٦-11-22 18:03:41", "yesterday",
    ],
)  # fmt: skip
def test_a_time_in_a_display_format_is_refused_and_never_guessed(value):
    with pytest.raises(RemoteMalformed, match="raw form"):
        parse_time(value)


def test_a_row_without_our_field_says_that_read_access_is_missing():
    hidden = row()
    del hidden["u_implementation_statement"]

    with pytest.raises(RemoteMalformed, match="u_implementation_statement") as malformed:
        SHAPE.version(hidden)
    assert "read access" in malformed.value.next_step


@pytest.mark.parametrize("count", ["1,234", "-1", "x", "٣"])
def test_an_odd_update_count_is_refused(count):
    with pytest.raises(RemoteMalformed, match="sys_mod_count"):
        SHAPE.version(row(sys_mod_count=count))


def test_a_missing_update_count_is_refused():
    bare = row()
    del bare["sys_mod_count"]

    with pytest.raises(RemoteMalformed, match="sys_mod_count"):
        SHAPE.version(bare)


def test_a_reference_that_comes_with_its_link_is_understood():
    assert plain({"link": "https://x/api", "value": "abc"}) == "abc"


@pytest.mark.parametrize("column", ["sys_updated_on", "sys_id", "sys_mod_count"])
def test_a_system_column_cannot_be_the_statement(column):
    with pytest.raises(ConfigurationError, match=column):
        FieldMap.from_settings(Settings(servicenow_field=column))


@pytest.mark.parametrize("setting", ["control_id_field", "control_name_field", "system_field"])
@pytest.mark.parametrize("column", ["Control.Number", "a,sys_id", "a b", "a^b", "control."])
def test_what_is_no_column_is_refused_at_the_start(setting, column):
    with pytest.raises(ConfigurationError, match=setting.upper()):
        FieldMap.from_settings(Settings(**{f"servicenow_{setting}": column}))


def test_a_context_column_may_be_left_out():
    shape = FieldMap.from_settings(Settings(servicenow_system_field=""))

    assert shape.version(row()).system_name == ""
    assert "" not in shape.columns


def test_every_column_of_the_mapping_is_read_once():
    columns = SHAPE.columns

    assert {"sys_id", "u_implementation_statement", "sys_mod_count", "state", "control.number"} <= set(columns)
    assert len(columns) == len(set(columns))

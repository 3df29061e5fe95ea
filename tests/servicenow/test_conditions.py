import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ConfigurationError
from core.servicenow.conditions import Condition

WORDS = st.text("abcdefghijklmnopqrstuvwxyz_0123456789", min_size=1)


@pytest.mark.parametrize(
    ("condition", "row", "holds"),
    [
        ("", {}, True),
        ("state=draft", {"state": "draft"}, True),
        ("state=draft", {"state": "Draft"}, True),
        ("state=draft", {"state": "review"}, False),
        ("state=", {"state": ""}, True),
        ("state!=retired", {"state": "draft"}, True),
        ("state!=retired", {"state": ""}, True),
        ("state!=retired", {"state": "retired"}, False),
        ("stateINdraft,review", {"state": "review"}, True),
        ("stateINdraft,review", {"state": "monitor"}, False),
        ("ownerISEMPTY", {"owner": ""}, True),
        ("ownerISEMPTY", {"owner": "x"}, False),
        ("ownerISNOTEMPTY", {"owner": "x"}, True),
        ("ownerISNOTEMPTY", {"owner": ""}, False),
        ("state=draft^active=true", {"state": "draft", "active": "true"}, True),
        ("state=draft^active=true", {"state": "draft", "active": "false"}, False),
        ("state=draft^ORstate=review^active=true", {"state": "review", "active": "true"}, True),
        ("state=draft^ORstate=review^active=true", {"state": "draft", "active": "false"}, False),
        ("control.state=draft^EQ", {"control.state": "draft"}, True),
    ],
)
def test_a_condition_is_decided_from_the_record(condition, row, holds):
    assert Condition.parse(condition).holds(row) is holds


@pytest.mark.parametrize(
    "condition", ["state=draft", "state!=draft", "stateINdraft", "stateISEMPTY", "stateISNOTEMPTY"]
)
def test_a_column_that_is_not_shown_makes_nothing_writable(condition):
    assert Condition.parse(condition).holds({}) is False


@pytest.mark.parametrize(
    "condition",
    [
        "stateLIKEdr", "state>3", "stateSTARTSWITHd", "stateNOT INa,b", "sys_updated_on>=javascript:gs.daysAgo(1)",
        "state=javascript:gs.x()", "state=draft^NQstate=review", "state=draft^ORDERBYnumber", "draft", "stateISEMPTYx",
        "^", "ORstate=draft", "State=draft",
    ],
)  # fmt: skip
def test_a_condition_that_cannot_be_checked_here_is_refused_with_an_example(condition):
    with pytest.raises(ConfigurationError) as refused:
        Condition.parse(condition)
    assert "state=draft" in refused.value.next_step


def test_what_a_record_does_not_meet_is_named_with_what_it_holds():
    condition = Condition.parse("state=draft^ORstate=new^ownerISNOTEMPTY")

    assert condition.unmet({"state": "review", "owner": ""}) == "state is “review”"
    assert condition.unmet({"state": "draft", "owner": ""}) == "owner is empty"
    assert condition.unmet({"owner": "x"}) == "state is not shown to the service account"
    assert condition.unmet({"state": "new", "owner": "x"}) == ""


@given(WORDS, WORDS)
def test_equal_and_unequal_are_opposites(wanted, found):
    row = {"state": found}

    assert Condition.parse(f"state={wanted}").holds(row) is not Condition.parse(f"state!={wanted}").holds(row)


def test_the_columns_to_read_are_named_once():
    assert Condition.parse("state=a^ORstate=b^ownerISEMPTY").columns == ("state", "owner")

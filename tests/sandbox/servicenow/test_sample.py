import re

import pytest

from sandbox.data import Sample, load
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS, ServiceNow


@pytest.fixture(scope="module")
def world() -> tuple[ServiceNow, Sample]:
    sn = ServiceNow()
    return sn, load(sn)


def test_there_are_three_systems_and_more_than_sixty_statements(world: tuple[ServiceNow, Sample]) -> None:
    _, sample = world

    assert {statement.system for statement in sample.statements} == {
        "Payroll Cloud",
        "Citizen Portal",
        "Data Warehouse",
    }
    assert len(sample.statements) >= 60
    assert len({statement.sys_id for statement in sample.statements}) == len(sample.statements)
    assert all(re.fullmatch(r"[A-Z]{2}-\d+(\(\d+\))?", statement.control) for statement in sample.statements)


def test_the_server_holds_them_with_their_controls_and_systems(world: tuple[ServiceNow, Sample]) -> None:
    sn, sample = world

    for statement in sample.statements:
        row = sn.get(STATEMENTS, statement.sys_id)
        control = sn.get("sn_compliance_control", row["control"])
        assert row[STATEMENT_FIELD] == statement.html
        assert (control["number"], control["name"]) == (statement.control, statement.control_name)
        assert sn.get("sn_grc_profile", control["system"])["name"] == statement.system
    assert sn.log == []


@pytest.mark.parametrize(
    "mark",
    [
        "<ol", "<ul>\n<li>", "<table>", "<thead>", 'colspan="2"', "<a href=", "<strong>", "<em>", "<br>", "<h3>", "<pre>",
        "<code>", "<blockquote>", "<sup>", "🎣", 'dir="rtl"', "&lt;!channel&gt;", "&lt;@U123&gt;", "&amp;lt;", "<img ",
        'style="color:', "&nbsp;",
    ],
)  # fmt: skip
def test_the_texts_are_of_every_kind(world: tuple[ServiceNow, Sample], mark: str) -> None:
    assert any(mark in statement.html for statement in world[1].statements)


def test_one_is_empty_and_one_is_very_long(world: tuple[ServiceNow, Sample]) -> None:
    lengths = sorted(len(statement.html) for statement in world[1].statements)

    assert lengths[0] == 0
    assert lengths[-1] >= 20_000
    assert lengths[-2] < 3_000


def test_some_have_local_edits_and_some_of_these_are_changed_by_somebody_else(world: tuple[ServiceNow, Sample]) -> None:
    _, sample = world
    local = {edit.sys_id: edit for edit in sample.local_edits}

    assert 12 <= len(local) <= 16
    assert 3 <= len(sample.remote_edits) <= 4
    for edit in sample.remote_edits:
        base = sample.statement(edit.system, edit.control).html
        assert edit.author == "jane.roe"
        assert len({base, edit.html, local[edit.sys_id].html}) == 3
    assert all(edit.html != sample.statement(edit.system, edit.control).html for edit in sample.local_edits)
    assert {edit.author for edit in sample.local_edits} == {"editor@example.com", "requester@example.com"}


def test_one_of_the_conflicts_touches_other_paragraphs_than_the_local_edit(world: tuple[ServiceNow, Sample]) -> None:
    _, sample = world
    local = {edit.sys_id: edit.html.splitlines() for edit in sample.local_edits}

    mergeable = []
    for edit in sample.remote_edits:
        base, ours, theirs = (
            sample.statement(edit.system, edit.control).html.splitlines(),
            local[edit.sys_id],
            edit.html.splitlines(),
        )
        if len(base) == len(ours) == len(theirs):
            touched = [{at for at, line in enumerate(side) if line != base[at]} for side in (ours, theirs)]
            gap = min(abs(one - other) for one in touched[0] for other in touched[1])
            if gap > 1:
                mergeable.append((edit.system, edit.control))
    assert mergeable == [("Payroll Cloud", "AC-2(3)")]


def test_somebody_else_can_make_the_conflicts() -> None:
    sn = ServiceNow()
    sample = load(sn)

    sample.apply_remote_edits(sn)

    assert len(sn.log) == len(sample.remote_edits)
    assert sn.get(STATEMENTS, sample.remote_edits[0].sys_id)["sys_updated_by"] == "jane.roe"
    assert sample.sys_id("Payroll Cloud", "AC-2(3)") == sample.remote_edits[0].sys_id
    with pytest.raises(KeyError):
        sample.sys_id("Payroll Cloud", "ZZ-9")

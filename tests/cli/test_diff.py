"""`grcpush diff`, `history` and `revert`: what is changed in a statement, and who changed it."""

import json

import pytest
from rich.console import Console
from rich.text import Text

from core.usecases.pulling.pull import pull
from core.usecases.statements.edits import get_statement, save_edit
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import ServiceNow
from tests.cast import Cast
from tests.cli.conftest import CommandLine

NAME = "Payroll Cloud/AC-3"


async def test_a_difference_is_shown_between_signs_where_there_is_no_colour(
    cli: CommandLine, core: Core, cast: Cast
) -> None:
    statement = await get_statement(core, NAME)
    changed = statement.baseline.replace("</p>", " And one \u202emore\u202c rule.</p>", 1)
    await save_edit(core, cast.editor, statement.id, changed, source="test")

    done = await cli("diff", NAME)

    assert done.status == 0
    assert "Payroll Cloud/AC-3: a push would change (+4 / -0 words)" in done.out
    assert "{+And one more rule.+}" in done.out.replace("{+ ", "{+")
    assert "\u202e" not in done.out


async def test_a_difference_is_shown_in_colour_on_a_terminal(
    cli: CommandLine, core: Core, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement = await get_statement(core, NAME)
    await save_edit(core, cast.editor, statement.id, "<p>New.</p>", source="test")
    monkeypatch.setattr("bot.cli.diffs.out", coloured())

    done = await cli("diff", NAME)

    assert "\x1b[1;32mNew.\x1b[0m" in done.out
    assert "\x1b[9;31m" in done.out
    assert "{+" not in done.out


def coloured(width: int = 80) -> Console:
    return Console(force_terminal=True, color_system="standard", highlight=False, soft_wrap=True, width=width)


async def test_on_a_terminal_lines_break_between_words_beside_their_margin(
    cli: CommandLine, core: Core, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement = await get_statement(core, NAME)
    await save_edit(core, cast.editor, statement.id, "<p>All of these words are new to us.</p>", source="test")
    monkeypatch.setattr("bot.cli.diffs.out", coloured(width=22))

    done = await cli("diff", NAME)

    rows = [Text.from_ansi(line).plain for line in done.out.splitlines()]
    at = next(number for number, row in enumerate(rows) if row.startswith("+ "))
    assert [row.rstrip() for row in rows[at : at + 2]] == ["+ All of these words", "  are new to us."]


async def test_a_conflict_names_who_changed_the_record_in_servicenow(
    cli: CommandLine, core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    change = sample.remote_edits[0]
    name = f"{change.system}/{change.control}"
    statement = await get_statement(core, name)
    await save_edit(core, cast.editor, statement.id, "<p>New.</p>", source="test")
    sample.apply_remote_edits(servicenow)
    await pull(core)

    done = await cli("diff", name)

    assert f"{name} is in conflict: both sides changed it, jane.roe in ServiceNow at 20" in done.out


async def test_unchanged_text_is_counted_unless_all_of_it_is_wanted(cli: CommandLine, core: Core, cast: Cast) -> None:
    statement = await get_statement(core, "Payroll Cloud/AC-2")
    changed = statement.baseline.replace("Guest accounts", "Visitor accounts")
    await save_edit(core, cast.editor, statement.id, changed, source="test")

    folded, whole = await cli("diff", "Payroll Cloud/AC-2"), await cli("diff", "Payroll Cloud/AC-2", "--whole")

    assert "unchanged" in folded.out
    assert "unchanged" not in whole.out
    assert len(whole.out) > len(folded.out)


async def test_the_difference_as_json_rebuilds_both_texts(cli: CommandLine, core: Core, cast: Cast) -> None:
    statement = await get_statement(core, NAME)
    await save_edit(core, cast.editor, statement.id, "<p>New <b>words</b>.</p>", source="test")

    found = json.loads((await cli("diff", NAME, "--json")).out)

    assert found["state"] == "modified"
    runs = [run for block in found["change"]["blocks"] for run in block["runs"]]
    assert "".join(run["text"] for run in runs if run["kind"] in ("same", "added")) == "New words."
    assert "conflict" not in found


async def test_only_formatting_is_said_in_words(cli: CommandLine, core: Core, cast: Cast) -> None:
    statement = await get_statement(core, NAME)
    bold = statement.baseline.replace("<p>", "<p><b>", 1).replace("</p>", "</b></p>", 1)
    await save_edit(core, cast.editor, statement.id, bold, source="test")

    done = await cli("diff", NAME)

    assert "Only the formatting changes" in done.out
    assert "bold" in done.out


async def test_a_conflict_is_shown_three_way_with_the_text_that_keeps_both(cli: CommandLine, conflicted: str) -> None:
    shown = await cli("diff", conflicted)
    found = json.loads((await cli("diff", conflicted, "--json")).out)

    for title in ("In ServiceNow now", "Local version", "Keep both would change in ServiceNow"):
        assert title in shown.out
    assert "{+ten+}" in shown.out
    assert found["state"] == "conflict"
    assert found["remote_updated_by"] == "jane.roe"
    assert found["merge"]["change"]["added_words"] > 0


async def test_a_statement_without_an_edit_says_so(cli: CommandLine) -> None:
    assert "has no local edit" in (await cli("diff", NAME)).out
    assert "Nobody edited" in (await cli("history", NAME)).out


async def test_the_history_lists_who_saved_what_from_where(cli: CommandLine, core: Core, cast: Cast) -> None:
    statement = await get_statement(core, NAME)
    await save_edit(core, cast.editor, statement.id, "<p>One.</p>", source="slack")
    await save_edit(core, cast.requester, statement.id, "<p>One two.</p>", source="import")

    reverted = await cli("revert", NAME, actor="editor")
    shown = await cli("history", NAME)
    found = json.loads((await cli("history", NAME, "--json", "--limit", "2")).out)

    assert "back to the text in ServiceNow" in reverted.out
    lines = [line for line in shown.out.splitlines() if "UTC" in line]
    assert [("Editor" in line, "Requester" in line) for line in lines] == [(True, False), (False, True), (True, False)]
    assert "local edit given up" in lines[0]
    assert "+1 / -0 words" in lines[1]
    assert "in Slack" in lines[2]
    assert found["total_count"] == 3
    assert [save["source"] for save in found["saves"]] == ["revert", "import"]


async def test_on_a_terminal_each_listed_statement_has_one_line(
    cli: CommandLine, core: Core, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement = await get_statement(core, NAME)
    await save_edit(core, cast.editor, statement.id, f"<p>{'Many words. ' * 30}</p>", source="test")
    monkeypatch.setattr("bot.cli.work.out", coloured())

    done = await cli("list")

    line = Text.from_ansi(done.out.splitlines()[1]).plain.rstrip()
    assert line.startswith(NAME)
    assert line.endswith("…")
    assert Text.from_ansi(done.out.splitlines()[2]).plain == "1 modified, 0 in conflict."

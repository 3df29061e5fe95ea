"""`grcpush edit`, `diff`, `history` and `revert` as people use them, with an editor that types for them."""

import asyncio
import json
import re
import stat
import sys
from pathlib import Path

import pytest
from rich.console import Console

from core.usecases.drafts import check_statements
from core.usecases.edits import get_statement, list_edits, save_edit
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS, ServiceNow
from tests.cast import Cast
from tests.cli.conftest import CommandLine

NAME, TABLE, IMAGE = "Payroll Cloud/AC-3", "Citizen Portal/CM-7", "Data Warehouse/SC-7"
KEPT = re.compile(r"kept in (\S+)")


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Sets an editor that does to the file what the given piece of Python does to `text` and `path`."""

    def typing(code: str) -> None:
        script = tmp_path / "editor with a space.py"
        script.write_text(
            f"import pathlib, sys\npath = pathlib.Path(sys.argv[-1])\ntext = path.read_text()\n{code}\n",
            encoding="utf-8",
        )
        monkeypatch.setenv("EDITOR", f"{sys.executable} '{script}'")
        monkeypatch.delenv("VISUAL", raising=False)

    return typing


def kept_file(err: str) -> Path:
    found = KEPT.search(err.replace("\n", " "))
    assert found, err
    return Path(found[1])


def is_gone(path: str) -> bool:
    return not Path(path).exists() and not Path(path).parent.exists()


async def test_a_statement_is_written_in_the_persons_editor_as_markdown(cli: CommandLine, core: Core, editor) -> None:
    editor("assert path.suffix == '.md'\npath.write_text(text + '\\n* A **new** rule\\n')")

    done = await cli("edit", NAME, actor="editor")

    assert done.status == 0
    assert "saved, +3 / -0 words" in done.out
    local = (await get_statement(core, NAME)).local
    assert local is not None
    assert "<strong>new</strong> rule" in local
    (edit,) = await list_edits(core, (await get_statement(core, NAME)).id)
    assert edit.source == "cli"


@pytest.mark.parametrize("name", [NAME, TABLE])
@pytest.mark.parametrize("code", ["pass", r"path.write_bytes(text.encode().replace(b'\n', b'\r\n') + b'\r\n')"])
async def test_closing_the_editor_without_a_change_changes_nothing(
    cli: CommandLine, core: Core, editor, name: str, code: str
) -> None:
    editor(code)
    before = await get_statement(core, name)

    done = await cli("edit", name, actor="editor")

    assert (done.status, "nothing changed" in done.out) == (0, True)
    assert await get_statement(core, name) == before


async def test_what_markdown_cannot_carry_is_written_as_html(cli: CommandLine, core: Core, editor) -> None:
    editor("assert path.suffix == '.html'\npath.write_text(text.replace('<td>5432</td>', '<td>6432</td>'))")

    done = await cli("edit", TABLE, actor="editor")

    assert done.status == 0
    assert "<td>6432</td>" in str((await get_statement(core, TABLE)).local)


async def test_the_file_is_readable_by_its_owner_only_and_gone_after_a_save(
    cli: CommandLine, editor, tmp_path: Path
) -> None:
    note = tmp_path / "note"
    editor(f"import pathlib\npathlib.Path({str(note)!r}).write_text(f'{{path}} {{oct(path.parent.stat().st_mode)}}')")

    await cli("edit", NAME, actor="editor")

    path, mode = note.read_text().rsplit(" ", 1)
    assert stat.S_IMODE(int(mode, 8)) == 0o700
    assert is_gone(path)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("path.write_text('Half a thought.'); sys.exit(3)", "ended with status 3"),
        ("path.write_text('Half a thought. ![plan](plan.png)')", "image"),
        ("path.write_bytes(b'Half a thought. \\xff\\xfe')", "cannot be read"),
    ],
)
async def test_a_save_that_fails_or_is_refused_keeps_what_was_typed_and_says_where(
    cli: CommandLine, core: Core, editor, code: str, said: str
) -> None:
    editor(code)

    done = await cli("edit", NAME, actor="editor")

    assert done.status in (1, 2)
    assert said in done.err
    assert b"Half a thought." in kept_file(done.err).read_bytes()
    assert (await get_statement(core, NAME)).local is None


async def test_an_emptied_text_is_refused_unless_it_is_meant(cli: CommandLine, core: Core, editor) -> None:
    editor("path.write_text('\\n')")

    refused = await cli("edit", NAME, actor="editor")
    assert refused.status == 1
    assert (await get_statement(core, NAME)).local is None

    meant = await cli("edit", NAME, "--allow-empty", actor="editor")
    assert meant.status == 0
    assert (await get_statement(core, NAME)).local == ""


async def test_who_saved_meanwhile_is_told_with_both_texts_and_nothing_is_overwritten(
    cli: CommandLine, core: Core, cast: Cast, editor, tmp_path: Path
) -> None:
    waiting, go = tmp_path / "waiting", tmp_path / "go"
    editor(
        f"import time\npath.write_text('What I wrote.')\npathlib.Path({str(waiting)!r}).touch()\n"
        f"while not pathlib.Path({str(go)!r}).exists(): time.sleep(0.02)"
    )
    command = asyncio.create_task(cli("edit", NAME, actor="editor"))
    async with asyncio.timeout(20):
        while not waiting.exists():  # noqa: ASYNC110 -- another thread makes the file
            await asyncio.sleep(0.02)
    statement = await get_statement(core, NAME)
    await save_edit(core, cast.requester, statement.id, "<p>What they wrote.</p>", source="slack")
    go.touch()
    done = await command

    assert done.status == 1
    assert "Requester saved another text" in done.err
    assert "What they wrote." in done.err
    assert "[-they-]{+I+} wrote." in done.err
    assert kept_file(done.err).read_text() == "What I wrote."
    assert (await get_statement(core, NAME)).local == "<p>What they wrote.</p>"


async def test_the_kept_file_can_be_saved_afterwards(cli: CommandLine, core: Core, editor) -> None:
    editor("path.write_text('Half a *thought*.'); sys.exit(1)")
    path = kept_file((await cli("edit", NAME, actor="editor")).err)

    done = await cli("edit", NAME, "--from", str(path), actor="editor")

    assert done.status == 0
    assert (await get_statement(core, NAME)).local == "<p>Half a <em>thought</em>.</p>"


async def test_a_file_with_the_present_text_changes_nothing(cli: CommandLine, core: Core, tmp_path: Path) -> None:
    before = await get_statement(core, TABLE)
    path = tmp_path / "text.html"
    path.write_text(before.baseline, encoding="utf-8")

    done = await cli("edit", TABLE, "--from", str(path), actor="editor")

    assert "nothing changed" in done.out
    assert await get_statement(core, TABLE) == before


@pytest.mark.parametrize(
    ("name", "actor", "said"),
    [(IMAGE, "editor", "image"), (NAME, "approver", "role"), (NAME, "", "who you are"), ("AC-2", "editor", "several")],
)
async def test_who_may_not_or_cannot_edit_learns_it_before_the_editor_opens(
    cli: CommandLine, editor, name: str, actor: str, said: str
) -> None:
    editor("raise SystemExit('the editor must not be opened')")

    done = await cli("edit", name, actor=actor)

    assert done.status in (1, 2)
    assert said in done.err
    assert "kept in" not in done.err


async def test_without_an_editor_the_command_says_how_to_name_one(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.delenv("VISUAL", raising=False)

    done = await cli("edit", NAME, actor="editor")

    assert done.status == 2
    assert "Set EDITOR" in done.err


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


def coloured() -> Console:
    return Console(force_terminal=True, color_system="standard", highlight=False, soft_wrap=True)


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


async def a_conflict(core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow) -> None:
    for edit in sample.local_edits:
        if edit.control == "AC-2(3)":
            statement = await get_statement(core, edit.sys_id)
            await save_edit(core, cast.editor, statement.id, edit.html, source="test")
            sample.apply_remote_edits(servicenow)
            await check_statements(core, cast.requester, [statement.id])


async def test_a_conflict_is_shown_three_way_with_the_text_that_keeps_both(
    cli: CommandLine, core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    await a_conflict(core, cast, sample, servicenow)

    shown = await cli("diff", "Payroll Cloud/AC-2(3)")
    found = json.loads((await cli("diff", "Payroll Cloud/AC-2(3)", "--json")).out)

    for title in ("In ServiceNow now", "Your version", "Keep both would change in ServiceNow"):
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


async def test_an_edit_of_a_conflicted_statement_says_where_it_is_settled(
    cli: CommandLine, core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow, editor
) -> None:
    await a_conflict(core, cast, sample, servicenow)
    editor("path.write_text('Both together.')")

    done = await cli("edit", "Payroll Cloud/AC-2(3)", actor="editor")

    assert done.status == 0
    assert "in conflict" in done.out
    theirs = servicenow.get(STATEMENTS, sample.sys_id("Payroll Cloud", "AC-2(3)"))[STATEMENT_FIELD]
    assert "ten years" in theirs

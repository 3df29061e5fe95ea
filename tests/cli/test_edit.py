"""`grcpush edit` as people use it, with an editor that types for them."""

import asyncio
import json
import re
import stat
import sys
import tempfile
from pathlib import Path

import pytest

from core.usecases.statements.edits import get_statement, save_edit
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS, ServiceNow
from tests.cast import Cast, list_edits
from tests.cli.conftest import CommandLine

NAME, TABLE, IMAGE = "Payroll Cloud/AC-3", "Citizen Portal/CM-7", "Data Warehouse/SC-7"
KEPT = re.compile(r"is kept: (\S+)")


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
    async with asyncio.timeout(60):
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
    assert "is kept" not in done.err


async def test_without_an_editor_the_command_says_how_to_name_one(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.delenv("VISUAL", raising=False)

    done = await cli("edit", NAME, actor="editor")

    assert done.status == 2
    assert "Set EDITOR" in done.err


async def test_a_fault_of_a_file_is_not_told_as_one_of_the_database(
    cli: CommandLine, editor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor("raise SystemExit('the editor must not be opened')")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "no-such-folder"))

    done = await cli("edit", NAME, actor="editor")

    assert done.status == 1
    assert "no-such-folder" in done.err
    assert "No such file or directory." in done.err
    assert "database" not in done.err


@pytest.mark.parametrize("named", ["no-such-editor --wait", "'unbalanced", " "])
async def test_an_editor_that_cannot_be_started_is_named_and_nothing_is_said_to_be_kept(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    monkeypatch.setenv("EDITOR", named)
    monkeypatch.delenv("VISUAL", raising=False)

    done = await cli("edit", NAME, actor="editor")

    assert done.status == 2
    assert f"The editor “{named}” cannot be started." in done.err
    assert "kept" not in done.err


async def test_an_edit_of_a_conflicted_statement_says_where_it_is_settled(
    cli: CommandLine, sample: Sample, servicenow: ServiceNow, conflicted: str, editor
) -> None:
    editor("path.write_text('Both together.')")

    done = await cli("edit", conflicted, actor="editor")

    assert done.status == 0
    assert "in conflict" in done.out
    theirs = servicenow.get(STATEMENTS, sample.sys_id("Payroll Cloud", "AC-2(3)"))[STATEMENT_FIELD]
    assert "ten years" in theirs


async def test_for_scripts_an_edit_and_a_revert_tell_what_they_did(cli: CommandLine, tmp_path: Path) -> None:
    source = tmp_path / "new.md"
    source.write_text("Reviewed every month.\n", encoding="utf-8")

    saved = json.loads((await cli("edit", NAME, "--from", str(source), "--json", actor="editor")).out)
    again = json.loads((await cli("edit", NAME, "--from", str(source), "--json", actor="editor")).out)
    reverted = json.loads((await cli("revert", NAME, "--json", actor="editor")).out)

    assert (saved["outcome"], saved["is_modified"], saved["statement"]) == ("saved", True, NAME)
    assert saved["change"] == saved["pending"]
    assert again["outcome"] == "unchanged"
    assert (reverted["outcome"], reverted["id"]) == ("reverted", saved["id"])


async def test_the_copy_that_an_editor_leaves_beside_the_file_is_thrown_away_with_it(
    cli: CommandLine, editor, tmp_path: Path
) -> None:
    note = tmp_path / "where"
    editor(
        f"path.with_name(path.name + '~').write_text(text)\npathlib.Path({str(note)!r}).write_text(str(path))\n"
        "path.write_text(text + '\\nMore.\\n')"
    )

    done = await cli("edit", NAME, actor="editor")

    assert done.status == 0
    assert is_gone(note.read_text(encoding="utf-8"))


async def test_who_has_a_number_and_no_name_in_the_operating_system_may_edit_too(
    cli: CommandLine, core: Core, editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor("path.write_text(text + '\\nMore.\\n')")
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 2_000_000_001)

    done = await cli("edit", NAME, actor="editor")

    assert done.status == 0
    assert (await get_statement(core, NAME)).local is not None

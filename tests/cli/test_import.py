"""`grcpush import`: a folder of statements that was edited with any tool comes back."""

import json
from pathlib import Path

from core.usecases.statements.edits import get_statement
from core.wiring import Core
from sandbox.data import Sample
from tests.cast import list_edits
from tests.cli.conftest import CommandLine
from tests.cli.folders import EMPTY, NAME, TABLE, edit, file_of, local


async def test_importing_what_was_exported_changes_nothing(
    cli: CommandLine, core: Core, folder: Path, sample: Sample
) -> None:
    done = await cli("import", str(folder), actor="editor")

    assert done.status == 0
    assert done.out == f"{len(sample.statements) - 1} unchanged.\n"
    for statement in sample.statements:
        now = await get_statement(core, statement.sys_id)
        assert (now.local, now.baseline) == (None, statement.html)


async def test_a_file_that_only_changed_its_line_ends_is_unchanged(cli: CommandLine, core: Core, folder: Path) -> None:
    path = file_of(folder, NAME)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n") + b"\r\n")

    done = await cli("import", str(path), actor="editor")

    assert done.out == "1 unchanged.\n"
    assert await local(core, NAME) is None


async def test_for_scripts_an_import_tells_what_became_of_each_file(cli: CommandLine, folder: Path) -> None:
    edited = file_of(folder, "Payroll Cloud/AC-2")
    edit(edited, "Guest accounts", "Visitor accounts")
    broken = file_of(folder, TABLE)
    broken.write_text("no header", encoding="utf-8")

    done = await cli("import", str(folder), "--json", actor="editor")

    told = {entry["path"]: entry for entry in json.loads(done.out)["entries"]}
    assert done.status == 1
    assert told[str(edited)]["outcome"] == "saved"
    assert told[str(edited)]["change"]
    assert told[str(broken)]["outcome"] == "refused"
    assert told[str(broken)]["reason"]


async def test_edited_files_are_saved_as_local_texts_by_import(cli: CommandLine, core: Core, folder: Path) -> None:
    edit(file_of(folder, "Payroll Cloud/AC-2"), "Guest accounts", "Visitor accounts")
    edit(file_of(folder, TABLE), "<td>5432</td>", "<td>6432</td>")

    done = await cli("import", str(folder), actor="editor")

    assert done.status == 0
    assert "saved  Payroll Cloud/AC-2 (+1 / -1 words)" in done.out
    assert "2 saved" in done.out
    assert "Visitor accounts" in str(await local(core, "Payroll Cloud/AC-2"))
    assert "<td>6432</td>" in str(await local(core, TABLE))
    statement = await get_statement(core, TABLE)
    (saved,) = await list_edits(core, statement.id)
    assert saved.source == "import"


async def test_a_trial_shows_what_would_change_and_saves_nothing(cli: CommandLine, core: Core, folder: Path) -> None:
    path = file_of(folder, "Payroll Cloud/AC-2")
    edit(path, "Guest accounts", "Visitor accounts")
    before = path.read_bytes()

    done = await cli("import", str(folder), "--dry-run", actor="editor")

    assert done.status == 0
    assert "would change  Payroll Cloud/AC-2 (+1 / -1 words)" in done.out
    assert "[-Guest-]{+Visitor+}" in done.out
    assert "1 would change" in done.out
    assert "Nothing was saved." in done.out
    assert await local(core, "Payroll Cloud/AC-2") is None
    assert path.read_bytes() == before


async def test_an_imported_file_can_be_edited_on_and_imported_again(cli: CommandLine, core: Core, folder: Path) -> None:
    path = file_of(folder, NAME)
    path.write_text(path.read_text().rstrip() + "\n\nSecond thoughts.\n")
    await cli("import", str(folder), actor="editor")
    edit(path, "Second thoughts.", "Third thoughts.")

    done = await cli("import", str(folder), actor="editor")

    assert "1 saved" in done.out
    assert "Third thoughts." in str(await local(core, NAME))


async def test_an_empty_statement_is_exported_and_filled_by_import(cli: CommandLine, core: Core, folder: Path) -> None:
    path = file_of(folder, EMPTY)
    path.write_text(path.read_text() + "Now it says something.\n")

    done = await cli("import", str(folder), actor="editor")

    assert done.status == 0
    assert await local(core, EMPTY) == "<p>Now it says something.</p>"


async def test_a_file_that_cannot_be_brought_to_what_was_saved_holds_up_no_other(
    cli: CommandLine, core: Core, folder: Path
) -> None:
    first, second = file_of(folder, "Payroll Cloud/AC-2"), file_of(folder, NAME)
    for path in (first, second):
        path.write_text(f"{path.read_text(encoding='utf-8')}\nReviewed by the owner.\n", encoding="utf-8")
    # Not even root can put a file where a folder is.
    first.with_name(f".{first.name}.new").mkdir()

    done = await cli("import", str(folder), actor="editor")

    assert done.status == 0
    assert f"not updated  {first}" in done.err
    for name in ("Payroll Cloud/AC-2", NAME):
        assert "Reviewed by the owner." in (await local(core, name) or "")

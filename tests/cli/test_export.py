"""`grcpush export`: statements become a folder of files, and nothing that was edited there is overwritten."""

import json
from pathlib import Path

from core.usecases.statements.edits import get_statement, save_edit
from core.wiring import Core
from sandbox.data import Sample
from tests.cast import Cast
from tests.cli.conftest import CommandLine
from tests.cli.folders import IMAGE, NAME, edit, file_of


async def test_every_statement_becomes_one_file_and_what_cannot_be_edited_is_told(
    cli: CommandLine, sample: Sample, tmp_path: Path
) -> None:
    done = await cli("export", str(tmp_path / "out"))

    files = sorted((tmp_path / "out").rglob("*.*"))
    assert done.status == 0
    assert len(files) == len(sample.statements) - 1
    assert f"left out   {IMAGE}: it holds content grcpush cannot carry: image" in done.err
    assert f"{len(files)} written" in done.out
    assert {path.suffix for path in files} == {".md", ".html"}


async def test_for_scripts_an_export_tells_what_became_of_each_statement(cli: CommandLine, tmp_path: Path) -> None:
    first = await cli("export", str(tmp_path / "out"), "--json")
    again = await cli("export", str(tmp_path / "out"), "--json")

    told = json.loads(first.out)
    assert set(told["counts"]) == {"written", "left out"}
    assert sum(told["counts"].values()) == len(told["entries"])
    assert all(Path(entry["path"]).is_file() for entry in told["entries"] if entry["outcome"] == "written")
    (left_out,) = [entry for entry in told["entries"] if entry["outcome"] == "left out"]
    assert left_out["statement"] == IMAGE
    assert set(json.loads(again.out)["counts"]) == {"up to date", "left out"}


async def test_only_what_was_asked_for_is_exported(cli: CommandLine, core: Core, cast: Cast, tmp_path: Path) -> None:
    await save_edit(core, cast.editor, (await get_statement(core, NAME)).id, "<p>Edited.</p>", source="test")

    await cli("export", str(tmp_path / "modified"), "--modified")
    await cli("export", str(tmp_path / "system"), "--system", "payroll*")

    (only,) = (tmp_path / "modified").rglob("*.md")
    assert "Edited." in only.read_text()
    assert {path.name for path in (tmp_path / "system").iterdir()} == {"Payroll-Cloud"}


async def test_a_folder_that_is_a_link_out_is_not_written_to(cli: CommandLine, tmp_path: Path) -> None:
    elsewhere, target = tmp_path / "elsewhere", tmp_path / "out"
    elsewhere.mkdir()
    target.mkdir()
    (target / "Payroll-Cloud").symlink_to(elsewhere)

    done = await cli("export", str(target), "--system", "payroll*")

    assert done.status == 1
    assert list(elsewhere.iterdir()) == []


async def test_exporting_again_refreshes_untouched_files_and_leaves_edited_ones(
    cli: CommandLine, core: Core, cast: Cast, folder: Path
) -> None:
    edit(file_of(folder, NAME), "---\n\n", "---\n\nNot imported yet. ")
    await save_edit(core, cast.editor, (await get_statement(core, NAME)).id, "<p>New.</p>", source="test")
    other = "Payroll Cloud/AC-2"
    await save_edit(core, cast.editor, (await get_statement(core, other)).id, "<p>Also new.</p>", source="test")

    again = await cli("export", str(folder))
    assert again.status == 1
    assert "holds edits that were not imported" in again.err
    assert "Not imported yet." in file_of(folder, NAME).read_text()
    assert "Also new." in file_of(folder, other).read_text()
    assert "up to date" in again.out

    forced = await cli("export", str(folder), "--force")
    assert forced.status == 0
    assert "Not imported yet." not in file_of(folder, NAME).read_text()


async def test_a_foreign_file_in_the_way_is_not_overwritten(cli: CommandLine, folder: Path) -> None:
    path = file_of(folder, NAME)
    path.write_text("Somebody's notes.")

    done = await cli("export", str(folder))

    assert done.status == 1
    assert path.read_text() == "Somebody's notes."

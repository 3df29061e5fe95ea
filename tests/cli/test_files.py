"""`grcpush export` and `import`: a folder of statements goes out, is edited with any tool, and comes back."""

import os
from pathlib import Path

import pytest

from core.usecases.edits import get_statement, list_edits, save_edit
from core.usecases.pull import pull
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS, ServiceNow
from tests.cast import Cast
from tests.cli.conftest import CommandLine

NAME, TABLE, IMAGE, EMPTY = "Payroll Cloud/AC-3", "Citizen Portal/CM-7", "Data Warehouse/SC-7", "Citizen Portal/SA-11"


@pytest.fixture
async def folder(cli: CommandLine, tmp_path: Path) -> Path:
    """Everything, exported."""
    target = tmp_path / "statements"
    done = await cli("export", str(target))
    assert done.status == 0
    return target


def file_of(folder: Path, name: str) -> Path:
    system, control = name.split("/")
    (found,) = folder.glob(f"{system.replace(' ', '-')}/{control.replace('(', '-').replace(')', '')}--*")
    return found


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


async def local(core: Core, name: str) -> str | None:
    return (await get_statement(core, name)).local


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


async def test_only_what_was_asked_for_is_exported(cli: CommandLine, core: Core, cast: Cast, tmp_path: Path) -> None:
    await save_edit(core, cast.editor, (await get_statement(core, NAME)).id, "<p>Edited.</p>", source="test")

    await cli("export", str(tmp_path / "modified"), "--modified")
    await cli("export", str(tmp_path / "system"), "--system", "payroll*")

    (only,) = (tmp_path / "modified").rglob("*.md")
    assert "Edited." in only.read_text()
    assert {path.name for path in (tmp_path / "system").iterdir()} == {"Payroll-Cloud"}


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


async def test_a_file_whose_base_moved_is_refused_and_the_others_are_imported(
    cli: CommandLine, core: Core, cast: Cast, folder: Path
) -> None:
    edit(file_of(folder, NAME), "---\n\n", "---\n\nMine first. ")
    edit(file_of(folder, "Payroll Cloud/AC-2"), "Guest accounts", "Visitor accounts")
    await save_edit(core, cast.requester, (await get_statement(core, NAME)).id, "<p>Theirs.</p>", source="slack")

    done = await cli("import", str(folder), actor="editor")

    assert done.status == 1
    assert "was changed since this file was exported" in done.err
    assert "1 refused" in done.out
    assert "1 saved" in done.out
    assert await local(core, NAME) == "<p>Theirs.</p>"
    assert "Mine first." in file_of(folder, NAME).read_text()


async def test_a_base_that_moved_in_servicenow_is_refused_too(
    cli: CommandLine, core: Core, sample: Sample, servicenow: ServiceNow, folder: Path
) -> None:
    edit(file_of(folder, NAME), "---\n\n", "---\n\nMine first. ")
    servicenow.edit(
        STATEMENTS, sample.sys_id("Payroll Cloud", "AC-3"), STATEMENT_FIELD, "<p>Theirs.</p>", by="jane.roe"
    )
    await pull(core)

    done = await cli("import", str(folder), actor="editor")

    assert (done.status, "was changed since" in done.err) == (1, True)
    assert await local(core, NAME) is None


def damage_header(path: Path) -> None:
    path.write_text(path.read_text().replace("---\n", "", 1))


def damage_bytes(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\xff\xfe")


def damage_id(path: Path) -> None:
    lines = path.read_text().splitlines(keepends=True)
    path.write_text(
        "".join("sys_id: ../../../etc/passwd\n" if line.startswith("sys_id") else line for line in lines) + "x"
    )


def damage_to_unknown_id(path: Path) -> None:
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(f"sys_id: {'e' * 32}\n" if line.startswith("sys_id") else line for line in lines) + "x")


def damage_to_other_system(path: Path) -> None:
    path.write_text(path.read_text().replace("system: Payroll Cloud", "system: Citizen Portal") + "x")


def damage_with_an_image(path: Path) -> None:
    path.write_text(path.read_text() + "\n![plan](https://intranet.example/plan.png)\n")


def damage_by_emptying(path: Path) -> None:
    text = path.read_text()
    path.write_text(text[: text.rindex("---") + 4])


def damage_size(path: Path) -> None:
    path.write_text(path.read_text() + "x" * 2_000_001)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (damage_header, "no header"),
        (damage_bytes, "not text in UTF-8"),
        (damage_id, "sys_id in its header is none"),
        (damage_to_unknown_id, "No statement"),
        (damage_to_other_system, "its sys_id is that of Payroll Cloud/AC-3"),
        (damage_with_an_image, "image"),
        (damage_by_emptying, "empty"),
        (damage_size, "longer than"),
    ],
)
@pytest.mark.parametrize("trial", [[], ["--dry-run"]])
async def test_bad_files_are_reported_each_and_the_good_ones_are_imported(
    cli: CommandLine, core: Core, folder: Path, damage, said: str, trial: list[str]
) -> None:
    damage(file_of(folder, NAME))
    edit(file_of(folder, "Payroll Cloud/AC-2"), "Guest accounts", "Visitor accounts")

    done = await cli("import", str(folder), *trial, actor="editor")

    assert done.status == 1
    assert said in done.err
    assert file_of(folder, NAME).name in done.err or NAME in done.err
    assert "1 refused" in done.out
    assert ("1 would change" if trial else "1 saved") in done.out
    assert await local(core, NAME) is None


async def test_two_files_of_one_statement_are_not_both_imported(cli: CommandLine, core: Core, folder: Path) -> None:
    path = file_of(folder, NAME)
    edit(path, "---\n\n", "---\n\nOne. ")
    (path.parent / "copy of it.md").write_text(path.read_text().replace("One.", "Two."))

    done = await cli("import", str(folder), actor="editor")

    assert done.status == 1
    assert "a file of the same statement" in done.err
    assert "One." in str(await local(core, NAME))


async def test_links_are_neither_read_nor_written_through(
    cli: CommandLine, core: Core, folder: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.md"
    path = file_of(folder, NAME)
    secret.write_text(path.read_text() + "x")
    path.unlink()
    path.symlink_to(secret)
    before = secret.read_text()

    imported = await cli("import", str(folder), actor="editor")
    exported = await cli("export", str(folder), "--force")

    assert (imported.status, "It is a link" in imported.err) == (1, True)
    assert (exported.status, "leads out of the folder" in exported.err) == (1, True)
    assert secret.read_text() == before
    assert await local(core, NAME) is None


async def test_a_folder_that_is_a_link_out_is_not_written_to(cli: CommandLine, tmp_path: Path) -> None:
    elsewhere, target = tmp_path / "elsewhere", tmp_path / "out"
    elsewhere.mkdir()
    target.mkdir()
    (target / "Payroll-Cloud").symlink_to(elsewhere)

    done = await cli("export", str(target), "--system", "payroll*")

    assert done.status == 1
    assert os.listdir(elsewhere) == []


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


@pytest.mark.parametrize(("actor", "said"), [("approver", "role"), ("", "who you are")])
async def test_only_editors_import(cli: CommandLine, core: Core, folder: Path, actor: str, said: str) -> None:
    edit(file_of(folder, NAME), "---\n\n", "---\n\nMine. ")

    done = await cli("import", str(folder), actor=actor)

    assert done.status == 1
    assert said in done.err
    assert await local(core, NAME) is None


async def test_a_folder_that_is_none_is_wrong_usage(cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert (await cli("import", str(tmp_path / "nowhere"), actor="editor")).status == 2
    assert (await cli("export", str(tmp_path / "file" / "inside"))).status == 2


async def test_an_empty_statement_is_exported_and_filled_by_import(cli: CommandLine, core: Core, folder: Path) -> None:
    path = file_of(folder, EMPTY)
    path.write_text(path.read_text() + "Now it says something.\n")

    done = await cli("import", str(folder), actor="editor")

    assert done.status == 0
    assert await local(core, EMPTY) == "<p>Now it says something.</p>"

"""What `grcpush import` does not take, with the reason; the good files of the same folder are saved all the same."""

from pathlib import Path

import pytest

from core.usecases.pulling.pull import pull
from core.usecases.statements.edits import get_statement, save_edit
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS, ServiceNow
from tests.cast import Cast
from tests.cli.conftest import CommandLine
from tests.cli.folders import NAME, edit, file_of, local


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

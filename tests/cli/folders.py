"""Folders of exported statements, as the tests of `grcpush export` and `grcpush import` work with them."""

from pathlib import Path

from core.usecases.statements.edits import get_statement
from core.wiring import Core

NAME, TABLE, IMAGE, EMPTY = "Payroll Cloud/AC-3", "Citizen Portal/CM-7", "Data Warehouse/SC-7", "Citizen Portal/SA-11"


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

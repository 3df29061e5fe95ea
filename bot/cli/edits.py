"""Changing local texts from the command line."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.session import actor, guarded, out, run
from core.domain.statement import Statement
from core.errors import UsageError
from core.usecases.edits import get_statement, revert, save_edit
from core.wiring import Core


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("edit")(edit_command)
    app.command("revert")(revert_command)


def edit_command(
    name: Annotated[str, typer.Argument(metavar="ID", help="A statement id, a ServiceNow sys_id, or SYSTEM/CONTROL.")],
    source: Annotated[
        Path, typer.Option("--from", metavar="FILE", help="The file with the new text; - for standard input.")
    ],
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Save an empty text, which a push would clear the statement with.")
    ] = False,
) -> None:
    """Save a new local text for a statement. Nothing is sent to ServiceNow."""
    text = guarded(lambda: _read(source))
    before, after = run(lambda core: _save(core, name, text, allow_empty=allow_empty))
    if after.local == before.local and after.row_version == before.row_version:
        out.print(f"{after.label}: nothing changed.", markup=False)
    elif after.local is None:
        out.print(f"{after.label}: this is what ServiceNow holds, so there is no local edit any more.", markup=False)
    else:
        out.print(f"{after.label}: saved, {len(after.local)} characters.", markup=False)


async def _save(core: Core, name: str, text: str, *, allow_empty: bool) -> tuple[Statement, Statement]:
    before = await get_statement(core, name)
    person = await actor(core)
    return before, await save_edit(core, person, before.id, text, source="cli", allow_empty=allow_empty)


def _read(source: Path) -> str:
    try:
        return sys.stdin.read() if str(source) == "-" else source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{source} cannot be read: {error}.") from error


def revert_command(
    name: Annotated[str, typer.Argument(metavar="ID", help="A statement id, a ServiceNow sys_id, or SYSTEM/CONTROL.")],
) -> None:
    """Drop the local edit of a statement; it stays in the history."""

    async def work(core: Core) -> Statement:
        return await revert(core, await actor(core), (await get_statement(core, name)).id)

    out.print(f"{run(work).label}: back to the text in ServiceNow.", markup=False)

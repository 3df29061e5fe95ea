"""Changing local texts from the command line."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from bot.cli.diffs import AsJson, Name
from bot.cli.drawing import print_diff
from bot.cli.editor import edited, editor_command, kept_until_saved, new_file
from bot.cli.session import REFUSED, actor, err, file_fault, guarded, out, run
from core.domain.diff_data import as_data
from core.domain.editing import Format, Written, written
from core.domain.push import sha256_of
from core.domain.statement import Statement
from core.errors import UsageError
from core.models.edits import MovedEdit, SavedEdit, Subject
from core.text.content import lost_look
from core.text.display import safe_display
from core.usecases.statements.editing import Typed, edit_form, save_typed
from core.usecases.statements.edits import get_statement, revert
from core.usecases.texts import in_thread
from core.wiring import Core

SOURCE = "cli"
AllowEmpty = Annotated[bool, typer.Option("--allow-empty", help="Save an empty text; pushing it clears the statement.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("edit")(edit_command)
    app.command("revert")(revert_command)


def edit_command(
    name: Name,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="The file with the new text instead of an editor, - for standard input; Markdown when it ends in .md.",
        ),
    ] = None,
    allow_empty: AllowEmpty = False,
    as_json: AsJson = False,
) -> None:
    """Save a new local text for a statement, written in your editor. Nothing is sent to ServiceNow.

    The editor is the one in VISUAL or EDITOR. The text is Markdown where that is proved to lose nothing, else HTML.
    """
    if source is not None:
        text = guarded(lambda: _read(source))
        form = Format.MARKDOWN if source.suffix == ".md" else Format.HTML
        _end(run(lambda core: _save_whole(core, name, text, form, allow_empty=allow_empty)), as_json=as_json)
        return
    command = guarded(editor_command)
    statement, shown = run(lambda core: _opened(core, name))
    path = guarded(lambda: new_file(statement.label, shown))
    with kept_until_saved(path):
        typed = guarded(lambda: edited(path, command))
        digest = sha256_of(statement.present)
        wanted = Typed(statement.id, digest, digest, typed, form=shown.format)
        _end(run(lambda core: _save(core, wanted, allow_empty=allow_empty)), as_json=as_json)


async def _opened(core: Core, name: str) -> tuple[Statement, Written]:
    """The statement and its writing; says beforehand what saving would drop."""
    statement = await get_statement(core, name)
    await edit_form(core, await actor(core), statement.id)
    text = statement.present
    if look := lost_look(text, statement.kind):
        err.print(f"Saving drops some of the look that grcpush cannot carry: {', '.join(look)}.")
    return statement, await in_thread(written, text, statement.kind)


async def _save_whole(core: Core, name: str, text: str, form: Format, *, allow_empty: bool) -> SavedEdit | MovedEdit:
    """Save a text that was written without looking at the present one."""
    statement = await get_statement(core, name)
    typed = Typed(statement.id, sha256_of(statement.present), "", text, form=form)
    return await _save(core, typed, allow_empty=allow_empty)


async def _save(core: Core, typed: Typed, *, allow_empty: bool) -> SavedEdit | MovedEdit:
    return await save_typed(core, await actor(core), typed, source=SOURCE, allow_empty=allow_empty)


def _end(done: SavedEdit | MovedEdit, *, as_json: bool) -> None:
    """Tell what became of the save, in words or as JSON; one that somebody else forestalled ends the command with 1."""
    if as_json:
        out.print_json(json.dumps(_facts(done)))
    else:
        _tell(done)
    if isinstance(done, MovedEdit):
        raise typer.Exit(REFUSED)


def _facts(done: SavedEdit | MovedEdit) -> dict[str, Any]:
    names = _names(done.subject)
    if isinstance(done, MovedEdit):
        theirs = as_data(done.theirs) if done.theirs is not None else None
        return {**names, "outcome": "moved", "their_change": theirs, "your_change": as_data(done.yours)}
    return {
        **names,
        "outcome": "unchanged" if done.own.is_empty else "saved",
        "is_modified": done.subject.is_modified,
        "is_conflict": done.subject.is_conflict,
        "change": as_data(done.own),
        "pending": as_data(done.pending),
    }


def _names(named: Subject | Statement) -> dict[str, str]:
    return {"id": str(named.id), "sn_sys_id": named.sn_sys_id, "statement": named.label}


def _tell(done: SavedEdit | MovedEdit) -> None:
    """Say what became of the save; one that somebody else forestalled ends the command with both texts."""
    label = safe_display(done.subject.label)
    if isinstance(done, MovedEdit):
        who = safe_display(done.subject.editor.name) if done.subject.editor else "Somebody"
        err.print(Text(f"{who} saved another text of {label} while you were writing.", style="yellow"))
        if done.theirs is not None:
            print_diff(err, "What they changed", done.theirs)
        print_diff(err, "What saving yours would change in their text", done.yours)
        return
    if done.own.is_empty:
        out.print(Text(f"{label}: nothing changed."))
    elif not done.subject.is_modified:
        out.print(Text(f"{label}: this is what ServiceNow holds, so there is no local edit any more."))
    else:
        out.print(Text(f"{label}: saved, {done.own.size_in_words}. Nothing is sent to ServiceNow before a push."))
        if done.subject.is_conflict:
            out.print("It is in conflict: settle that in the thread of its push request.")


def _read(source: Path) -> str:
    try:
        return sys.stdin.read() if str(source) == "-" else source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{source} cannot be read: {file_fault(error)}.") from error


def revert_command(name: Name, as_json: AsJson = False) -> None:
    """Drop the local edit of a statement; it stays in the history."""

    async def work(core: Core) -> Statement:
        return await revert(core, await actor(core), (await get_statement(core, name)).id)

    reverted = run(work)
    if as_json:
        out.print_json(json.dumps({**_names(reverted), "outcome": "reverted"}))
        return
    out.print(Text(f"{safe_display(reverted.label)}: back to the text in ServiceNow."))

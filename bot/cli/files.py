"""Statements as files of a folder: to be written, edited with any tool, and read back."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from bot.cli.diffs import AsJson
from bot.cli.drawing import print_diff
from bot.cli.session import REFUSED, actor, err, file_fault, guarded, out, run
from core.domain.diff_data import as_data
from core.domain.statement_file import ENDINGS, StatementFile, file_text, parsed, place_for
from core.errors import GrcError, Refused, UsageError
from core.text.display import safe_display
from core.usecases.statements.exports import Imported, export_statements, import_file
from core.wiring import Core

LONGEST_FILE = 2_000_000
"""Bytes of a file that is read: far more than any statement has."""


@dataclass
class Tally:
    """What was done with each statement or file."""

    entries: list[dict[str, object]] = field(default_factory=list)

    def add(self, outcome: str, **facts: object) -> None:
        """Note one; the facts are for programs."""
        self.entries.append({"outcome": outcome, **facts})

    @property
    def counts(self) -> dict[str, int]:
        """How many came out so, in the order in which the outcomes came up."""
        return dict(Counter(str(entry["outcome"]) for entry in self.entries))

    def end(self, *, as_json: bool, more: str = "") -> None:
        """Tell it in one line or as JSON, and end the command with 1 where something was refused."""
        if as_json:
            out.print_json(json.dumps({"counts": self.counts, "entries": self.entries}))
        else:
            words = ", ".join(f"{count:,} {outcome}" for outcome, count in self.counts.items()) or "nothing to do"
            out.print(f"{words}.{more}")
        if self.counts.get("refused"):
            raise typer.Exit(REFUSED)


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("export")(export_command)
    app.command("import")(import_command)


def export_command(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder to write to; it is created if it does not exist.")
    ],
    system: Annotated[str, typer.Option("--system", metavar="GLOB", help="Only systems whose name matches.")] = "*",
    only_modified: Annotated[bool, typer.Option("--modified", help="Only statements with a local edit.")] = False,
    is_forced: Annotated[bool, typer.Option("--force", help="Overwrite files whose edits were not imported.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write statements to files, one each. Files whose edits were not imported yet are left as they are."""
    guarded(lambda: _make(folder))

    async def work(core: Core) -> Tally:
        tally = Tally()
        async for exported in export_statements(core, system=system, only_modified=only_modified):
            if exported.file is None:
                tally.add("left out", statement=exported.label, reason=exported.reason)
                err.print(Text(f"left out   {safe_display(exported.label)}: {exported.reason}."))
                continue
            try:
                outcome = _write_exported(folder, exported.file, is_forced=is_forced)
            except (Refused, OSError) as error:
                tally.add("refused", statement=exported.label, reason=_tell_refused(exported.label, error))
            else:
                path = folder.joinpath(*place_for(exported.file.header))
                tally.add(outcome, statement=exported.label, path=str(path))
        return tally

    run(work).end(as_json=as_json)


def import_command(
    source: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that was exported to, or one file of it.")],
    is_trial: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and save nothing.")] = False,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Save empty texts too; pushing one clears the statement.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Save the edited files of a folder as local texts. Bad files are reported, and the others are imported."""
    paths = guarded(lambda: list(_files_in(source)))

    async def work(core: Core) -> Tally:
        tally, person, seen = Tally(), await actor(core), dict[str, Path]()
        for path in paths:
            try:
                file = _read(path)
                if (first := seen.setdefault(file.header.sys_id, path)) != path:
                    raise Refused(f"{first} is a file of the same statement.", next_step="Keep one of the two.")
                done = await import_file(core, person, file, is_trial=is_trial, allow_empty=allow_empty)
            except (GrcError, OSError) as error:
                tally.add("refused", path=str(path), reason=_tell_refused(str(path), error))
                continue
            _note_imported(tally, path, done, is_trial=is_trial, is_silent=as_json)
            if not is_trial and done.file != file:
                _write_imported(path, done.file)
        return tally

    run(work).end(as_json=as_json, more=" Nothing was saved." if is_trial else "")


def _write_imported(path: Path, file: StatementFile) -> None:
    """Bring the file to what was saved. Where that cannot be, the save holds all the same, and the others are imported."""
    try:
        _write(path, file)
    except OSError as error:
        err.print(
            Text(safe_display(f"not updated  {path}: {file_fault(error)}. Export it again before its next edit."))
        )


def _note_imported(tally: Tally, path: Path, done: Imported, *, is_trial: bool, is_silent: bool) -> None:
    if done.change is None:
        tally.add("unchanged", path=str(path), statement=done.label)
        return
    outcome = "would change" if is_trial else "saved"
    tally.add(outcome, path=str(path), statement=done.label, change=as_data(done.change))
    if is_silent:
        return
    if is_trial:
        print_diff(out, f"{outcome}  {done.label}", done.change)
    else:
        out.print(Text(safe_display(f"{outcome}  {done.label} ({done.change.size_in_words})")))


def _tell_refused(name: str, error: GrcError | OSError) -> str:
    """Say why, also in what is given back."""
    sentence = error.message if isinstance(error, GrcError) else f"It cannot be used: {file_fault(error)}."
    err.print(Text.assemble(("refused", "red"), safe_display(f"    {name}: {sentence}")))
    return sentence


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be made a folder: {error.strerror}.") from error


def _write_exported(folder: Path, file: StatementFile, *, is_forced: bool) -> str:
    """Write the file unless that would lose an edit; gives back the kind of what was done. Raises Refused, OSError."""
    inner, name = place_for(file.header)
    path = folder / inner / name
    # A link in the folder could lead anywhere: what is written stays where the person said.
    if path.is_symlink() or not path.parent.resolve().is_relative_to(folder.resolve()):
        raise Refused(f"{path} leads out of the folder.", next_step="Remove the link.")
    if path.exists() and not is_forced:
        try:
            there = _read(path)
        except Refused as error:
            raise Refused(f"{path} is there already and is no export.", next_step="Move it away.") from error
        if there.is_edited and there.body != file.body:
            raise Refused(f"{path} holds edits that were not imported.", next_step="Import it first, or use --force.")
        if there == file:
            return "up to date"
    path.parent.mkdir(exist_ok=True)
    _write(path, file)
    return "written"


def _write(path: Path, file: StatementFile) -> None:
    """Put the file in place in one step: a crash leaves the old one or the new one."""
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    with new.open("x", encoding="utf-8", newline="\n") as stream:
        stream.write(file_text(file))
    new.replace(path)


def _files_in(source: Path) -> Iterator[Path]:
    """The files to be read, in a stable order; hidden ones and other kinds are no exports. Raises UsageError."""
    if source.is_file():
        yield source
        return
    if not source.is_dir():
        raise UsageError(f"{source} is neither a folder nor a file.")
    for folder, inner, names in os.walk(source):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and Path(name).suffix in ENDINGS.values():
                yield Path(folder) / name


def _read(path: Path) -> StatementFile:
    if path.is_symlink():
        raise Refused("It is a link and not a file.", next_step="Put the file itself there.")
    if path.stat().st_size > LONGEST_FILE:
        raise Refused(f"It is longer than {LONGEST_FILE:,} bytes, which no statement is.")
    try:
        return parsed(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise Refused("It is not text in UTF-8.", next_step="Save it as UTF-8 in your editor.") from error

"""Writing in the person's own editor. What was typed is deleted only when it is saved."""

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import typer
from rich.text import Text

from bot.cli.session import REFUSED, err, file_fault
from core.config import preferred_editor
from core.domain.editing import Written
from core.domain.statement_file import ENDINGS
from core.errors import UsageError
from core.text.file_names import safe_name

_FALLBACK = "notepad" if os.name == "nt" else "vi"


def new_file(label: str, shown: Written) -> Path:
    """A file with the text, in a folder that only this person can read."""
    folder = Path(tempfile.mkdtemp(prefix="grcpush-edit-"))
    path = folder / f"{safe_name(label)}{ENDINGS[shown.format]}"
    path.write_text(f"{shown.body}\n", encoding="utf-8", newline="\n")
    return path


@contextlib.contextmanager
def kept_until_saved(path: Path) -> Iterator[None]:
    """Delete the file when the block ends well; else leave it there and say where it is, however the block ends."""
    try:
        yield
    except BaseException:
        err.print(Text.assemble("Nothing was saved. The file you were writing in is kept: ", (str(path), "bold")))
        raise
    # The whole folder: many editors leave a copy of the text beside it.
    shutil.rmtree(path.parent, ignore_errors=True)


def editor_command() -> list[str]:
    """The person's editor, with its options. Raises UsageError when none is named, or it is not there."""
    command = preferred_editor()
    if command is None and not sys.stdin.isatty():
        raise UsageError("No editor is named.", next_step="Set EDITOR, or give the text with --from.")
    try:
        words = shlex.split(command or _FALLBACK)
    except ValueError:
        words = []
    if not words or shutil.which(words[0]) is None:
        raise _cannot_start(command or _FALLBACK)
    return words


def _cannot_start(command: str) -> UsageError:
    return UsageError(f"The editor “{command}” cannot be started.", next_step="Set EDITOR to the one you use.")


def edited(path: Path, command: list[str]) -> str:
    """What the file holds after the person's editor was closed. Ends the command when the editor fails.

    Raises UsageError when the editor does not start, or what it left is not text.
    """
    try:
        done = subprocess.run([*command, str(path)], check=False)  # noqa: S603 -- it is theirs
    except OSError as error:
        raise _cannot_start(shlex.join(command)) from error
    if done.returncode != 0:
        err.print(f"The editor ended with status {done.returncode}.")
        raise typer.Exit(REFUSED)
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The edited file cannot be read: {file_fault(error)}.") from error

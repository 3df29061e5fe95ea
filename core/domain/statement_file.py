"""A statement as a file: a header that says what it is and what it was made of, and the text below it."""

import hashlib
from dataclasses import dataclass, fields, replace

from core.domain.editing import Format, as_lines
from core.errors import Refused
from core.text.file_names import safe_name

_FENCE = "---"
_NOTE = "# Edit the text below the second line of dashes, and leave these lines as they are."
ENDINGS = {Format.MARKDOWN: ".md", Format.HTML: ".html", Format.PLAIN: ".txt"}
_ID_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Header:
    """What stands above the text. System, control and name are for readers; the sys_id says which statement it is.

    `base` is the SHA-256 of the statement's text that the file was made of, `as_written` that of the text in the file as
    grcpush wrote it, so that it shows whether somebody edited it since.
    """

    system: str
    control: str
    name: str
    sys_id: str
    format: Format
    base: str
    as_written: str


@dataclass(frozen=True, slots=True)
class StatementFile:
    """A header with the text below it."""

    header: Header
    body: str

    @property
    def is_edited(self) -> bool:
        """Whether the text is another one than was written into the file."""
        return digest_of(self.body) != self.header.as_written


def made_file(header: Header, body: str) -> StatementFile:
    """The file for this text, with its digest noted."""
    return StatementFile(replace(header, as_written=digest_of(body)), as_lines(body))


def digest_of(body: str) -> str:
    """SHA-256 of a text in a file, whatever way its lines end."""
    return hashlib.sha256(as_lines(body).encode("utf-8", "surrogatepass")).hexdigest()


def file_text(file: StatementFile) -> str:
    """The file's content."""
    values = [(field.name, str(getattr(file.header, field.name))) for field in fields(Header)]
    lines = [_FENCE, _NOTE, *(f"{name}: {' '.join(value.split())}" for name, value in values), _FENCE, ""]
    return "\n".join([*lines, file.body]) + "\n"


def parsed(text: str) -> StatementFile:
    """The file with this content. Raises Refused, naming what is wrong with it."""
    first, *lines = as_lines(text.removeprefix("\ufeff")).split("\n")
    if first.strip() != _FENCE or _FENCE not in (line.strip() for line in lines):
        raise Refused("It has no header between two lines of dashes.", next_step="Export the statement again.")
    end = next(number for number, line in enumerate(lines) if line.strip() == _FENCE)
    body = lines[end + 1 :]
    return StatementFile(_header(lines[:end]), "\n".join(body[1:] if body[:1] == [""] else body))


def _header(lines: list[str]) -> Header:
    values: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        name = name.strip()
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not colon or name in values:
            raise Refused(f"Its header has a line that cannot be read: {line.strip()[:60]!r}.")
        values[name] = value.strip()
    missing = [field.name for field in fields(Header) if field.name not in values]
    if missing:
        raise Refused(f"Its header lacks {', '.join(missing)}.", next_step="Export the statement again.")
    if values["format"] not in tuple(Format):
        raise Refused(f"Its header names a format that is not known: {values['format'][:60]!r}.")
    known = {field.name: values[field.name] for field in fields(Header)}
    return Header(**{**known, "format": Format(values["format"])})  # type: ignore[arg-type]


def place_for(header: Header) -> tuple[str, str]:
    """The folder and name for the file: stable, safe on every file system, and another one for each statement."""
    name = f"{safe_name(header.control)}--{safe_name(header.sys_id)[:_ID_DIGITS]}{ENDINGS[header.format]}"
    return safe_name(header.system), name

"""The audit trail from the command line."""

import contextlib
import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from bot.cli.audit_files import csv_head, csv_line, json_line
from bot.cli.session import REFUSED, actor, err, guarded, out, run, shown
from bot.evidence import evidence_page
from core.domain.actor import Actor, Role
from core.domain.audit import AuditKind, AuditRecord
from core.domain.origin import place_words
from core.errors import UsageError
from core.models.requests import AuditVerdict
from core.store.audit_search import AuditFilter
from core.usecases.audit.evidence import push_evidence
from core.usecases.audit.searching import export_audit, labels_in, latest_audit
from core.usecases.audit.verifying import NotedHead, verify_audit
from core.usecases.requests.lookup import get_request_id
from core.usecases.statements.edits import get_statement
from core.wiring import Core

app = typer.Typer(help="The audit trail: who did what, sealed by a chain of hashes.", no_args_is_help=True)


@app.callback()
def audit() -> None:
    """The audit trail: who did what, sealed by a chain of hashes."""


class Format(StrEnum):
    """The forms of an export."""

    CSV = "csv"
    JSONL = "jsonl"
    HTML = "html"


StatementOption = Annotated[
    str,
    typer.Option("--statement", metavar="ID", help="Only what happened to this statement and the pushes it was in."),
]
PushOption = Annotated[
    str, typer.Option("--push", metavar="N", help="Only one push request: its number, its id, or the id of a job.")
]
PersonOption = Annotated[str, typer.Option("--person", metavar="EMAIL", help="Only what this person did.")]
KindOption = Annotated[
    AuditKind | None, typer.Option("--kind", metavar="KIND", help="Only events of this kind, like push:approved.")
]
SinceOption = Annotated[
    str,
    typer.Option("--since", metavar="TIME", help="Not before this time: 2026-01-31 or 2026-01-31T09:00+01:00; UTC."),
]
UntilOption = Annotated[str, typer.Option("--until", metavar="TIME", help="Before this time.")]


@dataclass(frozen=True)
class _Asked:
    """What was typed to say which events are meant."""

    statement: str
    push: str
    person: str
    kind: AuditKind | None
    since: str
    until: str

    async def understood(self, core: Core) -> AuditFilter:
        """The filter. Raises NotFound, UsageError."""
        return AuditFilter(
            statement_id=(await get_statement(core, self.statement)).id if self.statement else None,
            request_id=await get_request_id(core, self.push) if self.push else None,
            person=self.person,
            kind=self.kind.value if self.kind else "",
            since=_instant(self.since),
            until=_instant(self.until),
        )


@app.command("list")
def list_command(  # noqa: PLR0913 -- each is an option people type
    statement: StatementOption = "",
    push: PushOption = "",
    person: PersonOption = "",
    kind: KindOption = None,
    since: SinceOption = "",
    until: UntilOption = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most this many of the last events.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the last events. For admins (GRCPUSH_ACTOR)."""
    asked = _Asked(statement, push, person, kind, since, until)

    async def work(core: Core) -> tuple[list[AuditRecord], dict[str, str]]:
        person = await _admin(core)
        found = await latest_audit(core, person, await asked.understood(core), limit=limit)
        return found, await labels_in(core, found)

    records, labels = run(work)
    if as_json:
        out.print_json(json.dumps([json.loads(json_line(record)) for record in records]))
        return
    out.print(_table(records, labels) if records else "No event matches.")


@app.command("export")
def export_command(  # noqa: PLR0913 -- each is an option people type
    form: Annotated[Format, typer.Option("--format", help="csv and jsonl hold events, html the evidence of one push.")],
    statement: StatementOption = "",
    push: PushOption = "",
    person: PersonOption = "",
    kind: KindOption = None,
    since: SinceOption = "",
    until: UntilOption = "",
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="Where to write; - for standard output.")
    ] = Path("-"),
) -> None:
    """Write events, or the evidence of one push, to a file. For admins (GRCPUSH_ACTOR)."""
    asked = _Asked(statement, push, person, kind, since, until)
    if form is Format.HTML:
        guarded(lambda: _needs_one_push(asked))
        page = run(lambda core: _evidence(core, push))
        guarded(lambda: _write_page(page, output))
        return
    count = run(lambda core: _export(core, asked, form, output))
    err.print(f"{count} events exported.")


async def _admin(core: Core) -> Actor:
    """The person the command acts for, who is told nothing at all unless they are an admin."""
    person = await actor(core)
    person.require(Role.ADMIN)
    return person


async def _evidence(core: Core, push: str) -> str:
    person = await _admin(core)
    return evidence_page(await push_evidence(core, person, await get_request_id(core, push)))


async def _export(core: Core, asked: _Asked, form: Format, output: Path) -> int:
    count, person, wanted = 0, await _admin(core), await asked.understood(core)
    line = csv_line if form is Format.CSV else json_line
    with _opened(output) as write:
        if form is Format.CSV:
            write(csv_head())
        # Closed at once, whatever happens: it holds the trail open as it is at one moment.
        async with contextlib.aclosing(export_audit(core, person, wanted)) as records:
            async for record in records:
                write(line(record))
                count += 1
    return count


def _write_page(page: str, output: Path) -> None:
    with _opened(output) as write:
        write(page)


@app.command("verify")
def verify_command(
    noted: Annotated[
        str,
        typer.Option(
            "--noted",
            metavar="N:HASH",
            help="An end of the trail noted earlier, as verify prints it; the trail must still contain it.",
        ),
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check the whole chain of hashes; name the first event that was changed, removed, inserted or moved."""
    head = guarded(lambda: _noted(noted))
    verdict: AuditVerdict = run(lambda core: verify_audit(core, head))
    if as_json:
        out.print_json(json.dumps(vars(verdict)))
    elif verdict.fault:
        err.print(f"[red]The audit trail does not hold.[/red] {verdict.fault}")
    else:
        out.print(f"The audit trail holds: {verdict.events} events, {verdict.events}:{verdict.last_hash}")
    if verdict.fault:
        raise typer.Exit(REFUSED)


def _noted(text: str) -> NotedHead | None:
    if not text:
        return None
    number, _, digest = text.partition(":")
    if not (number.isascii() and number.isdigit() and len(digest) == 64):
        raise UsageError(f"“{text}” is no noted end.", next_step="Write it as verify prints it: 123:9f86d0….")
    return NotedHead(int(number), digest)


def _needs_one_push(asked: _Asked) -> None:
    others = (asked.statement, asked.person, asked.kind, asked.since, asked.until)
    if not asked.push or any(others):
        raise UsageError("The HTML report is about one push.", next_step="Say which with --push, and nothing else.")


def _instant(text: str) -> dt.datetime | None:
    if not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise UsageError(f"“{text}” is no time.", next_step="Write 2026-01-31 or 2026-01-31T09:00+01:00.") from None


@contextlib.contextmanager
def _opened(output: Path) -> Iterator[Callable[[str], None]]:
    """A way to write there, until the block ends.

    Raises UsageError where the file is at fault; what else breaks in the block is not about it.
    """
    if str(output) == "-":
        yield lambda text: print(text, end="")
        return
    with _faults_told(output):
        file = output.open("w", encoding="utf-8", newline="")

    def write(text: str) -> None:
        with _faults_told(output):
            file.write(text)

    try:
        yield write
    finally:
        with _faults_told(output):
            file.close()


@contextlib.contextmanager
def _faults_told(output: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror}.") from error


def _table(records: list[AuditRecord], labels: dict[str, str]) -> Table:
    # On a terminal that is too narrow who and about go on in the next line: half an id says nothing.
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("No.", "When (UTC)", "What"):
        table.add_column(name, no_wrap=True)
    for name in ("Who", "About"):
        table.add_column(name, overflow="fold")
    for record in records:
        where = ", ".join(words for words in (record.actor_via, place_words(record.place)) if words)
        cells = (
            record.kind,
            f"{record.actor_name} ({where})",
            f"{record.entity_type} {labels.get(record.entity_id, record.entity_id)}",
        )
        table.add_row(str(record.sequence), f"{record.at:%Y-%m-%d %H:%M:%S}", *(shown(cell) for cell in cells))
    return table

"""Looking at local state: pull, status, list."""

import datetime as dt
import json
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from bot.cli.session import err, out, run, shown
from core.domain.audit import instant
from core.models.requests import PullReport, StatementList, StatusView
from core.usecases.pulling.pull import pull
from core.usecases.statements.modified import get_status, list_modified_statements
from core.wiring import Core


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("pull")(pull_command)
    app.command("status")(status_command)
    app.command("list")(list_command)


def pull_command(
    full: Annotated[
        bool, typer.Option("--full", help="Read everything; finds deletions and edits that moved no time stamp.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Take over what changed in ServiceNow. Local edits stay; conflicts and missing records are marked."""
    report = run(lambda core: _pull(core, is_full=full))
    if as_json:
        out.print_json(json.dumps(vars(report)))
        return
    out.print(_pull_sentence(report))


async def _pull(core: Core, *, is_full: bool) -> PullReport:
    if not err.is_terminal:
        return await pull(core, is_full=is_full)
    columns = (TextColumn("Pulling"), BarColumn(), TaskProgressColumn(), MofNCompleteColumn(" of "))
    with Progress(*columns, TimeRemainingColumn(), console=err, transient=True) as bar:
        task = bar.add_task("pull", total=None)

        def on_progress(received: int, expected: int) -> None:
            bar.update(task, completed=received, total=max(expected, received))

        return await pull(core, is_full=is_full, on_progress=on_progress)


def _pull_sentence(report: PullReport) -> str:
    kind = "everything" if report.is_full else "changes"
    parts = [
        f"Pulled {kind}: {report.received} read, {report.new} new, {report.updated} updated in {report.seconds:.1f} s.",
        f"{report.conflicts} in conflict with a local edit." if report.conflicts else "",
        f"{report.missing} no longer found in ServiceNow." if report.missing else "",
        f"{report.hidden} counted by ServiceNow but hidden from the service account." if report.hidden else "",
        "ServiceNow changed while it was read; the next pull takes that in." if report.has_moved else "",
    ]
    return " ".join(part for part in parts if part)


def status_command(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Where this deployment stands."""
    status = run(get_status)
    if as_json:
        facts = {**vars(status), "last_pull_at": instant(status.last_pull_at) if status.last_pull_at else None}
        out.print_json(json.dumps(facts))
        return
    out.print(_status_table(status))


def _status_table(status: StatusView) -> Table:
    table = Table.grid(padding=(0, 2))
    pulled = "never" if status.last_pull_at is None else f"{status.last_pull_at:%Y-%m-%d %H:%M} UTC"
    rows = {
        "ServiceNow": status.host,
        "Last pull": pulled,
        "Statements": f"{status.statements} ({status.modified} modified, {status.conflicts} in conflict, {status.missing} missing)",
        "Hidden rows": f"{status.hidden}",
        "Push requests": f"{status.open_requests} open",
        "Writing": _writing(status),
        "Audit trail": f"{status.audit_events} events",
    }
    for name, value in rows.items():
        table.add_row(f"[bold]{name}[/bold]", value)
    return table


def _writing(status: StatusView) -> str:
    if status.is_read_only:
        return "off: READ_ONLY is set"
    return "paused" if status.is_paused else "on"


def list_command(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """The statements that were changed here and are not pushed yet."""
    listing = run(lambda core: list_modified_statements(core, page_size=None))
    if as_json:
        out.print_json(json.dumps(_list_json(listing)))
        return
    if not listing.lines:
        out.print("Nothing is modified: ServiceNow holds everything that is here.")
        return
    out.print(_list_table(listing))
    out.print(f"{listing.total} modified, {listing.conflicts} in conflict.")


def _list_table(listing: StatementList) -> Table:
    # On a terminal the text gets what the other columns leave, so that each statement stays on one line.
    table = Table(box=None, pad_edge=False, header_style="bold", expand=out.is_terminal)
    for name in ("Statement", "Status", "Owner", "Edited", "Text"):
        table.add_column(name, no_wrap=True, overflow="ellipsis", ratio=1 if name == "Text" else None)
    for line in listing.lines:
        status = "conflict" if line.is_conflict else line.sync_status
        held = f" (push #{line.held_by})" if line.held_by else ""
        edited = _age(line.edited_at)
        style = "yellow" if line.is_conflict else ""
        cells = (line.label, f"{status}{held}", line.owner.name if line.owner else "", edited, line.preview)
        table.add_row(*map(shown, cells), style=style)
    return table


def _age(moment: dt.datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M}"


def _list_json(listing: StatementList) -> dict[str, object]:
    statements = [
        {
            "id": str(line.id),
            "control_id": line.control_number,
            "control_name": line.control_name,
            "system_name": line.system_name,
            "modified_at": instant(line.edited_at) if line.edited_at else None,
            "sync_status": line.sync_status,
            "content_preview": line.preview,
        }
        for line in listing.lines
    ]
    return {"statements": statements, "total_count": listing.total}

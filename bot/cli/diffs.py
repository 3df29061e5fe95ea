"""Looking at one statement: what is changed in it, and who changed it."""

import json
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from bot.cli.drawing import print_diff
from bot.cli.session import out, run
from bot.views.conflicts.conflict import parts_of
from bot.views.parts.sources import source_words
from core.domain.audit import instant
from core.domain.diff_data import as_data
from core.models.edits import History, HistoryEntry
from core.models.requests import ConflictCard
from core.text.display import safe_display
from core.usecases.statements.diffs import StatementDiff, statement_diff
from core.usecases.statements.edits import get_statement
from core.usecases.statements.history import edit_history
from core.wiring import Core

Name = Annotated[str, typer.Argument(metavar="ID", help="A statement id, a ServiceNow sys_id, or SYSTEM/CONTROL.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("diff")(diff_command)
    app.command("history")(history_command)


def diff_command(
    name: Name,
    as_json: AsJson = False,
    is_whole: Annotated[bool, typer.Option("--whole", help="Print unchanged text too.")] = False,
) -> None:
    """What a push of the local edit would change; in a conflict, what each side did."""
    found = run(lambda core: statement_diff(core, name))
    if as_json:
        out.print_json(json.dumps(_diff_data(found)))
        return
    label = safe_display(found.subject.label)
    if found.conflict is not None:
        out.print(Text(f"{label} is in conflict: both sides changed it{_who_there(found.conflict)}.", style="yellow"))
        for title, part in parts_of(found.conflict):
            out.print()
            print_diff(out, title.rpartition(" (")[0], part, is_whole=is_whole)
        if found.both is not None:
            out.print()
            print_diff(out, "Keep both would change in ServiceNow", found.both.from_remote, is_whole=is_whole)
            out.print()
            print_diff(out, "Keep both would change of the local version", found.both.from_local, is_whole=is_whole)
    elif not found.subject.is_modified:
        out.print(Text(f"{label} has no local edit: it is what ServiceNow held at the last look."))
    else:
        print_diff(out, f"{label}: a push would change", found.change, is_whole=is_whole)


def _who_there(conflict: ConflictCard) -> str:
    name, moment = safe_display(conflict.remote_updated_by), conflict.remote_updated_on
    if not name:
        return ""
    return f", {name} in ServiceNow" + (f" at {moment:%Y-%m-%d %H:%M} UTC" if moment else "")


def _diff_data(found: StatementDiff) -> dict[str, Any]:
    subject, conflict, both = found.subject, found.conflict, found.both
    state = "modified" if subject.is_modified else "unchanged"
    data: dict[str, Any] = {
        "id": str(subject.id),
        "sn_sys_id": subject.sn_sys_id,
        "system_name": subject.system_name,
        "control_id": subject.control_number,
        "state": "conflict" if conflict is not None else state,
        "change": as_data(found.change),
    }
    if conflict is not None:
        data["remote_change"] = as_data(conflict.remote_change)
        data["local_change"] = as_data(conflict.local_change)
        data["remote_updated_by"] = conflict.remote_updated_by
        data["remote_updated_on"] = instant(conflict.remote_updated_on) if conflict.remote_updated_on else None
        data["merge"] = None if both is None else {"sha256": both.digest, "change": as_data(both.from_remote)}
    return data


def history_command(
    name: Name,
    as_json: AsJson = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most this many of the newest saves.")] = 50,
) -> None:
    """Every local text that was saved for a statement: by whom, from where, and what it changed."""

    async def work(core: Core) -> History:
        return await edit_history(core, (await get_statement(core, name)).id, limit=limit)

    history = run(work)
    if as_json:
        saves = [_save_data(entry) for entry in history.entries]
        out.print_json(json.dumps({"id": str(history.subject.id), "total_count": history.total, "saves": saves}))
        return
    if not history.entries:
        out.print(Text(f"Nobody edited {safe_display(history.subject.label)} here."))
        return
    out.print(_history_table(history))
    if history.total > len(history.entries):
        out.print(f"… and {history.total - len(history.entries)} older ones: --limit {history.total} lists all.")


def _history_table(history: History) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("Saved", "By", "From", "Change"):
        table.add_column(title)
    for entry in history.entries:
        table.add_row(
            f"{entry.saved_at:%Y-%m-%d %H:%M} UTC",
            Text(safe_display(entry.person.name) if entry.person else "somebody"),
            source_words(entry.source),
            _size(entry),
        )
    return table


def _size(entry: HistoryEntry) -> str:
    if entry.is_dropped:
        return "local edit given up"
    return entry.change.size_in_words if entry.change is not None else "–"


def _save_data(entry: HistoryEntry) -> dict[str, Any]:
    return {
        "saved_at": instant(entry.saved_at),
        "person": entry.person.name if entry.person else None,
        "source": entry.source,
        "is_dropped": entry.is_dropped,
        "change": as_data(entry.change) if entry.change is not None else None,
    }

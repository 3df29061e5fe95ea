"""Whether everything needed is there and works: each remark in a sentence, with what to do."""

import asyncio
import json
from typing import Annotated

import typer

from bot.cli.doctor_slack import Line, examine_slack, line
from bot.cli.session import REFUSED, guarded, out, shown
from bot.local import open_core
from core.config import Settings, load_settings
from core.errors import GrcError, RemoteError
from core.usecases.statements.modified import get_status

_MARKS = {"ok": "[green]ok  [/green]", "warn": "[yellow]warn[/yellow]", "fail": "[red]fail[/red]"}


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("doctor")(doctor_command)


def doctor_command(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Check the database, Slack and ServiceNow, and say in plain words what is wrong and what to do."""
    lines = guarded(lambda: asyncio.run(_examine(load_settings())))
    if as_json:
        out.print_json(json.dumps(lines))
    else:
        for each in lines:
            out.print(f"{_MARKS[each['level']]} {each['subject']}: {shown(each['sentence'])}")
            if each["next_step"] and each["level"] != "ok":
                out.print(f"       {shown(each['next_step'])}")
    if any(each["level"] == "fail" for each in lines):
        raise typer.Exit(REFUSED)


async def _examine(settings: Settings) -> list[Line]:
    async with open_core(settings) as core:
        status = await get_status(core)
        lines = [
            line("ok", "Database", f"reachable, {status.statements} statements, {status.audit_events} audit events.")
        ]
        lines += await examine_slack(settings)
        try:
            preflight = await core.servicenow.preflight(force=True)
        except RemoteError as error:
            return [*lines, _failed("ServiceNow", error)]
        return lines + [
            line(str(f.grade), f"ServiceNow {f.subject}", f.sentence, f.next_step) for f in preflight.remarks
        ]


def _failed(subject: str, error: GrcError) -> Line:
    return line("fail", subject, error.sentence, error.next_step)

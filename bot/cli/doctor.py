"""Is everything as it must be? Each finding in a sentence, with what to do."""

import asyncio
import json
from typing import Annotated

import aiohttp
import typer
from rich.markup import escape
from slack_sdk.web.async_client import AsyncWebClient

from bot.cli.session import REFUSED, guarded, out
from bot.local import open_core
from bot.slack_errors import SLACK_TROUBLE, error_name
from bot.slack_signin import signed_in
from core.config import Settings, load_settings
from core.errors import GrcError, Refused, RemoteError
from core.usecases.statements import get_status

_MARKS = {"ok": "[green]ok  [/green]", "warn": "[yellow]warn[/yellow]", "fail": "[red]fail[/red]"}
Line = dict[str, str]
_CALL_SECONDS = 30.0


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("doctor")(doctor_command)


def doctor_command(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Check the database, Slack and ServiceNow, and say in plain words what is wrong and what to do."""
    lines = guarded(lambda: asyncio.run(_examine(load_settings())))
    if as_json:
        out.print_json(json.dumps(lines))
    else:
        for line in lines:
            out.print(f"{_MARKS[line['level']]} {line['subject']}: {escape(line['sentence'])}")
            if line["next_step"] and line["level"] != "ok":
                out.print(f"       {escape(line['next_step'])}")
    if any(line["level"] == "fail" for line in lines):
        raise typer.Exit(REFUSED)


async def _examine(settings: Settings) -> list[Line]:
    async with open_core(settings) as core:
        status = await get_status(core)
        lines = [
            _line("ok", "Database", f"reachable, {status.statements} statements, {status.audit_events} audit events.")
        ]
        lines += await _slack(settings)
        try:
            preflight = await core.servicenow.preflight(force=True)
        except RemoteError as error:
            return [*lines, _failed("ServiceNow", error)]
        return lines + [
            _line(str(f.level), f"ServiceNow {f.subject}", f.sentence, f.next_step) for f in preflight.findings
        ]


async def _slack(settings: Settings) -> list[Line]:
    if settings.slack_bot_token is None:
        return [
            _line(
                "warn", "Slack", "no bot token is set, so only the command line works.", "Set GRCPUSH_SLACK_BOT_TOKEN."
            )
        ]
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_CALL_SECONDS)) as session:
        token = settings.slack_bot_token.get_secret_value()
        client = AsyncWebClient(token=token, base_url=settings.slack_api_url, session=session)
        try:
            identity = await signed_in(client)
        except Refused as error:
            return [_failed("Slack", error)]
        lines = [_line("ok", "Slack", f"signed in to {identity.team} as {identity.user}.")]
        return [*lines, await _channel(client, settings)]


async def _channel(client: AsyncWebClient, settings: Settings) -> Line:
    channel = settings.slack_channel
    if channel is None:
        return _line(
            "warn",
            "Slack channel",
            "none is set: cards go to the requester's direct messages.",
            "Set GRCPUSH_SLACK_CHANNEL.",
        )
    try:
        info = (await client.conversations_info(channel=channel))["channel"]
    except SLACK_TROUBLE as error:
        return _line(
            "fail",
            "Slack channel",
            f"{channel} cannot be seen ({error_name(error)}).",
            "Invite the bot there: /invite @grcpush.",
        )
    if not info.get("is_member"):
        return _line(
            "fail", "Slack channel", f"the bot is not in #{info['name']}.", "Invite it there: /invite @grcpush."
        )
    return _line("ok", "Slack channel", f"#{info['name']}, and the bot is in it.")


def _line(level: str, subject: str, sentence: str, next_step: str = "") -> Line:
    return {"level": level, "subject": subject, "sentence": sentence, "next_step": next_step}


def _failed(subject: str, error: GrcError) -> Line:
    return _line("fail", subject, error.sentence, error.next_step)

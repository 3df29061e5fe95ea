"""Running the deployment: the schema, the pause, the reminders."""

import asyncio
import json
from typing import Annotated

import typer

from bot.cli.diffs import AsJson
from bot.cli.session import REFUSED, actor, err, guarded, out, run, shown
from bot.drawing.digests import Sent, send_digests
from bot.slack.client import slack_client
from bot.views.people.digest import digest_text, roll_up_text
from bot.views.requests.story import why_not_sent
from core.config import load_settings
from core.errors import ConfigurationError
from core.models.digests import Digest, RollUp
from core.store.database import Database
from core.usecases.pushing.pausing import pause_writing, resume_writing
from core.usecases.reminders.digests import every_digest, make_roll_up
from core.usecases.statements.modified import get_status
from core.wiring import Core

db_app = typer.Typer(help="The database.", no_args_is_help=True)
digest_app = typer.Typer(help="The reminders of unpushed edits.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("pause")(pause_command)
    app.command("resume")(resume_command)
    app.add_typer(db_app, name="db")
    app.add_typer(digest_app, name="digest")


@db_app.callback()
def db() -> None:
    """The database."""


@db_app.command("upgrade")
def upgrade_command() -> None:
    """Bring the schema to the newest version. Every command does it by itself; this does nothing else."""
    guarded(lambda: asyncio.run(_upgrade()))
    out.print("The schema is at the newest version.")


async def _upgrade() -> None:
    database = Database(load_settings().database_url)
    try:
        await database.upgrade()
    finally:
        await database.aclose()


def pause_command(
    reason: Annotated[str, typer.Option(help="Why; it is kept in the audit trail.")] = "",
) -> None:
    """Stop all writing to ServiceNow, in the whole deployment. For admins (GRCPUSH_ACTOR).

    Writes under way are finished; approved pushes wait until `grcpush resume`.
    """

    async def work(core: Core) -> None:
        await pause_writing(core, await actor(core), reason=reason)

    run(work)
    out.print("Writing is paused. grcpush resume lets it go on.")


def resume_command() -> None:
    """Let writing to ServiceNow go on. For admins (GRCPUSH_ACTOR)."""

    async def work(core: Core) -> str:
        await resume_writing(core, await actor(core))
        return why_not_sent(await get_status(core))

    stays = run(work)
    out.print(f"The pause is over. {stays}" if stays else "Writing goes on.")


@digest_app.callback()
def digest() -> None:
    """The reminders of unpushed edits."""


@digest_app.command("send")
def send_command(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what each owner would be told now; send nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Send the reminders that are due now. Each owner gets one a day, at their own hour; never an empty one.

    Exit status: 1 when one of them could not be sent.
    """
    if not dry_run:
        done = run(_send)
        out.print_json(json.dumps(vars(done))) if as_json else out.print(f"{done.sent} sent.")
        if done.failed:
            err.print(f"[red]{done.failed} not sent[/red]; the log above says why.")
            raise typer.Exit(REFUSED)
        return
    digests, roll_up = run(_preview)
    if as_json:
        facts = {"digests": [_digest_facts(due) for due in digests], "channel": _roll_up_facts(roll_up)}
        out.print_json(json.dumps(facts))
        return
    for due in digests:
        out.print(f"[bold]{shown(due.person.name)}[/bold]\n  {shown(digest_text(due))}")
    if roll_up is not None:
        out.print(f"[bold]The channel[/bold]\n  {shown(roll_up_text(roll_up))}")
    if not digests and roll_up is None:
        out.print("Nobody has anything to be reminded of.")


def _digest_facts(due: Digest) -> dict[str, object]:
    return {
        "person": due.person.name,
        "total": due.total,
        "conflicts": due.conflicts,
        "waiting": due.waiting,
        "working_days": due.working_days,
        "oldest": [line.label for line in due.lines],
    }


def _roll_up_facts(roll_up: RollUp | None) -> dict[str, object] | None:
    if roll_up is None:
        return None
    return {
        "total": roll_up.total,
        "conflicts": roll_up.conflicts,
        "waiting": roll_up.waiting,
        "working_days": roll_up.working_days,
        "owners": roll_up.owners,
        "systems": dict(roll_up.systems),
    }


async def _preview(core: Core) -> tuple[list[Digest], RollUp | None]:
    is_on = core.settings.digest_channel_hour is not None and core.settings.slack_channel is not None
    return await every_digest(core), await make_roll_up(core) if is_on else None


async def _send(core: Core) -> Sent:
    token = core.settings.slack_bot_token
    if token is None:
        raise ConfigurationError("GRCPUSH_SLACK_BOT_TOKEN is not set.", next_step="Take it from your Slack app.")
    async with slack_client(token, core.settings.slack_api_url) as client:
        return await send_digests(core, client)

"""The whole thing on one machine, with no account anywhere."""

import asyncio
import contextlib
import json
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from pydantic import SecretStr
from rich.markup import escape

from bot.app import Bot, Pace, running_bot
from bot.cli.session import out
from bot.local import open_core
from bot.logs import configure_logs
from bot.slack.manifest import app_manifest
from bot.web.server import served
from core.config import FILE_NAME, LOG_LEVELS, Settings
from core.domain.actor import Actor, Grant, Identity, Role
from core.domain.origin import Origin, Via
from core.errors import ConfigurationError, LossyText, UsageError
from core.ids import new_reference
from core.usecases.audit.verifying import verify_audit
from core.usecases.people.actors import remember
from core.usecases.pulling.pull import pull
from core.usecases.statements.edits import get_statement, save_edit
from sandbox.servicenow import SERVICE_ACCOUNT, SERVICE_PASSWORD
from sandbox.story import Story, StoryBroken
from sandbox.together import Sandbox, running_sandbox

_LONGER_THAN_THE_STORY = 3600.0


def play(*, port: int, once: bool, log_level: str) -> None:
    """Play one push, or stay open until somebody ends it. Raises StoryBroken, UsageError, ConfigurationError."""
    if log_level not in LOG_LEVELS:
        raise UsageError(f"“{log_level}” is no log level.", next_step=f"It is one of {', '.join(LOG_LEVELS)}.")
    configure_logs(log_level)
    asyncio.run(_play_once() if once else _stay_open(port))


async def _play_once() -> None:
    # Nothing goes by the clock while the story is told: a pull in the middle of it would find the conflicts too early.
    async with running_demo(pace=Pace(0.2, 0.5, first_tick_seconds=_LONGER_THAN_THE_STORY)) as (sandbox, bot):
        editor = await _editor(bot)

        async def edit(name: str, html: str) -> str:
            statement = await get_statement(bot.core, name)
            saved = await save_edit(bot.core, editor, statement.id, html, source="cli")
            return f"grcpush edit “{saved.label}”: {len(saved.local or '')} characters saved."

        await Story(sandbox, _tell).play(edit)
        verdict = await verify_audit(bot.core)
        if verdict.fault:
            raise StoryBroken(verdict.fault)
        _tell(
            "grcpush audit verify",
            f"The audit trail holds: {verdict.events} events, last hash {verdict.last_hash[:16]}…",
        )
        out.print("\n[green]Everything is as it must be.[/green]")


async def _stay_open(port: int) -> None:
    stopping = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stopping.set)
    async with running_demo(port=port, pace=Pace()) as (sandbox, bot):
        await make_sample_edits(sandbox, bot)
        out.print(f"\n  Open [bold]{sandbox.slack_url}[/bold] in a browser; the card there says what to try.")
        for line in ways_in(sandbox, bot):
            out.print(f"  {line}")
        out.print("  Ctrl-C ends it, and everything in it is thrown away.\n")
        await stopping.wait()
        out.print("  Stopping.")


@contextlib.asynccontextmanager
async def running_demo(*, port: int = 0, pace: Pace) -> AsyncIterator[tuple[Sandbox, Bot]]:
    """The sandbox, and the real bot against it with everything pulled, until the block ends.

    Raises ConfigurationError when `port` or the next one is taken; 0 takes any free ones.
    """
    async with contextlib.AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="grcpush-demo-"))
        try:
            sandbox = await stack.enter_async_context(running_sandbox(port=port))
        except OSError as error:
            raise ConfigurationError(
                f"Port {port} or {port + 1} is taken.", next_step="Choose another with --port."
            ) from error
        # The page keeps its ticks in the browser; the id tells it that they belong to an earlier start.
        sandbox.slack.guide["id"] = new_reference()
        sandbox.slack.install(app_manifest(sandbox.slack.url))
        settings = demo_settings(sandbox, Path(folder))
        (Path(folder) / FILE_NAME).write_text(_as_toml(settings), encoding="utf-8")
        # Before the bot starts, so that nothing else opens the database while its file is being made.
        async with open_core(settings) as core:
            await pull(core)
        bot = await stack.enter_async_context(running_bot(settings, pace=pace))
        url = await stack.enter_async_context(served(bot.server, settings.http_host, 0))
        sandbox.slack.deliver_to(url)
        yield sandbox, bot


def demo_settings(sandbox: Sandbox, folder: Path) -> Settings:
    """Settings for the sandbox: everybody has the role their name says."""
    return Settings(
        database_url=f"sqlite:///{folder / 'grcpush.db'}",
        slack_bot_token=SecretStr(sandbox.slack.bot_token),
        slack_signing_secret=SecretStr(sandbox.slack.signing_secret),
        slack_api_url=f"{sandbox.slack_url}/api/",
        slack_channel="C0GRC",
        servicenow_url=sandbox.servicenow_url,
        servicenow_username=SERVICE_ACCOUNT,
        servicenow_password=SecretStr(SERVICE_PASSWORD),
        editors=("editor@example.com", "requester@example.com", "admin@example.com"),
        requesters=("requester@example.com", "editor@example.com", "admin@example.com"),
        approvers=("@grc-approvers", "admin@example.com", "requester@example.com"),
        admins=("admin@example.com",),
        push_settle_seconds=0.5,
    )


def ways_in(sandbox: Sandbox, bot: Bot) -> tuple[str, str]:
    """Where to type commands that work on the demo, and where its API is: a line each."""
    folder = Path(bot.core.settings.database_url.removeprefix("sqlite:///")).parent
    api = (sandbox.slack.bot_url or "").removesuffix("/slack/events")
    return (
        f"Commands: [bold]cd {folder} && export GRCPUSH_ACTOR=admin@example.com[/bold], then for example {_command()} list",
        f"REST API: [bold]{api}/api/v1[/bold], with a token from {_command()} token create",
    )


def _command() -> str:
    """What to type for grcpush: its whole path where the shell would not find it by its name."""
    return "grcpush" if shutil.which("grcpush") else str(Path(sys.argv[0]).absolute())


def _as_toml(settings: Settings) -> str:
    """What is set, as the settings file; the secrets of the stand-ins are no secrets."""
    lines = []
    for name in sorted(settings.model_fields_set):
        value = getattr(settings, name)
        lines.append(f"{name} = {json.dumps(value.get_secret_value() if isinstance(value, SecretStr) else value)}")
    return "\n".join(lines) + "\n"


async def _editor(bot: Bot) -> Actor:
    identity = Identity("Erin Editor", "editor@example.com", "U0EDITOR", "Europe/Berlin")
    person_id = await remember(bot.core, identity)
    return Actor(
        person_id, identity.name, identity.email, identity.slack_user_id, (Grant(Role.EDITOR),), Origin(Via.CLI)
    )


async def make_sample_edits(sandbox: Sandbox, bot: Bot) -> None:
    """The sample's local edits, then somebody else's in ServiceNow: some of them clash, and the bot has heard of it."""
    editor = await _editor(bot)
    for change in sandbox.sample.local_edits:
        statement = await get_statement(bot.core, f"{change.system}/{change.control}")
        with contextlib.suppress(LossyText):
            await save_edit(bot.core, editor, statement.id, change.html, source="cli")
    sandbox.sample.apply_remote_edits(sandbox.servicenow)
    await pull(bot.core)


def _tell(who: str, words: str) -> None:
    lines = [line for line in words.splitlines() if line.strip()]
    out.print(f"\n[bold]{escape(who)}[/bold]")
    for line in lines:
        out.print(f"  {escape(line)}")

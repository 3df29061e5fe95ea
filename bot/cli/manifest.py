"""Printing the manifest from which a workspace's admin makes the Slack app."""

import json
from typing import Annotated
from urllib.parse import urlsplit

import typer

from bot.cli.session import guarded
from bot.slack.manifest import app_manifest
from core.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("manifest")(manifest_command)


def manifest_command(
    url: Annotated[
        str, typer.Option("--url", metavar="URL", help="Where Slack reaches the bot, such as https://grc.example.com.")
    ] = "",
    socket: Annotated[
        bool, typer.Option("--socket", help="The bot connects to Slack itself, and needs no address (the default).")
    ] = False,
) -> None:
    """Print the Slack app manifest, as JSON, to be pasted at api.slack.com/apps under “From a manifest”."""
    guarded(lambda: _check(url, socket=socket))
    typer.echo(json.dumps(app_manifest(url or None), indent=2))


def _check(url: str, *, socket: bool) -> None:
    if url and socket:
        raise UsageError("--url and --socket exclude each other.", next_step="Give one of them.")
    if url and (urlsplit(url).scheme != "https" or not urlsplit(url).hostname):
        raise UsageError("Slack delivers only to an https address.", next_step="Write it like https://grc.example.com.")

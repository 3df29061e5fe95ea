"""The two commands that start the bot. What they need is loaded when they run: the other commands do without it."""

from typing import Annotated

import typer

from bot.cli.session import REFUSED, err, guarded


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("serve")(serve_command)
    app.command("demo")(demo_command)


def serve_command() -> None:
    """Run the bot: Slack, REST API, scheduler and push worker in one process, until SIGTERM or Ctrl-C."""
    from bot.cli.serve import serve

    guarded(serve)


def demo_command(
    port: Annotated[int, typer.Option(help="Where the sandbox's page is served; ServiceNow is one higher.")] = 8460,
    once: Annotated[bool, typer.Option("--once", help="Play one complete push without a browser, and end.")] = False,
    log_level: Annotated[
        str, typer.Option("--log-level", metavar="LEVEL", help="What is logged: debug, info, warning or error.")
    ] = "warning",
) -> None:
    """Start the sandbox and the real bot against it. Nothing leaves this machine."""
    from bot.cli.demo import play
    from sandbox.story import StoryBroken

    try:
        guarded(lambda: play(port=port, once=once, log_level=log_level))
    except StoryBroken as broken:
        err.print(f"[red]The demo failed.[/red] {broken}")
        raise typer.Exit(REFUSED) from broken

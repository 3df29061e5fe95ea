"""What every command does first and last: read the settings, open the collaborators, turn errors into exit statuses."""

import asyncio
import getpass
import os
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

import typer
from rich.console import Console
from rich.markup import escape

from bot.local import open_core
from bot.logs import configure_logs
from bot.memory import settle_collector
from core.config import acting_person, load_settings
from core.domain.actor import Actor
from core.errors import ConfigurationError, GrcError, UsageError
from core.store.database import is_database_error
from core.text.display import safe_display
from core.usecases.people.actors import command_line_actor
from core.wiring import Core

R = TypeVar("R")

DONE, REFUSED, WRONG_USAGE = 0, 1, 2

_WIDE = 500

# Where no terminal limits the width, a name that is cut in a table would be lost to whoever reads the output.
out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _WIDE)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def run(work: Callable[[Core], Awaitable[R]]) -> R:
    """The work's result, with the collaborators opened around it. Ends the process with a sentence on a foreseen error."""

    async def opened() -> R:
        settings = load_settings()
        configure_logs("warning", settings.log_format)
        async with open_core(settings) as core:
            settle_collector()
            return await work(core)

    return guarded(lambda: asyncio.run(opened()))


def guarded(work: Callable[[], R]) -> R:
    """The work's result; a foreseen error is told in a sentence, and ends the process with 1, or 2 for wrong usage."""
    try:
        return work()
    except GrcError as error:
        _tell(type(error).code.replace("_", " "), error.sentence, error.next_step)
        raise typer.Exit(WRONG_USAGE if isinstance(error, UsageError | ConfigurationError) else REFUSED) from error
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _tell("system", f"{where}{error.strerror or str(error) or type(error).__name__}.", "")
        raise typer.Exit(REFUSED) from error
    except Exception as error:
        if not is_database_error(error):
            raise
        cause = getattr(error, "orig", None) or error
        _tell(
            "database", f"The database cannot be used: {cause}.", "Look at GRCPUSH_DATABASE_URL, its folder and rights."
        )
        raise typer.Exit(REFUSED) from error


async def actor(core: Core) -> Actor:
    """The person the command acts for. Raises NotAllowed when GRCPUSH_ACTOR names nobody with a role."""
    return await command_line_actor(core, acting_person(), _system_user())


def _system_user() -> str:
    """The operating system's name for who types this; in a container a number may be all that there is."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def shown(text: str) -> str:
    """The text as part of what is printed: it is no markup, and steers no terminal, whoever chose its words."""
    return escape(safe_display(text))


def _tell(kind: str, sentence: str, next_step: str) -> None:
    err.print(f"[red]{kind}[/red]: {shown(sentence)}")
    if next_step:
        err.print(f"  {shown(next_step)}")


def file_fault(error: OSError | UnicodeDecodeError) -> str:
    """Why a file cannot be read, in words for people."""
    return "it is not text in UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror or str(error)

"""A terminal for tests: `grcpush` commands run in this process, in a thread, while the stand-ins serve the main one."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from bot.cli.root import app
from core.config import Settings
from sandbox.servicenow import SERVICE_ACCOUNT, SERVICE_PASSWORD


@dataclass(frozen=True)
class Outcome:
    """How a command ended: exit status, and what it printed on both streams."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The standard output as JSON."""
        return json.loads(self.out)


class Terminal:
    """Types commands with an environment of its own, in a folder of its own."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.folder = folder
        self.environment: dict[str, str | None] = {
            "GRCPUSH_DATABASE_URL": settings.database_url,
            "GRCPUSH_SERVICENOW_URL": settings.servicenow_url,
            "GRCPUSH_SERVICENOW_USERNAME": SERVICE_ACCOUNT,
            "GRCPUSH_SERVICENOW_PASSWORD": SERVICE_PASSWORD,
            "GRCPUSH_EDITORS": "editor@example.com",
            "GRCPUSH_ACTOR": "editor@example.com",
        }

    async def type(self, *words: str, stdin: str | None = None, **more: str | None) -> Outcome:
        """Run `grcpush` with these words; what is given by name is added to the environment (None takes it out).

        An exception that nobody turned into a sentence fails the test.
        """
        environment = self.environment | {f"GRCPUSH_{name.upper()}": value for name, value in more.items()}
        result = await asyncio.to_thread(CliRunner().invoke, app, words, input=stdin, env=environment)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Outcome(result.exit_code, result.stdout, result.stderr)

    def file(self, name: str, text: str) -> str:
        """A file with this text in the terminal's folder."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

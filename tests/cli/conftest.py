"""`grcpush` as people call it, against the stand-ins: in this process where that is enough, else as a process of its own."""

import asyncio
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.root import app
from bot.logs import forget_logs
from core.config import Settings
from core.usecases.requests.drafts import check_statements
from core.usecases.statements.edits import get_statement, save_edit
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import SERVICE_PASSWORD, ServiceNow
from tests.cast import Cast


@dataclass(frozen=True)
class Answer:
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class CommandLine:
    """Runs commands for a person, with the settings of the test in the environment."""

    environment: dict[str, str]
    folder: Path

    async def __call__(self, *words: str, actor: str = "admin") -> Answer:
        """Run a command in a thread of this process; `actor` "" is nobody."""
        return await asyncio.to_thread(self._run, words, actor)

    def _run(self, words: tuple[str, ...], actor: str) -> Answer:
        result = CliRunner().invoke(app, [*words], env=self._for(actor))
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Answer(result.exit_code, result.stdout, result.stderr)

    async def process(self, *words: str, actor: str = "admin") -> Answer:
        """Run a command as a process of its own."""
        process = await self.started(*words, actor=actor)
        out, err = await asyncio.wait_for(process.communicate(), 50)
        return Answer(process.returncode or 0, out.decode(), err.decode())

    async def started(self, *words: str, actor: str = "admin") -> asyncio.subprocess.Process:
        """A command that runs."""
        environment = {**os.environ, **self._for(actor), "NO_COLOR": "1", "COLUMNS": "200"}
        pipe = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot.cli", *words, env=environment, stdout=pipe, stderr=pipe
        )

    def _for(self, actor: str) -> dict[str, str]:
        return {**self.environment, "GRCPUSH_ACTOR": f"{actor}@example.com" if actor else ""}


@pytest.fixture
def cli(settings: Settings, core: Core, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CommandLine]:
    """The command line on the test's database, with everything pulled."""
    assert core.settings == settings
    monkeypatch.setenv("COLUMNS", "250")
    environment = {
        "GRCPUSH_DATABASE_URL": settings.database_url,
        "GRCPUSH_SERVICENOW_URL": str(settings.servicenow_url),
        "GRCPUSH_SERVICENOW_USERNAME": str(settings.servicenow_username),
        "GRCPUSH_SERVICENOW_PASSWORD": SERVICE_PASSWORD,
        "GRCPUSH_EDITORS": ",".join(settings.editors),
        "GRCPUSH_REQUESTERS": ",".join(settings.requesters),
        "GRCPUSH_APPROVERS": ",".join(settings.approvers),
        "GRCPUSH_ADMINS": ",".join(settings.admins),
        "GRCPUSH_PUSH_SETTLE_SECONDS": "0.05",
    }
    yield CommandLine(environment, tmp_path)
    forget_logs()


@pytest.fixture
async def folder(cli: CommandLine, tmp_path: Path) -> Path:
    """Everything, exported."""
    target = tmp_path / "statements"
    done = await cli("export", str(target))
    assert done.status == 0
    return target


@pytest.fixture
async def conflicted(core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow) -> str:
    """The name of a statement that is in conflict; its two edits lie in different paragraphs."""
    name = "Payroll Cloud/AC-2(3)"
    edit = next(edit for edit in sample.local_edits if edit.control == "AC-2(3)")
    statement = await get_statement(core, name)
    await save_edit(core, cast.editor, statement.id, edit.html, source="test")
    sample.apply_remote_edits(servicenow)
    await check_statements(core, cast.requester, [statement.id])
    return name

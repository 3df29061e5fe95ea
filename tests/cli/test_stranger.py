"""A stranger who reads only the help: asks every command for it, and does what its examples say, against the stand-ins."""

import json
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer
from typer.testing import CliRunner

from bot.cli.root import app
from core.usecases.requests.lookup import get_request_id
from core.wiring import Core
from sandbox.servicenow import ServiceNow
from tests.cast import Cast, until_ended
from tests.cli.conftest import Answer, CommandLine

# These go on until somebody ends them, and have tests of their own.
STAY = ("grcpush serve", "grcpush demo")
APPENDING = "import sys; open(sys.argv[1], 'a', encoding='utf-8').write('\\nReviewed by the owner.\\n')"


def paths(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(group, click.Group) or hasattr(group, "commands"):
        for name, command in group.commands.items():
            yield from paths(command, (*path, name))
    else:
        yield path


@pytest.fixture
def stranger(cli: CommandLine, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """At a terminal of their own: an editor that adds a sentence, a file, and every role that a command asks for."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "append.py").write_text(APPENDING, encoding="utf-8")
    (tmp_path / "ac-7.md").write_text("After three failed attempts the account is locked for an hour.\n", "utf-8")
    more = {
        "EDITOR": f"{sys.executable} append.py",
        "GRCPUSH_EDITORS": "editor@example.com,admin@example.com",
        "GRCPUSH_REQUESTERS": "requester@example.com,admin@example.com",
        "GRCPUSH_APPROVALS_REQUIRED": "0",
    }
    return CommandLine({**cli.environment, **more}, tmp_path)


async def read_help(stranger: CommandLine) -> dict[tuple[str, ...], list[str]]:
    """The examples in the help of every command, in the order in which the help names them."""
    found = {}
    for path in paths(typer.main.get_command(app)):
        shown = await stranger(*path, "--help")
        assert shown.status == 0
        found[path] = re.findall(r"^\s*(grcpush .*?)\s*$", shown.out, re.MULTILINE)
    return found


async def typed(stranger: CommandLine, example: str) -> Answer:
    words = shlex.split(example)[1:]
    if words[:2] == ["token", "revoke"]:
        # An id of one's own stands where the example has one.
        words[2] = json.loads((await stranger("token", "list", "--json")).out)[0]["id"][:12]
    # A push runs the engine, of which there is one in a process.
    return await (stranger.process(*words) if words[0] == "request" and "--no-wait" not in words else stranger(*words))


async def test_every_example_of_the_help_does_what_it_says(
    stranger: CommandLine, core: Core, servicenow: ServiceNow, tmp_path: Path
) -> None:
    examples = await read_help(stranger)
    assert all(examples.values()), [path for path, lines in examples.items() if not lines]
    assert (await stranger("edit", "Payroll Cloud/AC-1", "--from", "ac-7.md")).status == 0

    told = {}
    for lines in examples.values():
        for example in lines:
            if not example.startswith(STAY):
                done = await typed(stranger, example)
                assert done.status == 0, f"{example}: {done.err}"
                assert "Traceback" not in done.err
                told[example] = done
                if "--json" in example:
                    json.loads(done.out)

    assert servicenow.writes()
    assert (tmp_path / "evidence.html").read_text(encoding="utf-8").count("exactly what was sent") >= 1
    assert (tmp_path / "trail.csv").read_text(encoding="utf-8").startswith('"sequence"')
    assert list((tmp_path / "statements").rglob("*.md"))
    await until_ended(core, await get_request_id(core, "1"))
    assert all("[bold]" not in done.out for done in told.values())


@pytest.mark.parametrize(
    ("shell", "typed", "wanted"),
    [
        ("bash", {"COMP_WORDS": "grcpush aud", "COMP_CWORD": "1"}, "audit"),
        ("bash", {"COMP_WORDS": "grcpush audit ver", "COMP_CWORD": "2"}, "verify"),
        ("zsh", {"_TYPER_COMPLETE_ARGS": "grcpush audit export --form"}, "--format"),
        ("fish", {"_TYPER_COMPLETE_ARGS": "grcpush tok", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}, "token"),
    ],
)
def test_completion_knows_commands_and_options(shell: str, typed: dict[str, str], wanted: str) -> None:
    done = CliRunner().invoke(app, [], env={"_GRCPUSH_COMPLETE": f"complete_{shell}", **typed})

    assert wanted in done.stdout

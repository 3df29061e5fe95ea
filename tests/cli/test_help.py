"""The help teaches: whoever reads only it knows every command, option and argument."""

import sys
from collections.abc import Iterator

import click
import pytest
import typer
from typer.testing import CliRunner

from bot.cli import main
from bot.cli.root import app


def commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if hasattr(group, "commands"):
        for name, command in group.commands.items():
            yield from commands(command, (*path, name))
    else:
        yield path, group


ALL = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("path", sorted(ALL), ids=" ".join)
def test_every_command_and_everything_it_takes_is_explained(path: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(app, [*path, "--help"], env={"COLUMNS": "200"})

    assert shown.exit_code == 0
    assert len((ALL[path].help or "").split()) > 3
    for parameter in ALL[path].params:
        if parameter.name != "help":
            words = getattr(parameter, "help", None)
            assert words, f"{' '.join(path)}: {parameter.name} is not explained"
            assert (parameter.opts[0] in shown.stdout) or (str(parameter.metavar) in shown.stdout)


@pytest.mark.parametrize("path", sorted(ALL), ids=" ".join)
def test_an_unknown_option_is_wrong_usage_and_never_a_traceback(path: tuple[str, ...]) -> None:
    refused = CliRunner().invoke(app, [*path, "--colour-of-the-sky"])

    assert refused.exit_code == 2
    assert isinstance(refused.exception, SystemExit)


def test_every_group_says_what_it_is_for() -> None:
    shown = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200"}).stdout

    for path in ALL:
        assert path[0] in shown


def test_ctrl_c_while_the_command_is_loading_ends_it_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    class Impatient:
        def find_spec(self, name: str, *_where: object) -> None:
            if name == "bot.cli.root":
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "bot.cli.root")
    monkeypatch.setattr(sys, "meta_path", [Impatient(), *sys.meta_path])

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 130

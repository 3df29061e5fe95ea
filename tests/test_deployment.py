"""The Dockerfile and the compose file, held against the project as far as that goes without an engine to run them."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import yaml

from bot.cli.root import app
from core.config import PREFIX, Settings

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETTINGS = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
COMMANDS = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions with their words, continued lines joined."""
    text = re.sub(r"\\\n\s*", " ", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines]


def of(name: str) -> list[str]:
    return [words for instruction, words in instructions() if instruction == name]


def compose() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return services


def test_the_image_is_made_of_what_is_there():
    known = {"FROM", "WORKDIR", "COPY", "RUN", "USER", "ENV", "EXPOSE", "STOPSIGNAL", "CMD", "VOLUME"}
    copied = [words.split() for words in of("COPY")]

    assert {name for name, _ in instructions()} <= known
    assert instructions()[0][0] == "FROM"
    assert all((ROOT / source).exists() for *sources, _ in copied for source in sources)
    packages = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert set(packages) <= {source for *sources, _ in copied for source in sources}
    assert re.fullmatch(r"python:3\.1[1-9]-slim", of("FROM")[0])


def test_the_image_installs_by_the_lock_and_runs_as_nobody_in_particular():
    runs = " && ".join(of("RUN"))

    assert "--require-hashes -r requirements.lock" in runs
    locked = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    build = [re.match(r"[\w-]+", name) for name in PROJECT["build-system"]["requires"]]
    assert all(name and f"\n{name[0]}==" in f"\n{locked}" for name in build), "nothing else is there to build with"
    user = of("USER")[0]
    assert user != "root"
    assert f"useradd --system {user}" in runs
    assert f"install -d -o {user} {of('WORKDIR')[-1]}" in runs, "a database must be writable where the process runs"
    names = [name for name, _ in instructions()]
    assert names.index("USER") > max(index for index, name in enumerate(names) if name == "RUN")


def test_the_image_starts_a_command_that_exists_with_settings_that_exist():
    command = json.loads(of("CMD")[0])

    assert command[0] in PROJECT["project"]["scripts"]
    assert command[1] in COMMANDS or f"{command[1]}_command" in COMMANDS
    assert {pair.partition("=")[0] for words in of("ENV") for pair in words.split()} <= SETTINGS
    assert of("EXPOSE") == [str(Settings.model_fields["http_port"].default)]
    assert of("STOPSIGNAL") == ["SIGTERM"]


def test_compose_names_what_is_there_and_gives_a_stop_its_time():
    services = compose()["services"]
    bot, database = services["bot"], services["database"]

    assert (ROOT / bot["build"] / "Dockerfile").exists()
    assert set(bot["depends_on"]) <= set(services)
    assert set(bot["environment"]) <= SETTINGS
    assert bot["expose"] == of("EXPOSE")
    assert {volume.partition(":")[0] for volume in database["volumes"]} <= set(compose()["volumes"])
    timeout = Settings.model_fields["push_timeout_seconds"].default
    assert int(bot["stop_grace_period"].removesuffix("s")) >= timeout + 20


def test_the_bot_of_compose_signs_in_to_the_database_beside_it():
    services = compose()["services"]
    made = services["database"]["environment"]
    url = services["bot"]["environment"]["GRCPUSH_DATABASE_URL"].replace("${POSTGRES_PASSWORD}", "secret")

    assert (
        Settings(database_url=url).database_url
        == f"postgresql://{made['POSTGRES_USER']}:secret@database/{made['POSTGRES_DB']}"
    )
    assert "${POSTGRES_PASSWORD:?" in made["POSTGRES_PASSWORD"]
    assert made["POSTGRES_USER"] in services["database"]["healthcheck"]["test"][-1]


def test_what_compose_asks_when_it_looks_whether_the_bot_lives_is_answered():
    asked = compose()["services"]["bot"]["healthcheck"]["test"]

    assert asked[:3] == ["CMD", "python", "-c"]
    compile(asked[3], "healthcheck", "exec")
    assert f":{of('EXPOSE')[0]}/readyz" in asked[3]

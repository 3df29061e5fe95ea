"""Settings that cannot work, and servers that cannot be reached, are told in a sentence when a command starts."""

import json
from pathlib import Path

import pytest

from core.config import Settings
from sandbox.data import Sample
from sandbox.slack import Workspace
from tests.bot.terminal import Terminal


@pytest.fixture
def terminal(settings: Settings, sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.chdir(tmp_path)
    return Terminal(settings, tmp_path)


@pytest.fixture
def with_slack(terminal: Terminal, slack: Workspace) -> Terminal:
    """A terminal that also knows the stand-in Slack."""
    terminal.environment |= {
        "GRCPUSH_SLACK_BOT_TOKEN": slack.bot_token,
        "GRCPUSH_SLACK_SIGNING_SECRET": slack.signing_secret,
        "GRCPUSH_SLACK_API_URL": f"{slack.url}/api/",
        "GRCPUSH_SLACK_CHANNEL": "C0GRC",
    }
    return terminal


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"servicenow_url": None}, "GRCPUSH_SERVICENOW_URL is not set"),
        ({"servicenow_url": "http://acme.service-now.com"}, "must use https"),
        ({"servicenow_url": "https://acme.service-now.com/nav_to.do"}, "nothing more"),
        ({"servicenow_password": None}, "servicenow_password"),
        ({"servicenow_auth": "kerberos"}, "servicenow_auth"),
        ({"servicenow_pasword": "x"}, "Did you mean servicenow_password?"),
        ({"push_concurrency": "many"}, "push_concurrency"),
        ({"approvals_required": "-1"}, "approvals_required"),
        ({"database_url": "mysql://db"}, "database_url"),
        ({"servicenow_password": None, "servicenow_password_file": "missing.txt"}, "cannot be read"),
        ({"log_level": "chatty"}, "log_level"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_a_wrong_setting_ends_with_2_and_names_it(
    terminal: Terminal, wrong: dict[str, str | None], told: str
) -> None:
    outcome = await terminal.type("status", **wrong)

    assert outcome.status == 2
    assert told in outcome.err
    assert "Traceback" not in outcome.err


async def test_a_file_with_an_unknown_key_is_told_the_nearest_one(terminal: Terminal) -> None:
    terminal.file("grcpush.toml", 'slack_chanel = "C0GRC"\n')

    outcome = await terminal.type("status")

    assert outcome.status == 2
    assert "Did you mean slack_channel?" in outcome.err


async def test_a_file_that_is_no_toml_ends_with_2(terminal: Terminal) -> None:
    terminal.file("grcpush.toml", "slack_channel = \n")

    outcome = await terminal.type("status")

    assert outcome.status == 2
    assert "not valid TOML" in outcome.err


async def test_the_environment_wins_over_the_file_and_a_secret_may_come_from_one(terminal: Terminal) -> None:
    terminal.file("grcpush.toml", 'servicenow_username = "somebody.else"\n')
    secret = terminal.file("secret.txt", f"{terminal.environment['GRCPUSH_SERVICENOW_PASSWORD']}\n")

    outcome = await terminal.type("pull", servicenow_password=None, servicenow_password_file=secret)

    assert outcome.status == 0


async def test_a_database_that_cannot_be_there_is_told_in_a_sentence(terminal: Terminal) -> None:
    terminal.file("not-a-folder", "")

    outcome = await terminal.type("status", database_url=f"sqlite:///{terminal.folder}/not-a-folder/grcpush.db")

    assert outcome.status == 2
    assert "The database cannot be used" in outcome.err
    assert "GRCPUSH_DATABASE_URL" in outcome.err


@pytest.mark.parametrize("words", [("no-such-command",), ("list", "--no-such-option"), ("edit",), ("audit", "forge")])
async def test_words_that_are_no_command_end_with_2(terminal: Terminal, words: tuple[str, ...]) -> None:
    assert (await terminal.type(*words)).status == 2


class TestDoctor:
    async def test_a_sound_deployment_ends_with_0_and_says_ok_line_by_line(self, with_slack: Terminal) -> None:
        outcome = await with_slack.type("doctor")

        assert outcome.status == 0
        assert "Slack: signed in to Acme Compliance" in outcome.out
        assert "#grc-pushes, and the bot is in it" in outcome.out
        assert "fail" not in outcome.out

    async def test_without_a_token_only_slack_is_warned_about(self, terminal: Terminal) -> None:
        lines = (await terminal.type("doctor", "--json")).json

        assert [line["level"] for line in lines if line["subject"] == "Slack"] == ["warn"]

    @pytest.mark.pitfall("U9")
    @pytest.mark.parametrize(
        ("changed", "subject", "told"),
        [
            ({"slack_bot_token": "xoxb-wrong"}, "Slack", "invalid_auth"),
            ({"slack_api_url": "http://127.0.0.1:9/api/"}, "Slack", "cannot be reached"),
            ({"slack_channel": "C0PRIVATE"}, "Slack channel", "channel_not_found"),
            ({"slack_channel": "C0GENERAL"}, "Slack channel", "not in #general"),
            ({"servicenow_password": "wrong"}, "ServiceNow", "credentials"),
            ({"servicenow_field": "u_no_such_field"}, "ServiceNow", "u_no_such_field"),
        ],
    )
    async def test_what_is_wrong_ends_with_1_and_each_fault_comes_with_what_to_do(
        self, with_slack: Terminal, changed: dict[str, str], subject: str, told: str
    ) -> None:
        outcome = await with_slack.type("doctor", "--json", **changed)

        failed = [line for line in json.loads(outcome.out) if line["level"] == "fail"]
        assert outcome.status == 1
        assert any(line["subject"].startswith(subject) and told in line["sentence"] for line in failed)
        assert all(line["next_step"] for line in failed)

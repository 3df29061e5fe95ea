"""Slack's libraries: which of their parts we stay away from, which versions we need, and what is sent as it was drawn."""

import ast
from importlib.metadata import version
from pathlib import Path

import pytest
from pydantic import SecretStr
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.actions import Callback
from bot.app import running_bot
from bot.slack.modals import open_modal
from bot.views.parts.blocks import Submission, modal
from core.config import Settings
from core.errors import ConfigurationError
from sandbox.slack import Workspace
from tests.listeners.test_guard import guarded
from tests.stage import CHANNEL, FAST, REQUESTER, Stage, slack_settings

ROOT = Path(__file__).parents[2]
# Models parse what they are given and drop blocks that are newer than they are; stores keep tokens of many workspaces.
AVOIDED = ("slack_sdk.models", "slack_sdk.oauth", "slack_bolt.oauth")


def imported() -> set[str]:
    """Every module of Slack's libraries that the bot imports."""
    found: set[str] = set()
    for path in (ROOT / "bot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {name.name for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                found |= {f"{node.module}.{name.name}" for name in node.names}
    return {name for name in found if name.startswith("slack_")}


@pytest.mark.pitfall("P15", "P21")
def test_neither_the_models_nor_the_token_stores_of_slacks_libraries_are_used() -> None:
    names = imported()

    assert "slack_bolt.async_app.AsyncApp" in names
    assert [name for name in names if name.startswith(AVOIDED)] == []


@pytest.mark.pitfall("P15")
async def test_a_block_that_the_libraries_do_not_know_goes_out_whole_in_modals_messages_and_acknowledgements(
    slack: Workspace,
) -> None:
    strange = {"type": "hologram", "block_id": "h", "depth": 3, "elements": [{"type": "beam"}]}
    view = modal("Question", Submission(Callback.READ_ONLY), strange)

    async def draw(args: AsyncArgs) -> None:
        await args.ack(response_action="update", view=view)
        await args.client.chat_postMessage(channel=CHANNEL, text="Drawn", blocks=[strange])

    async def open_it(args: AsyncArgs) -> None:
        await open_modal(args, view)

    async with guarded(slack, command=draw):
        delivery = await slack.person(REQUESTER).command("/grcpush", channel=CHANNEL)
        posted = await slack.wait_call("chat.postMessage")
    async with guarded(slack, command=open_it):
        await slack.person(REQUESTER).command("/grcpush", channel=CHANNEL)
        opened = await slack.wait_call("views.open")

    assert delivery.body["view"]["blocks"] == [strange]
    assert posted.args["blocks"] == [strange]
    assert opened.args["view"]["blocks"] == [strange]
    slack.calls.clear()
    slack.deliveries.clear()


@pytest.mark.pitfall("P20", "P1")
def test_the_versions_are_those_that_mend_a_dead_socket_and_need_no_secret_in_socket_mode() -> None:
    def numbers(name: str) -> tuple[int, ...]:
        return tuple(int(part) for part in version(name).split(".")[:3])

    assert numbers("slack_sdk") >= (3, 44, 1)
    assert numbers("slack_bolt") >= (1, 29)
    pinned = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert '"slack-sdk>=3.44.1"' in pinned
    assert '"slack-bolt>=1.30"' in pinned


@pytest.mark.pitfall("P20")
async def test_an_empty_signing_secret_is_refused_over_http_and_not_missed_in_socket_mode(
    settings: Settings, slack: Workspace
) -> None:
    empty = slack_settings(settings, slack, slack_signing_secret=SecretStr(""))
    with pytest.raises(ConfigurationError, match="SIGNING_SECRET"):
        async with running_bot(empty, pace=FAST):
            pass

    slack.socket_mode = True
    by_socket = slack_settings(
        settings, slack, slack_signing_secret=SecretStr(""), slack_app_token=SecretStr(slack.app_token)
    )
    async with running_bot(by_socket, pace=FAST):
        assert (await slack.person(REQUESTER).command("/grcpush", "help", channel=CHANNEL)).ok


@pytest.mark.pitfall("P21")
async def test_who_the_bot_is_is_asked_once_and_not_with_every_delivery(stage: Stage) -> None:
    for typed in ("help", "status", ""):
        await stage.slack.person(REQUESTER).command("/grcpush", typed, channel=CHANNEL)
    await stage.slack.wait_for(lambda: len(stage.slack.ephemerals(REQUESTER)) == 3)

    assert len(stage.slack.calls.of("auth.test")) == 1

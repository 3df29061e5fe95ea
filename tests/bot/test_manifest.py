"""U9: the manifest asks for what is used and for nothing else, and the doctor says what is missing."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.actions import Action
from bot.app import Bot
from bot.cli.doctor_slack import examine_slack
from bot.collaborators import Collaborators
from bot.listeners import register_all
from bot.slack.client import slack_client
from bot.slack.manifest import EVENTS, SCOPES, app_manifest
from core.config import Settings
from sandbox.data import Sample
from sandbox.slack import Workspace
from sandbox.slack.api.methods import METHODS
from tests.listeners.test_routes import Registry
from tests.stage import APPROVER, CHANNEL, EDITOR, REQUESTER, Stage, served_bot, slack_settings

ROOT = Path(__file__).parents[2]
_CALL = re.compile(r"\.((?:chat|conversations|files|usergroups|users|views|reactions|auth|apps)_\w+)\b")
# Methods that Slack refuses without a scope that depends on the kind of the channel.
BY_CHANNEL = {
    "conversations.info": {"channels:read", "groups:read"},
    "conversations.history": {"channels:history", "groups:history", "im:history"},
    "conversations.replies": {"channels:history", "groups:history"},
}
BY_EVENT = {
    "member_joined_channel": {"channels:read", "groups:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "app_home_opened": set(),
    "app_uninstalled": set(),
    "tokens_revoked": set(),
}
OF_EVENT = {"message": {"message.channels", "message.groups"}}
# Read from what users.info answers, which leaves it out without the scope.
BY_FIELD = {"users:read.email"}


def method_of(name: str) -> str:
    """chat_postMessage is chat.postMessage, files_upload_v2 the two calls that it makes."""
    area, _, rest = name.partition("_")
    known = {method.replace(".", "_"): method for method in METHODS}
    return known.get(name, f"{area}.{rest.replace('_', '.')}")


def methods_used() -> set[str]:
    text = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py"))
    names = set(_CALL.findall(text)) - {"usergroups_users"}
    methods = {method_of(name) for name in names if name != "files_upload_v2"}
    return methods | {"files.getUploadURLExternal", "files.completeUploadExternal"}


@pytest.mark.pitfall("U9")
def test_scopes_used_equal_scopes_declared() -> None:
    used = {"commands", *BY_FIELD}
    for method in methods_used():
        scope = METHODS[method].scope
        is_for_app = METHODS[method].token == "app"
        used |= BY_CHANNEL.get(method, {scope} if scope and not is_for_app else set())
    for event in EVENTS:
        used |= BY_EVENT[event]

    assert used == set(SCOPES)
    assert all(SCOPES.values())


async def test_events_listened_to_equal_events_subscribed(stage: Stage) -> None:
    registry, bot = Registry(), stage.bot
    register_all(registry, Collaborators(bot.core, bot.client, None, bot.cards, None, str, None))  # type: ignore[arg-type]

    heard: set[str] = set()
    for name in registry.events:
        heard |= OF_EVENT.get(name, {name})

    assert heard == set(EVENTS)


def test_the_manifest_in_the_repository_is_the_one_that_is_printed() -> None:
    assert json.loads((ROOT / "manifest.json").read_text(encoding="utf-8")) == app_manifest()


def test_over_http_every_delivery_goes_to_the_same_address() -> None:
    text = json.dumps(app_manifest("https://grc.example.com/"))

    assert set(re.findall(r"https://[^\"]+", text)) == {"https://grc.example.com/slack/events"}
    assert app_manifest("https://grc.example.com")["settings"]["socket_mode_enabled"] is False
    assert "https://" not in json.dumps(app_manifest())


class TestInstalledFromTheManifest:
    @pytest.fixture
    async def bot(self, bot_settings: Settings, slack: Workspace, sample: Sample) -> AsyncIterator[Bot]:
        """A bot in a workspace that granted exactly what the manifest asks for."""
        slack.install(app_manifest("https://grc.example.com"))
        async with served_bot(bot_settings, slack) as bot:
            yield bot

    @pytest.mark.pitfall("U9")
    async def test_a_whole_push_needs_no_other_scope_and_uses_what_it_can(self, stage: Stage) -> None:
        card = await stage.request(2)
        await stage.click(APPROVER, card, Action.APPROVE)
        await stage.until(card, "2 pushed")
        await stage.click(APPROVER, card, Action.EVIDENCE)
        await stage.slack.wait_ephemeral(APPROVER, "in the thread")
        await stage.slack.person(EDITOR).command("/grcpush", channel=CHANNEL)

        assert [call.error for call in stage.slack.calls.refused()] == []

    @pytest.mark.pitfall("U9")
    async def test_the_bot_greets_the_channel_that_it_comes_into_and_nobody_else(self, stage: Stage) -> None:
        ravi = stage.slack.person(REQUESTER)

        await ravi.invite_bot("C0GENERAL")
        greeting = await stage.slack.wait_message("grcpush is here", channel="C0GENERAL")
        await ravi.join("C0GENERAL")
        await ravi.invite_bot("C0SHARED")

        assert "/grcpush help" in greeting.words
        assert "not posted here" in greeting.words
        assert stage.slack.messages("C0GENERAL") == [greeting]
        assert stage.slack.messages("C0SHARED") == []

    @pytest.mark.pitfall("P12")
    async def test_p12_a_public_channel_is_joined_before_the_card_goes_astray(self, stage: Stage) -> None:
        stage.slack.directory.channels[CHANNEL].members.remove("U0BOT")

        card = await stage.request(1)

        assert card.channel == CHANNEL
        assert "U0BOT" in stage.slack.directory.channels[CHANNEL].members


async def findings(settings: Settings) -> dict[str, tuple[str, str]]:
    return {each["subject"]: (each["level"], each["sentence"]) for each in await examine_slack(settings)}


@pytest.mark.pitfall("U9", "P12")
async def test_the_doctor_finds_nothing_wrong_with_what_the_manifest_makes(
    bot_settings: Settings, slack: Workspace
) -> None:
    slack.install(app_manifest("https://grc.example.com"))

    found = await findings(bot_settings)

    assert {level for level, _ in found.values()} == {"ok"}
    assert found["User group @grc-approvers"] == ("ok", "has 2 members.")


@pytest.mark.pitfall("U9", "P12")
async def test_the_doctor_names_missing_scopes_an_empty_group_and_a_channel_shared_with_others(
    settings: Settings, slack: Workspace
) -> None:
    slack.scopes.discard("files:write")
    slack.directory.groups["S0APPROVE"].users.clear()
    wrong = slack_settings(settings, slack, slack_channel="C0SHARED", editors=("@no-such-group",))

    found = await findings(wrong)

    assert found["Slack scopes"][0] == "fail"
    assert "files:write (for differences" in found["Slack scopes"][1]
    assert found["User group @grc-approvers"] == ("fail", "is empty: nobody has its roles.")
    assert found["User group @no-such-group"][0] == "fail"
    assert "shared with another organisation" in found["Slack channel"][1]


async def test_the_doctor_says_it_when_slack_does_not_tell_the_scopes(bot_settings: Settings, slack: Workspace) -> None:
    slack.faults.error("auth.test", "internal_error", None, when=lambda _call: bool(slack.calls.of("auth.test")[1:]))

    found = await findings(bot_settings)

    assert found["Slack"][0] == "ok"
    assert found["Slack scopes"] == ("fail", "cannot be read (internal_error).")


async def test_every_client_of_slacks_waits_half_a_minute_at_most(slack: Workspace) -> None:
    async with slack_client(SecretStr(slack.bot_token), f"{slack.url}/api/") as client:
        assert client.session is not None
        assert client.session.timeout.total == 30
        assert (await client.auth_test())["ok"]

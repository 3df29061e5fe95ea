"""The same push with Slack's deliveries coming through a web socket of the bot's own."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from bot.actions import Action, Callback
from bot.app import Bot
from core.config import Settings
from sandbox.data import Sample
from sandbox.servicenow import ServiceNow
from sandbox.slack import Workspace
from tests.stage import APPROVER, CHANNEL, REQUESTER, Stage, served_bot


@pytest.fixture
async def bot(bot_settings: Settings, slack: Workspace, sample: Sample) -> AsyncIterator[Bot]:
    slack.socket_mode = True
    settings = Settings(
        **{**dict(bot_settings), "slack_app_token": SecretStr(slack.app_token), "slack_signing_secret": None}
    )
    async with served_bot(settings, slack) as bot:
        await slack.wait_for(lambda: slack.sockets.connections)
        yield bot


@pytest.mark.pitfall("P20")
async def test_a_push_from_the_command_to_the_result_through_a_web_socket(
    stage: Stage, slack: Workspace, servicenow: ServiceNow
) -> None:
    await stage.edit(3)
    ravi = slack.person(REQUESTER)

    await ravi.command("/grcpush", "AC-7", channel=CHANNEL)
    listing = await slack.wait_ephemeral(REQUESTER, "Tick what to push")
    await ravi.click(listing, Action.PREVIEW_PUSH)
    preview = await slack.wait_view(REQUESTER, "1 ready", callback_id=Callback.PREVIEW)
    assert (await ravi.submit(preview)).ok
    card = await slack.wait_message("Push request #1", channel=CHANNEL)
    await stage.click(APPROVER, card, Action.APPROVE)
    await stage.until(card, "1 pushed")

    assert len(stage.written()) == 1
    assert {delivery.via for delivery in slack.deliveries} == {"socket"}
    assert all(delivery.ok for delivery in slack.deliveries)


@pytest.mark.pitfall("P1")
async def test_after_slack_cuts_the_connection_deliveries_arrive_again(stage: Stage, slack: Workspace) -> None:
    first = slack.sockets.connections[0].number
    await slack.sockets.disconnect("refresh_requested")
    await slack.wait_for(lambda: any(one.number != first for one in slack.sockets.connections))

    await slack.person(REQUESTER).command("/grcpush", "help", channel=CHANNEL)

    await slack.wait_ephemeral(REQUESTER, "One push request")


async def test_in_socket_mode_nothing_is_taken_over_http(stage: Stage, slack: Workspace) -> None:
    await slack.person(REQUESTER).command("/grcpush", "help", channel=CHANNEL)
    known = slack.deliveries[-1]

    forged = [
        await slack.forging.post_payload(known.kind, known.payload, secret=secret)
        for secret in (None, "unused-in-socket-mode")
    ]

    assert {delivery.status for delivery in forged} == {404}

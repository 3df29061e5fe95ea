"""What no listener takes, or breaks before one is reached: Slack gets its acknowledgement, the person gets the reason.

Over the web socket it matters most: there anything but success is no answer at all.
"""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from fastapi import FastAPI
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.kwargs_injection.async_args import AsyncArgs
from slack_sdk.web.async_client import AsyncWebClient

from bot.actions import Action, ButtonValue, Callback
from bot.background import Background
from bot.guard import Guard
from bot.slack.modals import open_modal
from bot.slack.socket_mode import Socket, SocketPace
from bot.views.parts.blocks import Submission, button, modal, reason_input
from bot.web.server import install_slack, served
from core.ids import new_id
from sandbox.slack import Workspace
from tests.stage import CHANNEL, REQUESTER

FORM = modal(
    "Question",
    Submission(Callback.DECLINE, ButtonValue(new_id()), "Send"),
    reason_input("Reason", hint="In a sentence."),
)


async def _nothing(_args: AsyncArgs) -> None:
    """Changes nothing about the application."""


@contextlib.asynccontextmanager
async def application(
    slack: Workspace, way: str, listener: Callable[[AsyncArgs], Awaitable[None]]
) -> AsyncIterator[AsyncApp]:
    """An application that knows the command alone, reached over HTTP or through the web socket."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id=slack.team_id, bot_user_id=slack.bot_user_id, bot_token=slack.bot_token
        )

    background = Background()
    app = AsyncApp(
        client=AsyncWebClient(base_url=f"{slack.url}/api/"),
        signing_secret=slack.signing_secret,
        authorize=authorize,
        raise_error_for_unhandled_request=True,
    )
    guard = Guard(background)
    app.error(guard.last_resort)
    app.command("/grcpush")(guard.guarded(listener))
    if way == "socket":
        slack.socket_mode = True
        async with Socket(app, slack.app_token, SocketPace()).running():
            yield app
            await background.drain(5)
        return
    server = FastAPI()
    install_slack(server, app)
    async with served(server, "127.0.0.1", 0) as url:
        slack.deliver_to(url)
        yield app
        await background.drain(5)


@pytest.mark.pitfall("P4")
@pytest.mark.parametrize("way", ["http", "socket"])
async def test_a_button_and_a_form_of_another_version_are_acknowledged_and_explained(
    slack: Workspace, way: str
) -> None:
    async def draw(args: AsyncArgs) -> None:
        await args.ack()
        old = button("Old", Action.REVIEW, ButtonValue(new_id()), spoken="An old button")
        await args.client.chat_postMessage(
            channel=CHANNEL, text="Drawn long ago", blocks=[{"type": "actions", "elements": [old]}]
        )
        await open_modal(args, FORM)

    async with application(slack, way, draw):
        ravi = slack.person(REQUESTER)
        await ravi.command("/grcpush", channel=CHANNEL)
        message = await slack.wait_message("Drawn long ago")
        slack.faults.slow("response_url", 0.5)
        clicked = await ravi.click(message, Action.REVIEW)
        told = await slack.wait_ephemeral(REQUESTER, "another version of grcpush")
        sent = await ravi.submit(await slack.wait_view(REQUESTER, "Reason"), {"reason": "Because."})

    assert clicked is not None
    assert clicked.ok
    assert clicked.ack_ms < 450
    assert "Type /grcpush" in told.words
    assert not message.is_deleted
    assert sent.ok
    assert sent.view is not None
    assert "another version of grcpush" in sent.view.words


@pytest.mark.pitfall("P4")
@pytest.mark.parametrize("way", ["http", "socket"])
async def test_what_nobody_waits_for_is_acknowledged_without_a_word(slack: Workspace, way: str) -> None:
    async with application(slack, way, _nothing):
        await slack.person(REQUESTER).open_home()
        event = slack.deliveries[-1]
        typed = {"type": "block_suggestion", "action_id": "grc.unknown", "block_id": "b", "value": "pay"}
        person = {"user": {"id": REQUESTER}, "team": {"id": slack.team_id}}
        menu = await slack.sender.attempt("interactive", {**typed, **person}, REQUESTER)

    assert event.ok
    assert event.attempt == 0
    assert menu.ok
    assert menu.body == {"options": []}
    assert slack.lost_events == []
    assert slack.posts.everywhere() == []


@pytest.mark.pitfall("P4")
@pytest.mark.parametrize("way", ["http", "socket"])
async def test_what_breaks_in_bolt_itself_is_acknowledged_and_told_with_a_reference(
    slack: Workspace, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with application(slack, way, _nothing) as app:

        async def broken(_next: Any) -> None:
            raise RuntimeError("broken before any listener")

        app.middleware(broken)
        delivery = await slack.person(REQUESTER).command("/grcpush", channel=CHANNEL)
        told = await slack.wait_ephemeral(REQUESTER, "Reference")

    assert delivery.ok
    assert "delivery.not_taken" in caplog.text
    assert "broken before" not in told.words


@pytest.mark.pitfall("P4")
@pytest.mark.parametrize("way", ["http", "socket"])
async def test_a_listener_that_is_slow_to_acknowledge_is_not_taken_for_a_missing_one(
    slack: Workspace, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with application(slack, way, _nothing) as app:
        app._async_listeners[0].ack_timeout = 0.05
        await slack.person(REQUESTER).command("/grcpush", channel=CHANNEL)

    assert "delivery.not_acknowledged" in caplog.text
    assert slack.ephemerals(REQUESTER) == []

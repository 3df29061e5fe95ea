"""Connections to Slack and ServiceNow: made once, used by every call, and closed when the bot stops."""

import aiohttp
import httpx
import pytest

from bot.actions import Action
from core.config import Settings
from sandbox.data import Sample
from sandbox.servicenow import ServiceNow
from sandbox.slack import Workspace
from tests.stage import APPROVER, CHANNEL, REQUESTER, Stage, served_bot, slack_settings


@pytest.mark.pitfall("P5")
@pytest.mark.parametrize(("by_socket", "allowed"), [(False, 1), (True, 2)])
async def test_a_whole_push_makes_no_session_beside_the_bots_own_and_leaves_none_open(
    settings: Settings,
    slack: Workspace,
    sample: Sample,
    servicenow: ServiceNow,
    monkeypatch: pytest.MonkeyPatch,
    by_socket: bool,
    allowed: int,
) -> None:
    sessions: list[aiohttp.ClientSession] = []
    clients: list[httpx.AsyncClient] = []
    monkeypatch.setattr(aiohttp.ClientSession, "__init__", _noting(aiohttp.ClientSession.__init__, sessions))
    monkeypatch.setattr(httpx.AsyncClient, "__init__", _noting(httpx.AsyncClient.__init__, clients))
    slack.socket_mode = by_socket
    token = {"slack_app_token": slack.app_token, "slack_signing_secret": None} if by_socket else {}

    async with served_bot(slack_settings(settings, slack, **token), slack) as bot:
        stage = await Stage.set(bot, slack, servicenow, sample)
        card = await stage.request(2)
        await stage.click(APPROVER, card, Action.APPROVE)
        await stage.until(card, "2 pushed")
        await slack.person(REQUESTER).command("/grcpush", "help", channel=CHANNEL)
        await slack.wait_ephemeral(REQUESTER, "One push request")
        assert [client for client in clients if not client.is_closed]

    assert len(sessions) == allowed
    assert all(session.closed for session in sessions)
    # The stand-in has one of its own, for deliveries over HTTP.
    assert [client for client in clients if not client.is_closed and client is not slack.sender._client] == []


def _noting(make, kept):
    """The constructor, which also keeps what it makes."""

    def noted(self, *arguments, **options):
        kept.append(self)
        make(self, *arguments, **options)

    return noted

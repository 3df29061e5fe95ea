"""Slack takes the app's token back: it is noticed without anybody clicking, told once, and no push depends on it."""

import logging

import pytest

import bot.scheduler
from bot.app import running_bot
from bot.slack.traffic import ask_slack
from core.config import Settings
from core.usecases.approvals.deciding import approve_push
from sandbox.slack import Workspace
from tests.bot.test_health import asked, at
from tests.cast import until_ended
from tests.stage import FAST, Stage


@pytest.mark.pitfall("P27")
@pytest.mark.parametrize("deed", ["uninstall", "revoke_tokens"])
async def test_an_app_that_was_removed_knows_it_at_once_and_says_so_once_to_the_operator(
    stage: Stage, deed: str, caplog: pytest.LogCaptureFixture
) -> None:
    await getattr(stage.slack, deed)()
    await stage.slack.wait_for(lambda: stage.slack.calls.of("auth.test")[1:])
    ready = await asked(at(stage), "/readyz")
    await ask_slack(stage.bot.client)

    assert ready.status_code == 503
    assert "refuses our token" in ready.json()["slack"]["detail"]
    told = [record for record in caplog.records if record.message.startswith("slack.token_dead")]
    assert [record.levelno for record in told] == [logging.ERROR]


@pytest.mark.pitfall("P27")
async def test_a_push_goes_on_and_its_card_is_drawn_when_the_app_is_back(stage: Stage) -> None:
    card = await stage.request(3)
    request = await stage.card_of(card)
    await stage.slack.uninstall()

    await approve_push(stage.bot.core, stage.cast.approver, request.id, shown_digest=request.content_digest)
    await until_ended(stage.bot.core, request.id)

    assert len(stage.written()) == 3
    assert "Waiting for approval" in card.words
    stage.slack.token_problem = None
    await stage.until(card, "3 pushed")
    assert (await asked(at(stage), "/readyz")).status_code == 200


@pytest.mark.pitfall("P27")
async def test_where_nobody_clicks_and_slack_tells_nothing_the_bot_asks_by_itself(
    bot_settings: Settings, slack: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(bot.scheduler, "_HEARTBEAT_SECONDS", 0.1)

    async with running_bot(bot_settings, pace=FAST):
        slack.token_problem = "account_inactive"
        await slack.wait_for(lambda: "slack.token_dead error=account_inactive" in caplog.text)
        slack.token_problem = None
        await slack.wait_for(lambda: "slack.token_works_again" in caplog.text)

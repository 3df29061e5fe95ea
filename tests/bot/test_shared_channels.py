"""A channel that is shared with another organisation: nothing is posted there, unless it is allowed by name."""

from collections.abc import AsyncIterator

import pytest

import bot.slack.shared_channels as sharing
from bot.actions import Action
from bot.app import Bot
from core.config import Settings
from core.usecases.statements.edits import get_statement
from sandbox.data import Sample
from sandbox.slack import Message, Workspace
from tests.stage import APPROVER, CHANNEL, REQUESTER, Stage, served_bot, slack_settings


@pytest.fixture
async def bot(
    bot_settings: Settings, slack: Workspace, sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Bot]:
    """A bot that believes for no time at all what Slack said of a channel."""
    monkeypatch.setattr(sharing, "_REMEMBERED_SECONDS", 0.0)
    async with served_bot(bot_settings, slack) as bot:
        yield bot


def share(stage: Stage) -> None:
    """Another organisation is let into the channel."""
    stage.slack.directory.channels[CHANNEL].is_shared = True


def said_in(stage: Stage) -> list[str]:
    """Every text and file in the channel and its threads that more than one person sees."""
    files = [file.name for file in stage.slack.files if CHANNEL in {where for where, _ in file.shared_in}]
    return [message.words for message in stage.slack.posts.all_in(CHANNEL) if not message.is_ephemeral] + files


async def asked_for(stage: Stage, count: int) -> Message:
    """The card of a request, wherever it stands."""
    edits = stage.sample.local_edits[:count]
    await stage.ask_for([(await get_statement(stage.bot.core, edit.sys_id)).id for edit in edits])
    return await stage.slack.wait_message("Push request #1")


@pytest.mark.pitfall("P23")
async def test_the_card_its_conflicts_and_files_go_to_the_requester_who_reads_why(stage: Stage) -> None:
    share(stage)
    await stage.edit(3)
    stage.sample.apply_remote_edits(stage.servicenow)

    card = await asked_for(stage, 3)
    told = await stage.slack.wait_message("This card belongs in", thread_ts=card.ts)
    for reply in await stage.until_conflicts(card, 2):
        await stage.click(REQUESTER, reply, Action.KEEP_LOCAL)
        await stage.until(reply, "Kept local")
    await stage.until(card, "Waiting for approval")
    await stage.click(APPROVER, card, Action.APPROVE)
    await stage.until(card, "3 pushed")

    assert card.channel == stage.slack.directory.direct_with(REQUESTER).id
    assert "shared with another organisation" in told.text
    assert "SLACK_SHARED_CHANNELS" in told.text
    assert said_in(stage) == []


@pytest.mark.pitfall("P23")
async def test_a_channel_that_is_shared_while_a_card_stands_there_hears_nothing_more(stage: Stage) -> None:
    card = await stage.request(2)
    await stage.slack.wait_message("1 approval needed", thread_ts=card.ts)
    before = said_in(stage)
    share(stage)

    await stage.click(APPROVER, card, Action.APPROVE)
    moved = await stage.slack.wait_message("2 pushed")
    await stage.click_again(APPROVER, card, stage.button(moved, Action.EVIDENCE))
    await stage.slack.wait_ephemeral(APPROVER, "in your direct messages")

    assert stage.slack.direct_messages(REQUESTER)[0] is moved
    assert said_in(stage) == before


@pytest.mark.pitfall("P23")
async def test_where_slack_does_not_tell_whether_it_is_shared_nothing_is_posted(stage: Stage) -> None:
    stage.slack.scopes -= {"channels:read", "groups:read"}
    await stage.edit(1)

    card = await asked_for(stage, 1)
    told = await stage.slack.wait_message("This card belongs in", thread_ts=card.ts)

    assert "grcpush doctor" in told.text
    assert said_in(stage) == []


class TestAllowedByName:
    @pytest.fixture
    def bot_settings(self, settings: Settings, slack: Workspace) -> Settings:
        return slack_settings(settings, slack, slack_shared_channels=(CHANNEL,))

    async def test_the_card_stands_in_the_channel(self, stage: Stage) -> None:
        share(stage)

        card = await stage.request(1)

        assert card.channel == CHANNEL

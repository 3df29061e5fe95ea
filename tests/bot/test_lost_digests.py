"""A reminder whose post has no known end: Slack took it and the answer was lost, or the process died before it was sent."""

import pytest

from bot.drawing.digests import send_digests
from core.config import Settings
from core.usecases.reminders.digests import claim_digest, claim_roll_up, due_digests, due_roll_up
from sandbox.slack import Message, Workspace
from tests.bot.test_digests import BERLIN, MONDAY, Office, clock, office
from tests.stage import CHANNEL, EDITOR, slack_settings

__all__ = ["clock", "office"]


@pytest.fixture
def bot_settings(settings: Settings, slack: Workspace) -> Settings:
    """Settings with a round-up at nine, like the reminders."""
    return slack_settings(settings, slack, digest_channel_hour=9, digest_channel_zone="Europe/Berlin")


def round_ups(office: Office) -> list[Message]:
    return office.slack.messages(CHANNEL)


async def at_nine(office: Office) -> None:
    await office.edit(EDITOR, "Europe/Berlin", 0)
    office.clock.set(MONDAY, 9, BERLIN)


async def tick_at(office: Office, hour: int, minute: int) -> int:
    office.clock.set(MONDAY, hour, BERLIN, minute=minute)
    return await office.tick()


async def test_what_slack_took_without_an_answer_is_found_and_not_sent_again(office: Office) -> None:
    await at_nine(office)
    office.slack.faults.reset("chat.postMessage", times=2, after_doing=True)

    assert await office.tick() == 0
    assert len(office.digests(EDITOR)) == len(round_ups(office)) == 1
    for minute in (15, 30, 45):
        assert await tick_at(office, 9, minute) == 0

    assert len(office.digests(EDITOR)) == len(round_ups(office)) == 1
    assert len(office.slack.calls.of("conversations.history")) == 2, "found once, nothing is looked for any more"


@pytest.mark.parametrize("status", [500, 504])
async def test_a_server_error_that_came_after_the_post_sends_no_second_one(office: Office, status: int) -> None:
    await at_nine(office)
    office.slack.faults.server_error("chat.postMessage", times=2, status=status, after_doing=True)

    await office.tick()
    await tick_at(office, 9, 15)

    assert len(office.digests(EDITOR)) == len(round_ups(office)) == 1


async def test_a_process_that_died_between_the_claim_and_the_post_costs_nobody_the_reminder(office: Office) -> None:
    await at_nine(office)
    (digest,) = [each async for each in due_digests(office.core)]
    roll_up = await due_roll_up(office.core)
    assert roll_up is not None
    assert await claim_digest(office.core, digest) is not None
    assert await claim_roll_up(office.core, roll_up) is not None

    assert await tick_at(office, 9, 1) == 0, "the other process may still be sending it"
    assert await tick_at(office, 9, 15) == 2
    assert await tick_at(office, 9, 30) == 0

    assert len(office.digests(EDITOR)) == len(round_ups(office)) == 1


async def test_where_the_app_may_not_look_nothing_is_repeated_that_day_and_the_log_says_so(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await at_nine(office)
    office.slack.scopes -= {"im:history", "channels:history"}
    office.slack.faults.reset("chat.postMessage", times=2, after_doing=True)

    await office.tick()
    for minute in (15, 30):
        assert await tick_at(office, 9, minute) == 0

    assert len(office.digests(EDITOR)) == len(round_ups(office)) == 1
    told = [record.getMessage() for record in caplog.records if "digest.not_repeated" in record.getMessage()]
    assert len(told) == 2
    assert all("missing_scope" in words for words in told)


async def test_the_next_day_has_its_own_whatever_became_of_the_last(office: Office) -> None:
    await at_nine(office)
    office.slack.scopes -= {"im:history"}
    office.slack.faults.reset("chat.postMessage", when=lambda call: call["channel"] == EDITOR)
    await office.tick()
    await tick_at(office, 9, 15)
    assert office.digests(EDITOR) == []

    office.clock.set(MONDAY.replace(day=MONDAY.day + 1), 9, BERLIN)
    assert (await send_digests(office.core, office.client)).sent == 2

    assert len(office.digests(EDITOR)) == 1


async def test_an_owner_who_takes_no_messages_is_told_of_in_the_channel_once_also_when_that_answer_is_lost(
    office: Office,
) -> None:
    await at_nine(office)
    office.slack.faults.error("chat.postMessage", "cannot_dm_bot", None, when=lambda call: call["channel"] == EDITOR)
    office.slack.faults.reset("chat.postMessage", when=lambda call: call["channel"] == CHANNEL, after_doing=True)

    for minute in (0, 15, 30):
        await tick_at(office, 9, minute)

    told = [message for message in round_ups(office) if "cannot send" in message.words]
    assert len(told) == 1

"""U7: what people want of their digests, what the team's channel is told, and owners who cannot be reached."""

import datetime as dt
from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.actions import Action
from bot.drawing.digests import send_digests
from bot.local import open_core
from core.config import Settings
from core.domain.digest import Snooze
from core.errors import Refused
from core.models.digests import DigestSettings
from core.usecases.pulling.pull import pull
from core.usecases.reminders.settings import digest_settings, save_digest_settings, snooze_digest
from core.usecases.requests.asking import request_push
from core.usecases.requests.drafts import prepare_push
from core.usecases.statements.edits import get_statement
from sandbox.data import Sample
from sandbox.slack import Workspace
from tests.bot.test_digests import BERLIN, MONDAY, Office, SetClock
from tests.cast import meet_everybody
from tests.stage import CHANNEL, EDITOR, REQUESTER, Stage, slack_settings

DAY = dt.timedelta(days=1)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(MONDAY - 4 * DAY, 15, BERLIN)


@pytest.fixture
def team_settings(settings: Settings, slack: Workspace) -> Settings:
    """A round-up at eight in the morning of Berlin; Tuesday is a holiday."""
    return slack_settings(
        settings,
        slack,
        digest_channel_hour=8,
        digest_channel_zone="Europe/Berlin",
        digest_holidays=(MONDAY + DAY,),
    )


@pytest.fixture
async def office(team_settings: Settings, slack: Workspace, clock: SetClock, sample: Sample) -> AsyncIterator[Office]:
    async with open_core(team_settings, clock) as core, aiohttp.ClientSession() as session:
        await pull(core)
        client = AsyncWebClient(token=slack.bot_token, base_url=f"{slack.url}/api/", session=session)
        yield Office(core, client, slack, clock, sample)


async def at(office: Office, day: dt.date, hour: int) -> int:
    office.clock.set(day, hour, BERLIN)
    return await office.tick()


@pytest.mark.pitfall("U7")
async def test_each_person_has_an_hour_and_days_of_their_own_and_may_switch_it_off(office: Office) -> None:
    actor = await office.edit(EDITOR, "Europe/Berlin", 0)
    await save_digest_settings(office.core, actor, DigestSettings(hour=16, days="mon,wed"))

    for day, hour in ((MONDAY, 9), (MONDAY, 16), (MONDAY + 2 * DAY, 9), (MONDAY + 3 * DAY, 16)):
        await at(office, day, hour)
    assert len(office.digests(EDITOR)) == 1

    await save_digest_settings(office.core, actor, DigestSettings(is_on=False))
    await at(office, MONDAY + 7 * DAY, 9)
    assert len(office.digests(EDITOR)) == 1
    assert await digest_settings(office.core, actor.id) == DigestSettings(is_on=False)
    with pytest.raises(Refused):
        await save_digest_settings(office.core, actor, DigestSettings(days="someday"))


async def test_a_holiday_is_no_working_day(office: Office) -> None:
    await office.edit(EDITOR, "Europe/Berlin", 0)

    await at(office, MONDAY + DAY, 9)
    assert office.digests(EDITOR) == []
    await at(office, MONDAY + 2 * DAY, 9)

    (digest,) = office.digests(EDITOR)
    assert "for 3 working days" in digest.text


@pytest.mark.parametrize(
    ("snooze", "clicked_on", "back_after"),
    [
        # Tuesday is a holiday: the next reminder is Wednesday's.
        (Snooze.NEXT, 0, 3),
        (Snooze.MONDAY, 0, 7),
        (Snooze.WEEK, 0, 7),
        (Snooze.NEXT, 3, 7),
        (Snooze.NEXT, 4, 8),
        (Snooze.NEXT, 5, 8),
        (Snooze.MONDAY, 4, 7),
    ],
)
async def test_a_snooze_is_silent_until_its_day(
    office: Office, snooze: Snooze, clicked_on: int, back_after: int
) -> None:
    actor = await office.edit(EDITOR, "Europe/Berlin", 0)
    office.clock.set(MONDAY + clicked_on * DAY, 10, BERLIN)
    until = await snooze_digest(office.core, actor, snooze)

    heard = []
    for days in range(clicked_on + 1, 10):
        before = len(office.digests(EDITOR))
        await at(office, MONDAY + days * DAY, 9)
        heard += [days] * (len(office.digests(EDITOR)) - before)

    assert heard[0] == back_after
    assert until == MONDAY + back_after * DAY


async def test_the_next_reminder_is_left_out_on_whatever_days_its_owner_chose(office: Office) -> None:
    actor = await office.edit(EDITOR, "Europe/Berlin", 0)
    await save_digest_settings(office.core, actor, DigestSettings(days="mon,thu"))
    office.clock.set(MONDAY, 10, BERLIN)

    until = await snooze_digest(office.core, actor, Snooze.NEXT)

    assert until == MONDAY + 7 * DAY


async def test_one_statement_may_be_silent_alone_and_young_ones_are_not_named(office: Office) -> None:
    actor = await office.edit(EDITOR, "Europe/Berlin", 0)
    await office.edit(EDITOR, "Europe/Berlin", 2)
    first = await get_statement(office.core, office.sample.local_edits[0].sys_id)
    office.clock.set(MONDAY, 7, BERLIN)
    await snooze_digest(office.core, actor, Snooze.WEEK, first.id)

    await at(office, MONDAY, 9)
    (digest,) = office.digests(EDITOR)
    assert "1 statement of yours" in digest.text

    await save_digest_settings(office.core, actor, DigestSettings(min_age=20))
    await at(office, MONDAY + 2 * DAY, 9)
    assert len(office.digests(EDITOR)) == 1


async def test_the_age_of_an_edit_is_in_the_teams_working_days_whatever_days_its_owner_chose(office: Office) -> None:
    actor = await office.edit(EDITOR, "Europe/Berlin", 0)
    await save_digest_settings(office.core, actor, DigestSettings(days="mon", min_age=5))

    await at(office, MONDAY, 9)
    assert office.digests(EDITOR) == []
    await at(office, MONDAY + 7 * DAY, 9)

    (digest,) = office.digests(EDITOR)
    assert "for 6 working days" in digest.text, "Friday, and a week of which Tuesday was a holiday, to the Monday after"


async def test_what_is_all_in_an_open_request_needs_no_reminder(office: Office) -> None:
    cast = await meet_everybody(office.core)
    await office.edit(EDITOR, "Europe/Berlin", 0)
    statement = await get_statement(office.core, office.sample.local_edits[0].sys_id)
    preview = await prepare_push(office.core, cast.requester, [statement.id])
    await request_push(office.core, cast.requester, preview.request_id)

    await at(office, MONDAY, 9)

    assert office.digests(EDITOR) == []


async def test_the_channel_is_told_counts_once_at_its_hour_and_nothing_when_there_is_nothing(office: Office) -> None:
    assert await at(office, MONDAY - 3 * DAY, 8) == 0
    await office.edit(EDITOR, "Europe/Berlin", 0)
    await office.edit(REQUESTER, "America/New_York", 2)

    for hour in (7, 8, 8, 9):
        await at(office, MONDAY, hour)

    (told,) = office.slack.messages(CHANNEL)
    assert "2 statements of 2 people not pushed yet" in told.text
    assert "AC-2" not in told.words


@pytest.mark.pitfall("P23")
async def test_a_channel_shared_with_others_is_told_no_counts(office: Office) -> None:
    office.slack.directory.channels[CHANNEL].is_shared = True
    await office.edit(EDITOR, "Europe/Berlin", 0)
    office.slack.faults.error("chat.postMessage", "user_disabled", when=lambda call: call["channel"] == EDITOR)

    for hour in (7, 8, 9):
        await at(office, MONDAY, hour)

    assert office.slack.messages(CHANNEL) == []


@pytest.mark.pitfall("P24")
async def test_p24_an_owner_who_takes_no_direct_message_is_told_of_in_the_channel_without_the_texts(
    office: Office,
) -> None:
    await office.edit(EDITOR, "Europe/Berlin", 0)
    office.slack.faults.error("chat.postMessage", "user_disabled", when=lambda call: call["channel"] == EDITOR)

    for _ in range(2):
        await at(office, MONDAY, 9)

    (told, _) = office.slack.messages(CHANNEL)
    assert "cannot send" in told.words
    assert "AC-" not in told.words


async def test_a_digest_to_try_comes_at_once_and_its_buttons_work(stage: Stage) -> None:
    await stage.edit(2)
    erin = stage.slack.person(EDITOR)

    await erin.command("/grcpush", "digest", channel=CHANNEL)
    await stage.slack.wait_ephemeral(EDITOR, "Sent to you")
    (digest,) = stage.slack.direct_messages(EDITOR)
    await erin.click(digest, Action.DIGEST_REVIEW)
    await stage.slack.wait_for(
        lambda: any("2 statements of yours changed" in told.words for told in stage.slack.ephemerals(EDITOR))
    )
    whole = stage.elements(digest, Action.DIGEST_SNOOZE)[-1].block_id
    await erin.click(digest, Action.DIGEST_SNOOZE, whole, option="Not until Monday")
    await stage.slack.wait_for(
        lambda: any("No reminder before" in told.words for told in stage.slack.ephemerals(EDITOR))
    )

    await erin.command("/grcpush", "digest", channel=CHANNEL)
    await stage.slack.wait_for(
        lambda: any("nothing to be reminded of" in told.words for told in stage.slack.ephemerals(EDITOR))
    )
    assert (await send_digests(stage.bot.core, stage.bot.client)).sent == 0

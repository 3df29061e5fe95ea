"""The daily reminder: each owner at their own hour, once a day, never about nothing."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import replace
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.drawing.digests import send_digests
from bot.local import open_core
from bot.slack.retries import retry_handlers
from core.config import Settings
from core.domain.actor import Actor, Grant, Identity, Role
from core.usecases.people.actors import remember
from core.usecases.pulling.pull import pull
from core.usecases.statements.edits import get_statement, revert, save_edit
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import ServiceNow
from sandbox.slack import Message, Workspace
from tests.clocks import StoppedClock
from tests.stage import EDITOR, FAST, REQUESTER, served_bot, slack_settings

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
MONDAY = dt.date(2026, 7, 6)


class SetClock(StoppedClock):
    """Stands at an hour of a day in somebody's zone."""

    def __init__(self, day: dt.date, hour: int, zone: ZoneInfo) -> None:
        self.set(day, hour, zone)

    def set(self, day: dt.date, hour: int, zone: ZoneInfo, minute: int = 0) -> None:
        self.at = dt.datetime.combine(day, dt.time(hour, minute), tzinfo=zone).astimezone(dt.UTC)


class Office:
    """Two people with local edits, in two time zones, and the bot's way of sending them their digests."""

    def __init__(self, core: Core, client: AsyncWebClient, slack: Workspace, clock: SetClock, sample: Sample) -> None:
        self.core, self.client, self.slack, self.clock, self.sample = core, client, slack, clock, sample

    async def edit(self, who: str, zone: str, number: int) -> Actor:
        email = {EDITOR: "editor@example.com", REQUESTER: "requester@example.com"}[who]
        person_id = await remember(self.core, Identity(who, email, who, zone))
        actor = Actor(person_id, who, email, who, (Grant(Role.EDITOR),))
        edit = self.sample.local_edits[number]
        statement = await get_statement(self.core, edit.sys_id)
        await save_edit(self.core, actor, statement.id, edit.html, source="test")
        return actor

    async def tick(self) -> int:
        return (await send_digests(self.core, self.client, seconds_apart=0)).sent

    def digests(self, who: str) -> list[Message]:
        return self.slack.direct_messages(who)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(MONDAY - dt.timedelta(days=4), 15, BERLIN)


@pytest.fixture
async def office(bot_settings: Settings, slack: Workspace, clock: SetClock, sample: Sample) -> AsyncIterator[Office]:
    async with open_core(bot_settings, clock) as core, aiohttp.ClientSession() as session:
        await pull(core)
        client = AsyncWebClient(
            token=slack.bot_token, base_url=f"{slack.url}/api/", session=session, retry_handlers=retry_handlers()
        )
        yield Office(core, client, slack, clock, sample)


@pytest.mark.pitfall("U7")
async def test_each_owner_gets_it_at_nine_in_their_own_zone(office: Office) -> None:
    await office.edit(EDITOR, "Europe/Berlin", 0)
    await office.edit(REQUESTER, "America/New_York", 2)

    office.clock.set(MONDAY, 8, BERLIN, minute=45)
    await office.tick()
    assert office.digests(EDITOR) == office.digests(REQUESTER) == []

    office.clock.set(MONDAY, 9, BERLIN)
    await office.tick()
    assert len(office.digests(EDITOR)) == 1
    assert office.digests(REQUESTER) == []

    office.clock.set(MONDAY, 9, NEW_YORK)
    await office.tick()
    assert len(office.digests(EDITOR)) == len(office.digests(REQUESTER)) == 1


@pytest.mark.pitfall("U7")
async def test_it_is_sent_once_a_day_however_often_the_clock_ticks(office: Office) -> None:
    await office.edit(EDITOR, "Europe/Berlin", 0)

    for minute in (0, 15, 30, 45):
        office.clock.set(MONDAY, 9, BERLIN, minute=minute)
        await office.tick()
    assert len(office.digests(EDITOR)) == 1

    office.clock.set(MONDAY + dt.timedelta(days=1), 9, BERLIN)
    await office.tick()
    assert len(office.digests(EDITOR)) == 2


@pytest.mark.pitfall("U7")
async def test_two_processes_that_tick_at_once_send_it_once(office: Office, bot_settings: Settings) -> None:
    await office.edit(EDITOR, "Europe/Berlin", 0)
    office.clock.set(MONDAY, 9, BERLIN)

    async with open_core(bot_settings, office.clock) as elsewhere:
        sent = await asyncio.gather(
            *(send_digests(core, office.client, seconds_apart=0) for core in (office.core, elsewhere, office.core))
        )

    assert sorted(each.sent for each in sent) == [0, 0, 1]
    assert len(office.digests(EDITOR)) == 1


@pytest.mark.pitfall("U7")
async def test_who_has_nothing_left_gets_nothing(office: Office) -> None:
    actor = await office.edit(EDITOR, "Europe/Berlin", 0)
    await revert(office.core, actor, (await get_statement(office.core, office.sample.local_edits[0].sys_id)).id)

    office.clock.set(MONDAY, 9, BERLIN)

    assert await office.tick() == 0
    assert office.digests(EDITOR) == []


@pytest.mark.pitfall("U7")
async def test_nothing_is_sent_on_a_weekend_and_an_edit_of_friday_is_one_working_day_old_on_monday(
    office: Office,
) -> None:
    friday = MONDAY - dt.timedelta(days=3)
    office.clock.set(friday, 16, BERLIN)
    await office.edit(EDITOR, "Europe/Berlin", 0)

    for days in (1, 2):
        office.clock.set(friday + dt.timedelta(days=days), 9, BERLIN)
        await office.tick()
    assert office.digests(EDITOR) == []

    office.clock.set(MONDAY, 9, BERLIN)
    await office.tick()
    (digest,) = office.digests(EDITOR)
    assert "1 working day" in digest.text


@pytest.mark.pitfall("U7")
async def test_it_names_the_statements_and_how_old_the_oldest_is(office: Office) -> None:
    await office.edit(EDITOR, "Europe/Berlin", 0)
    office.clock.set(MONDAY - dt.timedelta(days=3), 15, BERLIN)
    await office.edit(EDITOR, "Europe/Berlin", 2)

    office.clock.set(MONDAY, 9, BERLIN)
    await office.tick()

    (digest,) = office.digests(EDITOR)
    assert "2 statements of yours not pushed yet, the oldest for 2 working days" in digest.text
    assert "Payroll Cloud/AC-2" in digest.text
    assert "Payroll Cloud/AC-7" in digest.text


@pytest.mark.pitfall("U7")
async def test_a_bot_that_was_down_for_hours_sends_no_stale_news(office: Office) -> None:
    await office.edit(EDITOR, "Europe/Berlin", 0)

    office.clock.set(MONDAY, 11, BERLIN, minute=30)

    assert await office.tick() == 0


@pytest.mark.pitfall("U7")
async def test_what_could_not_be_sent_is_tried_again_and_keeps_nobody_else_waiting(office: Office) -> None:
    await office.edit(EDITOR, "Europe/Berlin", 0)
    await office.edit(REQUESTER, "Europe/Berlin", 2)
    office.slack.faults.error("chat.postMessage", "internal_error", when=lambda call: call["channel"] == EDITOR)
    office.clock.set(MONDAY, 9, BERLIN)

    assert await office.tick() == 1
    assert office.digests(EDITOR) == []
    assert len(office.digests(REQUESTER)) == 1

    office.clock.set(MONDAY, 9, BERLIN, minute=15)
    assert await office.tick() == 1
    assert len(office.digests(EDITOR)) == len(office.digests(REQUESTER)) == 1


@pytest.mark.pitfall("U7")
@pytest.mark.parametrize(
    ("day", "why"),
    [(dt.date(2026, 3, 29), "the hour does not exist"), (dt.date(2026, 10, 25), "the hour comes twice")],
)
async def test_on_the_days_the_clocks_change_it_is_sent_once(
    settings: Settings, slack: Workspace, sample: Sample, day: dt.date, why: str
) -> None:
    clock = SetClock(day - dt.timedelta(days=1), 15, BERLIN)
    night = slack_settings(settings, slack, digest_hour=2, digest_days="mon-sun")
    async with open_core(night, clock) as core, aiohttp.ClientSession() as session:
        await pull(core)
        client = AsyncWebClient(token=slack.bot_token, base_url=f"{slack.url}/api/", session=session)
        office = Office(core, client, slack, clock, sample)
        await office.edit(EDITOR, "Europe/Berlin", 0)

        midnight = dt.datetime.combine(day, dt.time(), tzinfo=BERLIN).astimezone(dt.UTC)
        for quarter in range(4 * 6):
            clock.at = midnight + dt.timedelta(minutes=15 * quarter)
            await office.tick()

    assert len(office.digests(EDITOR)) == 1, why


@pytest.mark.pitfall("U7")
async def test_a_restart_within_the_hour_sends_no_second_one(
    bot_settings: Settings, slack: Workspace, sample: Sample, servicenow: ServiceNow, office: Office, clock: SetClock
) -> None:
    await office.edit(EDITOR, "Europe/Berlin", 0)
    clock.set(MONDAY, 9, BERLIN)

    at_once = replace(FAST, first_tick_seconds=0)

    async with served_bot(bot_settings, slack, clock=clock, pace=at_once):
        await slack.wait_for(lambda: office.digests(EDITOR))
    async with served_bot(bot_settings, slack, clock=clock) as bot:
        await office.edit(REQUESTER, "Europe/Berlin", 2)
        await send_digests(bot.core, bot.client)

    assert len(office.digests(EDITOR)) == 1
    assert len(office.digests(REQUESTER)) == 1


@pytest.mark.pitfall("P13", "U7")
async def test_blocks_that_slack_refuses_are_replaced_by_the_text_that_tells_the_same(office: Office) -> None:
    await office.edit(EDITOR, "Europe/Berlin", 0)
    office.slack.faults.error(
        "chat.postMessage", "invalid_blocks", times=None, when=lambda call: bool(call.get("blocks"))
    )

    office.clock.set(MONDAY, 9, BERLIN)
    await office.tick()

    (digest,) = office.digests(EDITOR)
    assert "1 statement of yours not pushed yet" in digest.text
    assert digest.blocks == []


@pytest.mark.pitfall("P11", "U7")
async def test_they_are_sent_one_after_the_other_within_slacks_limits_and_each_as_things_stand_then(
    office: Office,
) -> None:
    actors = {who: await office.edit(who, "Europe/Berlin", number) for number, who in ((0, EDITOR), (2, REQUESTER))}
    office.clock.set(MONDAY, 9, BERLIN)

    sending = asyncio.create_task(send_digests(office.core, office.client, seconds_apart=0.3))
    await office.slack.wait_call("chat.postMessage")
    (first,) = [who for who in actors if office.digests(who)]
    (second,) = actors.keys() - {first}
    number = {EDITOR: 0, REQUESTER: 2}[second]
    statement = await get_statement(office.core, office.sample.local_edits[number].sys_id)
    await revert(office.core, actors[second], statement.id)

    assert (await sending).sent == 1
    assert office.digests(second) == []

"""A person's own settings, and the team's policy beside them."""

import datetime as dt

from bot.actions import Action, Callback
from bot.views.people.settings import AGE, DAYS, DIGEST, HEAR, HOUR
from core.domain.actor import Role
from core.domain.digest import Snooze
from core.models.digests import DigestSettings
from core.usecases.reminders.settings import digest_settings, save_digest_settings, snooze_digest
from sandbox.slack import View
from tests.stage import ADMIN, CHANNEL, EDITOR, REQUESTER, Stage


async def settings_of(stage: Stage, who: str) -> View:
    await stage.slack.person(who).command("/grcpush", "settings", channel=CHANNEL)
    return await stage.slack.wait_view(who, "What I am told", callback_id=Callback.SETTINGS)


async def test_what_is_chosen_is_kept_and_shown_the_next_time(stage: Stage) -> None:
    erin, editor_id = stage.slack.person(EDITOR), stage.cast.editor.id
    modal = await settings_of(stage, EDITOR)

    sent = await erin.submit(modal, {HEAR: [DIGEST], HOUR: "16", DAYS: ["0", "2"], AGE: "3"})

    assert sent.ok
    wanted = DigestSettings(hour=16, days="mon,wed", min_age=3, tells_results=False)
    assert await digest_settings(stage.bot.core, editor_id) == wanted
    again = await settings_of(stage, EDITOR)
    assert (await erin.submit(again)).ok
    assert await digest_settings(stage.bot.core, editor_id) == wanted


async def test_the_hour_and_the_days_of_the_team_are_followed_and_not_copied(stage: Stage) -> None:
    await save_digest_settings(stage.bot.core, stage.cast.editor, DigestSettings(is_on=False, hour=7, days="sun"))
    modal = await settings_of(stage, EDITOR)

    await stage.slack.person(EDITOR).submit(modal, {HOUR: "team", DAYS: ["0", "1", "2", "3", "4"]})

    assert await digest_settings(stage.bot.core, stage.cast.editor.id) == DigestSettings(is_on=False)


async def test_no_day_at_all_is_refused_where_the_days_stand(stage: Stage) -> None:
    modal = await settings_of(stage, EDITOR)

    sent = await stage.slack.person(EDITOR).submit(modal, {DAYS: []})

    assert not sent.ok
    assert DAYS in sent.errors


async def test_the_test_reminder_comes_at_once_and_the_form_stays_as_it_was(stage: Stage) -> None:
    await stage.edit(2)
    modal = await settings_of(stage, EDITOR)

    await stage.click(EDITOR, modal, Action.DIGEST_TEST)
    await stage.slack.wait_view(EDITOR, "Sent to you as a direct message")

    assert len(stage.slack.direct_messages(EDITOR)) == 1
    assert modal.is_open
    other = await settings_of(stage, ADMIN)
    await stage.click(ADMIN, other, Action.DIGEST_TEST)
    await stage.slack.wait_view(ADMIN, "nothing to be reminded of")
    assert stage.slack.direct_messages(ADMIN) == []


async def test_a_reminder_leads_to_the_settings_which_say_that_it_is_snoozed(stage: Stage) -> None:
    await stage.edit(1)
    await stage.slack.person(EDITOR).command("/grcpush", "digest", channel=CHANNEL)
    await stage.slack.wait_ephemeral(EDITOR, "Sent to you")
    (digest,) = stage.slack.direct_messages(EDITOR)
    until: dt.date = await snooze_digest(stage.bot.core, stage.cast.editor, Snooze.WEEK)

    whole = stage.elements(digest, Action.DIGEST_SNOOZE)[-1].block_id
    await stage.slack.person(EDITOR).click(digest, Action.DIGEST_SNOOZE, whole, option="Settings")

    await stage.slack.wait_view(EDITOR, f"snoozed until {until:%A}", callback_id=Callback.SETTINGS)


async def test_the_policy_can_be_read_from_home_and_by_command_and_not_changed(stage: Stage) -> None:
    await stage.slack.person(ADMIN).open_home()
    home = await stage.slack.wait_home(ADMIN, "Settings")
    await stage.click(ADMIN, home, Action.SETTINGS)
    modal = await stage.slack.wait_view(ADMIN, "1 approval needed")
    asked = await settings_of(stage, REQUESTER)

    fields = [block["block_id"] for block in modal.blocks if block["type"] == "input"]
    assert fields == [HEAR, HOUR, DAYS, AGE]
    assert Role.REQUESTER.value in asked.words
    assert "xoxb" not in asked.words

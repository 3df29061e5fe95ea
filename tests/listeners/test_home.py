"""The Home tab."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.actions import Action, Callback
from bot.app import Bot
from bot.local import open_core
from core.config import Settings
from core.store.push_tables import PushRequestRow
from core.usecases.statements.edits import get_statement, save_edit
from sandbox.data import Sample
from sandbox.slack import View, Workspace
from tests.clocks import MovedClock
from tests.stage import APPROVER, CHANNEL, EDITOR, REQUESTER, Stage, served_bot


async def home_of(stage: Stage, who: str, words: str) -> View:
    await stage.slack.person(who).open_home()
    return await stage.slack.wait_home(who, words)


async def test_home_shows_what_waits_for_an_approver_with_the_way_to_the_card(stage: Stage) -> None:
    card = await stage.request(2)

    home = await home_of(stage, APPROVER, "1 push request to approve")

    assert f"archives/{CHANNEL}/p{card.ts.replace('.', '')}" in home.words
    assert "2 statements" in home.words


async def test_home_asks_nobody_to_approve_what_they_may_not(stage: Stage) -> None:
    await stage.request(2)

    for who in (REQUESTER, EDITOR):
        assert "to approve" not in (await home_of(stage, who, "Nothing waits for you")).words


async def test_home_lists_my_edits_and_opens_the_choice_among_them(stage: Stage) -> None:
    ids = await stage.edit(3)
    home = await home_of(stage, EDITOR, "3 statements, the oldest first")

    await stage.click(EDITOR, home, Action.CHOOSE_MINE)

    modal = await stage.slack.wait_view(EDITOR, "3 statements of yours match", callback_id=Callback.SELECT)
    assert len(stage.elements(modal, Action.TICK)[0].element["options"]) == len(ids)
    assert "views.push" not in {call.method for call in stage.slack.calls}


async def test_home_is_drawn_again_when_a_push_changes(stage: Stage) -> None:
    card = await stage.request(1)
    await home_of(stage, APPROVER, "1 push request to approve")

    await stage.click(APPROVER, card, Action.APPROVE)
    await stage.until(card, "1 pushed")

    await stage.bot.homes.draw_changed()
    home = await stage.slack.wait_home(APPROVER, "1 of 1 statement pushed")
    assert "Nothing waits for you" in home.words


async def test_conflicts_wait_for_the_one_who_asked_and_for_who_wrote_the_text(stage: Stage) -> None:
    await stage.request(1, with_conflicts=True)

    for who in (REQUESTER, EDITOR):
        await home_of(stage, who, "1 push request with conflicts to settle")
    assert "Nothing waits for you" in (await home_of(stage, APPROVER, "Waiting for me")).words


async def test_a_guest_sees_a_sentence_and_gets_no_message(stage: Stage) -> None:
    await home_of(stage, "U0GUEST", "cannot use grcpush")

    assert stage.slack.direct_messages("U0GUEST") == []


async def test_home_is_drawn_again_after_an_edit_alone_made_by_another_process(
    stage: Stage, bot_settings: Settings
) -> None:
    await home_of(stage, EDITOR, "Nothing of yours waits")
    async with open_core(bot_settings) as elsewhere:
        statement = await get_statement(elsewhere, stage.sample.local_edits[0].sys_id)
        await save_edit(elsewhere, stage.cast.editor, statement.id, "<p>Mine.</p>", source="cli")

    await stage.bot.homes.draw_changed()

    assert "1 statement, the oldest first" in stage.slack.person(EDITOR).home().words


async def test_only_homes_that_were_opened_are_drawn_and_only_when_something_happened(stage: Stage) -> None:
    await home_of(stage, EDITOR, "Nothing of yours waits")
    before = len(stage.slack.calls.of("views.publish"))

    await stage.bot.homes.draw_changed()
    await stage.bot.homes.draw_changed()
    assert len(stage.slack.calls.of("views.publish")) == before
    await stage.edit(1)
    await stage.bot.homes.draw_changed()
    await stage.bot.homes.draw_changed()

    published = stage.slack.calls.of("views.publish")
    assert len(published) == before + 1
    assert stage.slack.home(REQUESTER) is None


async def test_what_slack_did_not_take_is_drawn_at_the_next_look(stage: Stage) -> None:
    await home_of(stage, EDITOR, "Nothing of yours waits")
    await stage.edit(1)
    stage.slack.faults.error("views.publish", "internal_error", times=1)

    await stage.bot.homes.draw_changed()
    await stage.bot.homes.draw_changed()

    assert "1 statement, the oldest first" in stage.slack.person(EDITOR).home().words


async def test_what_the_database_did_not_give_is_drawn_at_the_next_look(stage: Stage) -> None:
    await home_of(stage, EDITOR, "Nothing of yours waits")
    await stage.edit(1)
    table = str(PushRequestRow.__tablename__)

    async with stage.bot.core.db.transaction() as tx:
        await (await tx.connection()).execute(text(f"ALTER TABLE {table} RENAME TO out_of_reach"))
    with pytest.raises(DBAPIError):
        await stage.bot.homes.draw_changed()
    async with stage.bot.core.db.transaction() as tx:
        await (await tx.connection()).execute(text(f"ALTER TABLE out_of_reach RENAME TO {table}"))
    await stage.bot.homes.draw_changed()

    assert "1 statement, the oldest first" in stage.slack.person(EDITOR).home().words


class TestReach:
    @pytest.fixture
    def clock(self) -> MovedClock:
        return MovedClock()

    @pytest.fixture
    async def bot(
        self, bot_settings: Settings, slack: Workspace, sample: Sample, clock: MovedClock
    ) -> AsyncIterator[Bot]:
        async with served_bot(bot_settings, slack, clock=clock) as bot:
            yield bot

    async def test_the_foot_says_when_servicenow_last_answered_and_that_it_is_out_of_reach(
        self, stage: Stage, clock: MovedClock
    ) -> None:
        await home_of(stage, EDITOR, "reachable, last check")

        clock.forward(hours=2)
        await stage.bot.homes.draw_changed()
        await stage.slack.wait_home(EDITOR, "has not answered since")
        await stage.pull()
        await stage.bot.homes.draw_changed()

        await stage.slack.wait_home(EDITOR, "reachable, last check")

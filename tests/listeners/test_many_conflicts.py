"""Many conflicts at once: ten in the thread at a time, one choice for all, left out and taken back, and what people say."""

import asyncio

import pytest
from sqlmodel import select

from bot.actions import Action
from core.domain.audit import AuditKind
from core.domain.push import RequestState
from core.store.push_tables import AuditEventRow, CommentRow
from core.usecases.statements.edits import get_statement
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS
from sandbox.slack import Message
from tests.stage import CHANNEL, EDITOR, REQUESTER, Stage


async def conflicts_of(stage: Stage, count: int) -> Message:
    """A card with so many conflicts."""
    await stage.edit(count)
    for edit in stage.sample.local_edits[:count]:
        stage.servicenow.edit(
            STATEMENTS, edit.sys_id, STATEMENT_FIELD, f"<p>Theirs, {edit.control}.</p>", by="jane.roe"
        )
    return await stage.ask(count)


async def events_of(stage: Stage, kind: AuditKind) -> list[AuditEventRow]:
    async with stage.bot.core.db.reading() as tx:
        return list((await tx.exec(select(AuditEventRow).where(AuditEventRow.kind == kind.value))).all())


async def test_the_next_ten_are_shown_when_asked_for_and_a_second_click_adds_none(stage: Stage) -> None:
    card = await conflicts_of(stage, 13)
    await stage.until_conflicts(card, 10)
    more = stage.button(card, Action.NEXT_CONFLICTS)
    assert "13 conflicts to settle in this thread before approvers are asked, 10 of them shown there" in card.words

    await stage.click_again(REQUESTER, card, more)
    await stage.click_again(EDITOR, card, more)

    await stage.until_conflicts(card, 13)
    await stage.slack.wait_for(lambda: not stage.shows(card, Action.NEXT_CONFLICTS))
    assert (await stage.card_of(card)).conflicts_shown == 20


async def test_all_are_kept_local_at_once_and_the_audit_trail_says_so_of_each(stage: Stage) -> None:
    card = await conflicts_of(stage, 3)
    await stage.until_conflicts(card, 3)

    await stage.click(REQUESTER, card, Action.KEEP_ALL_LOCAL)

    await stage.slack.wait_ephemeral(REQUESTER, "Kept the local text in 3 conflicts")
    await stage.until(card, "Waiting for approval")
    resolved = await events_of(stage, AuditKind.CONFLICT_RESOLVED)
    assert len(resolved) == 3
    assert all('"chosen_at_once_for":3' in event.details.replace(" ", "") for event in resolved)
    assert stage.written() == []


async def test_only_the_requester_chooses_for_all(stage: Stage) -> None:
    card = await conflicts_of(stage, 2)
    await stage.until_conflicts(card, 2)

    await stage.click(EDITOR, card, Action.KEEP_ALL_REMOTE)

    await stage.slack.wait_ephemeral(EDITOR, "Only the person who asked for this push")
    assert (await stage.card_of(card)).state is RequestState.SETTLING


async def test_a_choice_for_all_is_refused_when_one_of_them_is_not_as_it_was_shown(stage: Stage) -> None:
    card = await conflicts_of(stage, 2)
    replies = await stage.until_conflicts(card, 2)
    drawn = stage.button(card, Action.KEEP_ALL_LOCAL)
    statement = await get_statement(stage.bot.core, stage.sample.local_edits[0].sys_id)
    stage.servicenow.edit(STATEMENTS, statement.sn_sys_id, STATEMENT_FIELD, "<p>Zebras moved it.</p>", by="jane.roe")
    await stage.pull()

    await stage.click_again(REQUESTER, card, drawn)

    await stage.slack.wait_ephemeral(REQUESTER, "not the ones that this was drawn for")
    assert len((await stage.card_of(card)).open_conflicts) == len(replies) == 2


async def test_a_choice_for_all_that_is_refused_shows_both_texts_as_they_are_now(stage: Stage) -> None:
    card = await conflicts_of(stage, 2)
    replies = await stage.until_conflicts(card, 2)
    drawn = stage.button(card, Action.KEEP_ALL_LOCAL)
    statement = await get_statement(stage.bot.core, stage.sample.local_edits[0].sys_id)
    await stage.save(statement.id, "<p>Quokkas were added here.</p>")
    stage.servicenow.edit(STATEMENTS, statement.sn_sys_id, STATEMENT_FIELD, "<p>Zebras moved it.</p>", by="jane.roe")

    await stage.click_again(REQUESTER, card, drawn)

    await stage.slack.wait_ephemeral(REQUESTER, "not the ones that this was drawn for")
    await stage.slack.wait_for(lambda: any("Quokkas" in one.words and "Zebras" in one.words for one in replies))
    assert len((await stage.card_of(card)).open_conflicts) == 2
    await stage.slack.wait_for(lambda: stage.button(card, Action.KEEP_ALL_LOCAL).element != drawn.element)
    await stage.click(REQUESTER, card, Action.KEEP_ALL_LOCAL)
    await stage.until(card, "Waiting for approval")


async def test_what_was_left_out_is_taken_back_until_the_push_starts(stage: Stage) -> None:
    card = await conflicts_of(stage, 2)
    one, other = await stage.until_conflicts(card, 2)
    await stage.click(REQUESTER, one, Action.LEAVE_OUT)
    await stage.until(one, "Left out of this push")
    await stage.click(REQUESTER, other, Action.KEEP_LOCAL)
    await stage.until(card, "Waiting for approval")

    await stage.click(REQUESTER, one, Action.PUT_BACK)

    await stage.until(card, "1 conflict to settle")
    await stage.slack.wait_for(lambda: stage.shows(one, Action.KEEP_LOCAL))
    assert not stage.shows(card, Action.APPROVE)
    assert len(await events_of(stage, AuditKind.PUSH_ITEM_PUT_BACK)) == 1


@pytest.mark.pitfall("P7", "U12")
async def test_u12_what_people_say_in_the_thread_is_kept_with_the_audit_trail(stage: Stage) -> None:
    card = await stage.request(1)
    erin = stage.slack.person(EDITOR)
    await erin.say(CHANNEL, "Not in any thread")
    said = await erin.say(CHANNEL, "The auditor asked for <b>exactly</b> this wording.", card.ts)
    delivery = stage.slack.deliveries[-1]

    async def kept() -> list[CommentRow]:
        async with stage.bot.core.db.reading() as tx:
            return list((await tx.exec(select(CommentRow))).all())

    async with asyncio.timeout(60):
        while not await kept():  # noqa: ASYNC110 -- events are acknowledged before they are handled
            await asyncio.sleep(0.02)
    await stage.slack.forging.again(delivery)
    await asyncio.sleep(0.1)

    (comment,) = await kept()
    (event,) = await events_of(stage, AuditKind.COMMENT_MADE)
    assert (comment.text, comment.ts) == (said.text, said.ts)
    assert "exactly" in event.details
    assert event.actor_email == "editor@example.com"
    assert stage.slack.ephemerals(EDITOR) == []
    assert stage.slack.direct_messages(EDITOR) == []


async def test_a_guests_words_are_not_kept_and_nobody_is_answered(stage: Stage) -> None:
    card = await stage.request(1)

    await stage.slack.person("U0GUEST").say(CHANNEL, "Looks good to me", card.ts)

    assert await events_of(stage, AuditKind.COMMENT_MADE) == []
    assert stage.slack.direct_messages("U0GUEST") == []

"""The buttons under a conflict, when the world has moved on."""

import pytest

from bot.actions import Action
from core.domain.push import RequestState
from core.usecases.statements.edits import get_statement
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS
from sandbox.slack import Message
from tests.stage import REQUESTER, Stage


async def a_conflict(stage: Stage) -> tuple[Message, Message, str]:
    """A card with two conflicts, the reply of one of them, and its statement's name."""
    card = await stage.request(3, with_conflicts=True)
    (reply, _) = await stage.until_conflicts(card, 2)
    name = next(
        line.label
        for line in (await stage.card_of(card)).lines
        if f"{line.label}:" in reply.words or f"|{line.label}>" in reply.words
    )
    return card, reply, name


async def test_when_servicenow_moved_again_the_click_is_refused_and_the_reply_shows_the_new_text(stage: Stage) -> None:
    _, reply, name = await a_conflict(stage)
    statement = await get_statement(stage.bot.core, name)
    stage.servicenow.edit(
        STATEMENTS, statement.sn_sys_id, STATEMENT_FIELD, "<p>Zebras moved it once more.</p>", by="jane.roe"
    )
    await stage.pull()

    await stage.click(REQUESTER, reply, Action.KEEP_LOCAL)

    await stage.slack.wait_ephemeral(REQUESTER, "changed again after this was drawn")
    await stage.until(reply, "Zebras")
    await stage.click(REQUESTER, reply, Action.KEEP_LOCAL)
    await stage.until(reply, "Kept local")
    assert (await get_statement(stage.bot.core, name)).baseline == "<p>Zebras moved it once more.</p>"


async def test_when_the_local_text_was_edited_the_click_is_refused_and_the_reply_shows_the_new_text(
    stage: Stage,
) -> None:
    _, reply, name = await a_conflict(stage)
    statement = await get_statement(stage.bot.core, name)
    await stage.save(statement.id, "<p>Quokkas were added here.</p>")

    await stage.click(REQUESTER, reply, Action.KEEP_LOCAL)

    await stage.until(reply, "Quokkas")
    await stage.click(REQUESTER, reply, Action.KEEP_LOCAL)
    await stage.until(reply, "Kept local")
    assert (await get_statement(stage.bot.core, name)).local == "<p>Quokkas were added here.</p>"


async def test_more_than_ten_conflicts_are_posted_a_few_at_a_time(stage: Stage) -> None:
    await stage.edit()
    for edit in stage.sample.local_edits[:12]:
        stage.servicenow.edit(
            STATEMENTS, edit.sys_id, STATEMENT_FIELD, f"<p>Theirs of {edit.control}.</p>", by="jane.roe"
        )
    card = await stage.ask(12)

    replies = await stage.until_conflicts(card, 10)
    assert len(replies) == 10
    await stage.click(REQUESTER, replies[0], Action.KEEP_LOCAL)
    await stage.until_conflicts(card, 11)

    assert "11 conflicts to settle" in card.words
    assert (await stage.card_of(card)).state is RequestState.SETTLING


@pytest.mark.pitfall("M7")
async def test_keeping_servicenows_text_everywhere_ends_the_request_and_calls_it_no_success(stage: Stage) -> None:
    await stage.edit(2)
    stage.sample.apply_remote_edits(stage.servicenow)
    card = await stage.ask(2)

    for reply in await stage.until_conflicts(card, 2):
        await stage.click(REQUESTER, reply, Action.KEEP_REMOTE)
        await stage.until(reply, "Kept ServiceNow")

    await stage.until(card, "Nothing is left to push")
    assert "Done" not in card.words
    assert stage.written() == []


async def test_a_choice_cannot_be_undone_once_the_push_is_under_way(stage: Stage) -> None:
    await stage.edit(1)
    stage.sample.apply_remote_edits(stage.servicenow)
    card = await stage.ask(1)
    (reply,) = await stage.until_conflicts(card, 1)
    await stage.click(REQUESTER, reply, Action.KEEP_LOCAL)
    await stage.until(reply, "Kept local")
    await stage.until(card, "Waiting for approval")
    undo = stage.button(reply, Action.UNDO_CHOICE)
    await stage.click("U0APPROVE", card, Action.APPROVE)
    await stage.until(card, "1 pushed")

    await stage.click_again(REQUESTER, reply, undo)

    await stage.slack.wait_ephemeral(REQUESTER, "can no longer be undone")
    await stage.slack.wait_for(lambda: not stage.shows(reply, Action.UNDO_CHOICE))


async def test_a_conflict_of_a_cancelled_request_stands_in_the_thread_of_the_next_one(stage: Stage) -> None:
    card = await stage.request(3, with_conflicts=True)
    earlier = await stage.until_conflicts(card, 2)
    await stage.click(REQUESTER, card, Action.CANCEL_PUSH)
    await stage.until(card, "Cancelled")

    again = await stage.ask(3)
    replies = await stage.until_conflicts(again, 2)
    await stage.click(REQUESTER, replies[0], Action.KEEP_LOCAL)
    await stage.until(replies[0], "Kept local")
    await stage.until(earlier[0], "Kept local")
    await stage.click(REQUESTER, replies[1], Action.KEEP_LOCAL)
    await stage.until(again, "Waiting for approval")

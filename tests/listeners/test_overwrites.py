"""*Restore theirs*: a text that our push went over is brought back from the thread, and pushed like any other edit."""

from bot.actions import Action
from core.usecases.statements.edits import get_statement
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS
from tests.stage import APPROVER, EDITOR, Stage

THEIRS = "<p>Zebras were written at the very same moment.</p>"


async def test_restore_theirs_in_the_thread_makes_their_text_a_local_edit_that_a_new_request_brings_back(
    stage: Stage,
) -> None:
    stage.servicenow.audit_enabled = True
    sys_id = stage.sample.local_edits[0].sys_id
    stage.servicenow.faults.on(1, at="arrive", sys_id=sys_id, times=1, text=THEIRS)
    card = await stage.request(2)
    await stage.click(APPROVER, card, Action.APPROVE)
    (reply,) = await stage.until_conflicts(card, 1)
    ours = stage.servicenow.get(STATEMENTS, sys_id)[STATEMENT_FIELD]

    assert "Their text, kept here only" in reply.words
    assert "Zebras" in reply.words
    assert ours != THEIRS
    await stage.click(APPROVER, reply, Action.KEEP_REMOTE)
    await stage.slack.wait_ephemeral(APPROVER, "Only the requester, the author of the local text")
    restore = stage.button(reply, Action.KEEP_REMOTE)
    await stage.click(EDITOR, reply, Action.KEEP_REMOTE)
    await stage.until(reply, "Restored theirs")
    await stage.click_again(EDITOR, reply, restore)
    await stage.slack.wait_ephemeral(EDITOR, "already settled")

    statement = await get_statement(stage.bot.core, sys_id)
    assert statement.local == THEIRS
    assert stage.servicenow.get(STATEMENTS, sys_id)[STATEMENT_FIELD] == ours
    again = await stage.ask_for([statement.id])
    second = await stage.slack.wait_message(f"Push request #{again.number}", channel=card.channel)
    await stage.click(APPROVER, second, Action.APPROVE)
    await stage.until(second, "1 pushed")
    assert stage.servicenow.get(STATEMENTS, sys_id)[STATEMENT_FIELD] == THEIRS


async def test_a_conflict_that_only_the_push_met_is_settled_in_the_thread_too(stage: Stage) -> None:
    card = await stage.request(2)
    sys_id = stage.sample.local_edits[1].sys_id
    stage.servicenow.edit(STATEMENTS, sys_id, STATEMENT_FIELD, THEIRS, by="jane.roe")
    await stage.click(APPROVER, card, Action.APPROVE)
    (reply,) = await stage.until_conflicts(card, 1)

    assert "Zebras" in reply.words
    assert [write.sys_id for write in stage.written()] == [stage.sample.local_edits[0].sys_id]
    await stage.click(EDITOR, reply, Action.KEEP_REMOTE)
    await stage.until(reply, "Kept ServiceNow")
    assert (await get_statement(stage.bot.core, sys_id)).baseline == THEIRS

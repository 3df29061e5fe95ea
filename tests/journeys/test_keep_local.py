"""The first journey: a change in ServiceNow clashes with a local edit, and a click settles it."""

from bot.actions import Action
from core.domain.conflict import Standing
from core.usecases.requests.drafts import check_statements
from core.usecases.statements.edits import get_statement
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS
from tests.stage import APPROVER, REQUESTER, Stage


async def test_a_click_on_keep_local_settles_the_conflict_in_its_own_reply(stage: Stage) -> None:
    card = await stage.request(3, with_conflicts=True)
    (reply, _) = await stage.until_conflicts(card, 2)
    assert "jane.roe" in reply.words
    before = await get_statement(stage.bot.core, "Payroll Cloud/AC-2")

    delivery = await stage.click(REQUESTER, reply, Action.KEEP_LOCAL)

    await stage.until(reply, "Kept local - by Ravi Requester")
    assert delivery.ok
    assert not stage.shows(reply, Action.KEEP_LOCAL)
    assert stage.shows(reply, Action.UNDO_CHOICE)
    after = await get_statement(stage.bot.core, "Payroll Cloud/AC-2")
    assert after.local == before.local
    assert after.baseline == stage.servicenow.get(STATEMENTS, after.sn_sys_id)[STATEMENT_FIELD]
    assert stage.written() == []
    await stage.until(card, "1 conflict to settle")


async def test_a_settled_conflict_does_not_come_back_with_the_next_check(stage: Stage) -> None:
    card = await stage.request(3, with_conflicts=True)
    reply = (await stage.until_conflicts(card, 2))[0]
    statement = next(line for line in (await stage.card_of(card)).lines if line.label in reply.words)

    await stage.click(REQUESTER, reply, Action.KEEP_LOCAL)
    await stage.until(reply, "Kept local")

    findings = await check_statements(stage.bot.core, stage.cast.requester, [statement.statement_id])
    assert [finding.standing for finding in findings] == [Standing.UNCHANGED]


async def test_keep_servicenow_leaves_its_text_alone_and_keeps_the_local_one_in_the_history(stage: Stage) -> None:
    card = await stage.request(3, with_conflicts=True)
    reply = (await stage.until_conflicts(card, 2))[0]
    line = next(line for line in (await stage.card_of(card)).lines if line.label in reply.words)
    theirs = stage.servicenow.get(STATEMENTS, line.sn_sys_id)[STATEMENT_FIELD]

    await stage.click(REQUESTER, reply, Action.KEEP_REMOTE)

    await stage.until(reply, "Kept ServiceNow")
    assert "history" in reply.words
    assert (await get_statement(stage.bot.core, line.label)).local is None
    assert stage.servicenow.get(STATEMENTS, line.sn_sys_id)[STATEMENT_FIELD] == theirs


async def test_with_the_last_choice_the_approvers_are_asked(stage: Stage) -> None:
    card = await stage.request(3, with_conflicts=True)

    for reply in await stage.until_conflicts(card, 2):
        await stage.click(REQUESTER, reply, Action.KEEP_LOCAL)
        await stage.until(reply, "Kept local")

    await stage.until(card, "Waiting for approval (0 of 1)")
    assert stage.shows(card, Action.APPROVE)


async def test_undo_opens_the_conflict_again_and_takes_the_request_back_from_the_approvers(stage: Stage) -> None:
    card = await stage.request(3, with_conflicts=True)
    replies = await stage.until_conflicts(card, 2)
    for reply in replies:
        await stage.click(REQUESTER, reply, Action.KEEP_LOCAL)
        await stage.until(reply, "Kept local")
    await stage.until(card, "Waiting for approval")
    asked = stage.button(card, Action.APPROVE)

    await stage.click(REQUESTER, replies[0], Action.UNDO_CHOICE)

    await stage.until(replies[0], "Keep ServiceNow")
    await stage.until(card, "1 conflict to settle")
    assert not stage.shows(card, Action.APPROVE)
    await stage.click_again(APPROVER, card, asked)
    await stage.slack.wait_ephemeral(APPROVER, "nothing to approve")
    assert stage.written() == []


async def test_a_statement_can_be_left_out_from_its_conflict(stage: Stage) -> None:
    card = await stage.request(3, with_conflicts=True)
    replies = await stage.until_conflicts(card, 2)

    await stage.click(REQUESTER, replies[0], Action.LEAVE_OUT)

    await stage.until(card, "1 conflict to settle")
    assert "1 left out" in card.words

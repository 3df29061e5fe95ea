"""The third journey: approve, push, progress in one message, result."""

import asyncio
import itertools

import pytest

from bot.actions import Action
from core.text.content import TextKind, clean
from core.usecases.audit.verifying import verify_audit
from core.usecases.statements.edits import get_statement
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS, Moment
from tests.stage import APPROVER, CHANNEL, REQUESTER, Stage


async def test_an_approval_starts_the_push_and_one_message_tells_all_of_it(stage: Stage) -> None:
    card = await stage.request(6)

    await stage.click(APPROVER, card, Action.APPROVE)
    await stage.until(card, "6 pushed")

    assert "Done" in card.words
    assert stage.slack.messages(CHANNEL) == [card]
    assert stage.conflicts(card) == []
    for edit in stage.sample.local_edits[:6]:
        stored = stage.servicenow.get(STATEMENTS, edit.sys_id)[STATEMENT_FIELD]
        assert stored == clean(edit.html, TextKind.HTML)
        assert (await get_statement(stage.bot.core, edit.sys_id)).local is None
    assert len(stage.written()) == 6
    assert (await verify_audit(stage.bot.core)).fault == ""


@pytest.mark.pitfall("U6")
async def test_the_same_message_shows_how_far_the_push_is(stage: Stage) -> None:
    card = await stage.request(6)
    stage.servicenow.latency = 0.05

    await stage.click(APPROVER, card, Action.APPROVE)
    await stage.until(card, "6 pushed")

    told = [text for text, _ in card.drawings]
    states = [next(word for word in ("waiting for approval", "pushing", "Done") if word in text) for text in told]
    assert states == sorted(states, key=["waiting for approval", "pushing", "Done"].index)
    assert states.count("pushing") >= 1
    assert states[-1] == "Done"
    assert all(drawing != earlier for earlier, drawing in itertools.pairwise(card.drawings))


@pytest.mark.pitfall("P22")
async def test_buttons_that_no_longer_apply_are_gone_at_each_step(stage: Stage) -> None:
    card = await stage.request(3)
    assert stage.shows(card, Action.APPROVE)
    seen: list[bool] = []

    def look(_moment: Moment) -> None:
        seen.append(stage.shows(card, Action.RETRY_FAILED))

    stage.servicenow.on("before_commit", look, table=STATEMENTS, times=3)
    await stage.click(APPROVER, card, Action.APPROVE)
    await stage.until(card, "3 pushed")

    assert seen == [False, False, False]
    assert not any(stage.shows(card, action) for action in (Action.APPROVE, Action.STOP_PUSH, Action.CANCEL_PUSH))


async def test_the_review_shows_every_change_before_the_decision(stage: Stage) -> None:
    card = await stage.request(3)
    ada = stage.slack.person(APPROVER)

    await ada.click(card, Action.REVIEW)
    review = await stage.slack.wait_view(APPROVER, "Payroll Cloud/AC-7")

    assert "Payroll Cloud/AC-2(3)" in review.words
    assert "three" in review.words
    assert stage.written() == []


async def test_a_decline_with_its_reason_ends_the_request_and_writes_nothing(stage: Stage) -> None:
    card = await stage.request(3)
    ada = stage.slack.person(APPROVER)

    await ada.click(card, Action.DECLINE)
    question = await stage.slack.wait_view(APPROVER, "Nothing will be written")
    submitted = await ada.submit(question, {"reason": "AC-7 names a wrong number."})

    assert submitted.ok
    await stage.until(card, "AC-7 names a wrong number.")
    assert "Declined" in card.words
    assert not stage.shows(card, Action.APPROVE)
    assert stage.written() == []


async def test_the_requester_may_call_it_off_before_anybody_approved(stage: Stage) -> None:
    card = await stage.request(3)

    await stage.click(REQUESTER, card, Action.CANCEL_PUSH)

    await stage.until(card, "Cancelled")
    assert not stage.shows(card, Action.APPROVE)
    assert stage.written() == []


async def test_stop_lets_what_is_being_written_finish_and_sends_no_more(stage: Stage) -> None:
    card = await stage.request(12)
    is_writing, may_go_on = asyncio.Event(), asyncio.Event()

    async def hold(_moment: Moment) -> None:
        is_writing.set()
        await may_go_on.wait()

    stage.servicenow.on("before_write", hold, table=STATEMENTS)

    await stage.click(APPROVER, card, Action.APPROVE)
    await asyncio.wait_for(is_writing.wait(), 60)
    await stage.slack.wait_for(lambda: stage.shows(card, Action.STOP_PUSH))
    await stage.click(REQUESTER, card, Action.STOP_PUSH)
    await stage.until(card, "Stopping")
    may_go_on.set()
    await stage.slack.wait_for(lambda: stage.shows(card, Action.RETRY_FAILED))

    assert len(stage.written()) == 1
    assert "11 not sent" in card.words

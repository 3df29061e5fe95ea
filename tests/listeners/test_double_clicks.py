"""The same thing done twice, by one person or by two, or delivered twice by Slack: one effect."""

import asyncio

import pytest
from sqlmodel import select

from bot.actions import Action, Callback
from core.store.push_tables import ApprovalRow, PushRequestRow
from sandbox.slack import View
from tests.stage import APPROVER, CHANNEL, REQUESTER, SECOND, Stage


async def rows_of(stage: Stage, table: type) -> int:
    async with stage.bot.core.db.reading() as tx:
        return len((await tx.exec(select(table))).all())


async def a_preview(stage: Stage) -> View:
    await stage.edit(3)
    ravi = stage.slack.person(REQUESTER)
    await ravi.command("/grcpush", "AC-7", channel=CHANNEL)
    await ravi.click(await stage.slack.wait_ephemeral(REQUESTER, "Tick what to push"), Action.PREVIEW_PUSH)
    return await stage.slack.wait_view(REQUESTER, "1 ready", callback_id=Callback.PREVIEW)


@pytest.mark.pitfall("P7", "U5")
async def test_a_double_click_on_approve_approves_and_pushes_once(stage: Stage) -> None:
    card = await stage.request(3)
    approve = stage.button(card, Action.APPROVE)

    await asyncio.gather(*(stage.click_again(APPROVER, card, approve) for _ in range(3)))
    await stage.until(card, "3 pushed")

    assert await rows_of(stage, ApprovalRow) == 1
    assert len(stage.written()) == 3
    assert stage.slack.failures == []


@pytest.mark.pitfall("P7", "U5")
async def test_an_approval_that_slack_delivers_again_changes_nothing(stage: Stage) -> None:
    card = await stage.request(3)
    delivery = await stage.click(APPROVER, card, Action.APPROVE)
    await stage.until(card, "3 pushed")

    again = await stage.slack.forging.again(delivery)

    await stage.slack.wait_ephemeral(APPROVER, "nothing to approve")
    assert again.ok
    assert await rows_of(stage, ApprovalRow) == 1
    assert len(stage.written()) == 3


@pytest.mark.pitfall("P7", "U5")
async def test_two_approvers_at_the_same_moment_release_one_push(stage: Stage) -> None:
    card = await stage.request(3)
    approve = stage.button(card, Action.APPROVE)

    await asyncio.gather(*(stage.click_again(who, card, approve) for who in (APPROVER, SECOND)))
    await stage.until(card, "3 pushed")

    assert await rows_of(stage, ApprovalRow) == 1
    assert len(stage.written()) == 3


@pytest.mark.pitfall("P7", "U5")
async def test_asking_for_approval_twice_makes_one_request_and_both_are_told_of_it(stage: Stage) -> None:
    preview = await a_preview(stage)
    stage.slack.duplicate_deliveries = 1

    submitted = await stage.slack.person(REQUESTER).submit(preview)

    await stage.slack.wait_view(REQUESTER, "1 approval needed")
    await stage.slack.wait_message("Push request #1", channel=CHANNEL)
    assert submitted.ok
    assert len(stage.slack.messages(CHANNEL)) == 1
    assert await rows_of(stage, PushRequestRow) == 1


@pytest.mark.pitfall("P7", "U5")
async def test_a_submission_that_slack_delivers_again_makes_no_second_request(stage: Stage) -> None:
    preview = await a_preview(stage)
    submitted = await stage.slack.person(REQUESTER).submit(preview)
    await stage.slack.wait_view(REQUESTER, "1 approval needed")
    card = await stage.slack.wait_message("Push request #1", channel=CHANNEL)

    assert submitted.delivery is not None
    again = await stage.slack.forging.again(submitted.delivery)

    assert again.ok
    assert stage.slack.messages(CHANNEL) == [card]
    assert await rows_of(stage, PushRequestRow) == 1


@pytest.mark.pitfall("P7", "U5")
async def test_of_two_people_who_settle_one_conflict_the_second_learns_who_was_first(stage: Stage) -> None:
    card = await stage.request(3, with_conflicts=True)
    (reply, _) = await stage.until_conflicts(card, 2)
    keep_remote = stage.button(reply, Action.KEEP_REMOTE)

    await stage.click(REQUESTER, reply, Action.KEEP_LOCAL)
    await stage.until(reply, "Kept local")
    await stage.click_again("U0EDITOR", reply, keep_remote)

    told = await stage.slack.wait_ephemeral("U0EDITOR", "already settled")
    assert "<!date^" in str(told.blocks)
    assert "Ravi Requester" in told.words
    assert "the local text" in told.words
    assert "Kept local" in reply.words
    assert stage.slack.ephemerals(REQUESTER) == []


@pytest.mark.pitfall("P7", "U5")
async def test_a_choice_clicked_twice_counts_once(stage: Stage) -> None:
    card = await stage.request(3, with_conflicts=True)
    (reply, _) = await stage.until_conflicts(card, 2)
    keep_local = stage.button(reply, Action.KEEP_LOCAL)

    await asyncio.gather(*(stage.click_again(REQUESTER, reply, keep_local) for _ in range(3)))
    await stage.until(reply, "Kept local")

    assert len(reply.drawings) == 2
    assert len((await stage.card_of(card)).open_conflicts) == 1

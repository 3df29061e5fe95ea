"""What happens when not everything goes through: each statement for itself, and a retry of what failed alone."""

import asyncio

import pytest

from bot.actions import Action
from core.config import Settings
from core.domain.push import Readiness, RequestState
from core.domain.statement import SyncStatus
from core.text.content import TextKind, clean
from core.usecases.requests.drafts import prepare_push
from core.usecases.statements.edits import get_statement
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS
from sandbox.slack import Message, Workspace
from tests.stage import APPROVER, CHANNEL, REQUESTER, Stage, slack_settings


@pytest.fixture
def bot_settings(settings: Settings, slack: Workspace) -> Settings:
    return slack_settings(settings, slack, servicenow_writable_when="state!=retired")


def lock(stage: Stage, sys_id: str) -> None:
    stage.servicenow.edit(STATEMENTS, sys_id, "state", "retired")


def unlock(stage: Stage, sys_id: str) -> None:
    stage.servicenow.edit(STATEMENTS, sys_id, "state", "monitor")


async def a_push_with_one_failure(stage: Stage) -> tuple[Message, str]:
    """A partly done push of four statements, and the one that did not go through."""
    card = await stage.request(4)
    failing = stage.sample.local_edits[2].sys_id
    lock(stage, failing)
    await stage.click(APPROVER, card, Action.APPROVE)
    await stage.until(card, "Partly done")
    return card, failing


@pytest.mark.pitfall("M8")
async def test_when_one_of_many_fails_the_others_go_through_and_the_card_says_why(stage: Stage) -> None:
    card, failing = await a_push_with_one_failure(stage)

    assert "3 pushed" in card.words
    assert "1 failed" in card.words
    assert "Payroll Cloud/AC-7" in card.words
    assert "may not be written" in card.words
    assert failing not in [write.sys_id for write in stage.written()]
    assert len(stage.written()) == 3
    assert (await get_statement(stage.bot.core, failing)).local is not None


@pytest.mark.pitfall("M8")
async def test_retry_failed_touches_only_what_failed(stage: Stage) -> None:
    card, failing = await a_push_with_one_failure(stage)
    unlock(stage, failing)
    before = len(stage.written())

    await stage.click(REQUESTER, card, Action.RETRY_FAILED)
    await stage.until(card, "4 pushed")

    assert [write.sys_id for write in stage.written()[before:]] == [failing]
    assert (await stage.card_of(card)).state is RequestState.DONE
    assert not stage.shows(card, Action.RETRY_FAILED)
    assert [message for message in stage.slack.messages(CHANNEL) if not message.thread_ts] == [card]


async def test_retry_clicked_three_times_pushes_once(stage: Stage) -> None:
    card, failing = await a_push_with_one_failure(stage)
    unlock(stage, failing)
    retry = stage.button(card, Action.RETRY_FAILED)

    await asyncio.gather(*(stage.click_again(REQUESTER, card, retry) for _ in range(3)))
    await stage.until(card, "4 pushed")

    assert [write.sys_id for write in stage.written()].count(failing) == 1


async def test_what_servicenow_refuses_for_good_is_not_offered_for_a_retry(stage: Stage) -> None:
    card = await stage.request(4)
    refused = stage.sample.local_edits[2].sys_id
    stage.servicenow.faults.on("envelope", kind="business_rule", method="PATCH", sys_id=refused)

    await stage.click(APPROVER, card, Action.APPROVE)
    await stage.until(card, "Partly done")

    assert "ServiceNow refused the write." in card.words
    assert not stage.shows(card, Action.RETRY_FAILED)
    assert len(stage.written()) == 3


@pytest.mark.pitfall("M2")
async def test_what_changed_in_servicenow_after_the_approval_is_held_and_the_rest_goes_through(stage: Stage) -> None:
    card = await stage.request(4)
    moved = stage.sample.local_edits[2].sys_id
    theirs = "<p>Changed by somebody else after the approval was asked for.</p>"
    stage.servicenow.edit(STATEMENTS, moved, STATEMENT_FIELD, theirs)

    await stage.click(APPROVER, card, Action.APPROVE)
    await stage.until(card, "Partly done")

    assert "not the one the approval was given for" in card.words
    assert stage.servicenow.get(STATEMENTS, moved)[STATEMENT_FIELD] == theirs
    assert len(stage.written()) == 3
    held = await get_statement(stage.bot.core, moved)
    assert held.status is SyncStatus.CONFLICT
    assert held.local == clean(stage.sample.local_edits[2].html, TextKind.HTML)
    preview = await prepare_push(stage.bot.core, stage.cast.requester, [held.id])
    assert [line.readiness for line in preview.lines] == [Readiness.CONFLICT]


async def test_an_edit_made_while_the_push_runs_stays_as_a_local_edit(stage: Stage) -> None:
    card = await stage.request(4)
    late = stage.sample.local_edits[2].sys_id
    statement = await get_statement(stage.bot.core, late)

    async def edit_meanwhile(_moment: object) -> None:
        await stage.save(statement.id, "<p>A better thought, while the push was under way.</p>")

    stage.servicenow.on("after_commit", edit_meanwhile, table=STATEMENTS, sys_id=late)
    await stage.click(APPROVER, card, Action.APPROVE)
    await stage.until(card, "4 pushed")

    after = await get_statement(stage.bot.core, late)
    assert after.local == "<p>A better thought, while the push was under way.</p>"
    assert after.baseline == stage.servicenow.get(STATEMENTS, late)[STATEMENT_FIELD]

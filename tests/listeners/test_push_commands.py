"""`/grcpush status 1`, `retry 1`, `cancel 1` and `history`: pushes by their numbers, without looking for the card."""

import pytest

from core.config import Settings
from core.domain.push import RequestState
from sandbox.servicenow import STATEMENTS
from sandbox.slack import Workspace
from tests.stage import APPROVER, CHANNEL, EDITOR, REQUESTER, Stage, slack_settings


@pytest.fixture
def bot_settings(settings: Settings, slack: Workspace) -> Settings:
    return slack_settings(settings, slack, servicenow_writable_when="state!=retired")


async def test_status_of_a_push_tells_how_it_stands_and_leads_to_its_card_and_cancel_calls_it_off(stage: Stage) -> None:
    card = await stage.request(2)
    ravi, erin = stage.slack.person(REQUESTER), stage.slack.person(EDITOR)

    await erin.command("/grcpush", "status 1", channel=CHANNEL)
    told = await stage.slack.wait_ephemeral(EDITOR, "Waiting for approval")
    await erin.command("/grcpush", "cancel #1", channel=CHANNEL)
    await stage.slack.wait_ephemeral(EDITOR, "Only the person who asked for this push")
    await erin.command("/grcpush", "status 77", channel=CHANNEL)
    await stage.slack.wait_ephemeral(EDITOR, "There is no push request “77”")
    assert (await stage.card_of(card)).state is RequestState.WAITING
    await ravi.command("/grcpush", "cancel #1", channel=CHANNEL)
    await stage.slack.wait_ephemeral(REQUESTER, "Cancelled")

    assert f"/archives/{card.channel}/p{card.ts.replace('.', '')}" in str(told.blocks)
    await stage.until(card, "Cancelled")
    await ravi.command("/grcpush", "retry 1", channel=CHANNEL)
    await stage.slack.wait_ephemeral(REQUESTER, "approvals of this push do not suffice")


async def test_a_push_that_was_refused_for_want_of_rights_is_retried_whole_once_they_are_given(stage: Stage) -> None:
    card = await stage.request(3)
    stage.servicenow.faults.on("envelope", kind="write_denied", method="PATCH")
    await stage.click(APPROVER, card, "grc.approve")
    await stage.until(card, "Failed · 1 failed · 2 not sent")
    assert "Retry 3 statements" in card.words
    stage.servicenow.faults.clear()

    await stage.slack.person(REQUESTER).command("/grcpush", "retry 1", channel=CHANNEL)
    await stage.until(card, "Done · 3 pushed")

    assert "refused" not in card.words
    assert len(stage.written()) == 3


async def test_retry_by_number_touches_only_what_failed_and_history_lists_the_push(stage: Stage) -> None:
    card = await stage.request(2)
    ravi, failing = stage.slack.person(REQUESTER), stage.sample.local_edits[1].sys_id
    stage.servicenow.edit(STATEMENTS, failing, "state", "retired")
    await stage.click(APPROVER, card, "grc.approve")
    await stage.until(card, "Partly done")
    stage.servicenow.edit(STATEMENTS, failing, "state", "monitor")

    await ravi.command("/grcpush", "retry 1", channel=CHANNEL)
    await stage.until(card, "2 pushed")
    await ravi.command("/grcpush", "history mine 30d", channel=CHANNEL)
    told = await stage.slack.wait_ephemeral(REQUESTER, "1 push request by you, in the last 30 days")

    assert [write.sys_id for write in stage.written()].count(failing) == 1
    assert len(stage.written()) == 2
    assert "Done" in told.words
    for typed in ("history Citizen Portal", "history Payroll Cloud"):
        await ravi.command("/grcpush", typed, channel=CHANNEL)
    await stage.slack.wait_ephemeral(REQUESTER, "with statements of Payroll Cloud")
    await stage.slack.wait_ephemeral(REQUESTER, "There is no push request with statements of Citizen Portal")
    await stage.slack.person(EDITOR).command("/grcpush", "history mine", channel=CHANNEL)
    await stage.slack.wait_ephemeral(EDITOR, "There is no push request by you")


async def test_doctor_and_export_say_the_exact_words_for_the_command_line(stage: Stage) -> None:
    ravi = stage.slack.person(REQUESTER)

    for typed, answer in (
        ("doctor", "grcpush doctor"),
        ("export 2026-12", "grcpush audit export --since 2026-12-01 --until 2027-01-01"),
    ):
        await ravi.command("/grcpush", typed, channel=CHANNEL)
        await stage.slack.wait_ephemeral(REQUESTER, answer)

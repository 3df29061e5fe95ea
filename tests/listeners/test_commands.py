"""`/grcpush` and its words."""

import asyncio

from bot.actions import Action
from sandbox.servicenow import STATEMENTS, Moment
from tests.stage import CHANNEL, EDITOR, REQUESTER, Stage


async def test_help_status_and_an_unknown_word_answer_only_the_asker(stage: Stage) -> None:
    await stage.edit(3)
    ravi = stage.slack.person(REQUESTER)

    for typed, answer in (
        ("help", "picks these controls"),
        ("status", "3 changed and not pushed"),
        ("stauts", "Did you mean"),
    ):
        assert (await ravi.command("/grcpush", typed, channel=CHANNEL)).ok
        await stage.slack.wait_ephemeral(REQUESTER, answer)

    assert len(stage.slack.ephemerals(REQUESTER)) == 3
    assert stage.slack.messages(CHANNEL) == []


async def test_with_nothing_changed_the_answer_is_one_friendly_line(stage: Stage) -> None:
    await stage.slack.person(REQUESTER).command("/grcpush", channel=CHANNEL)

    told = await stage.slack.wait_ephemeral(REQUESTER, "Nothing to push")
    assert "72 statements" in told.words


async def test_mine_lists_only_what_the_asker_edited(stage: Stage) -> None:
    await stage.edit(3)

    await stage.slack.person(EDITOR).command("/grcpush", "mine", channel=CHANNEL)
    await stage.slack.wait_ephemeral(EDITOR, "3 statements of yours")
    await stage.slack.person(REQUESTER).command("/grcpush", "mine", channel=CHANNEL)

    told = await stage.slack.wait_ephemeral(REQUESTER)
    assert "AC-7" not in told.words


async def test_a_control_nobody_changed_is_not_listed(stage: Stage) -> None:
    await stage.edit(3)

    await stage.slack.person(REQUESTER).command("/grcpush", "SC-7", channel=CHANNEL)

    await stage.slack.wait_ephemeral(REQUESTER, "None of the 3 changed statements matches")


async def test_a_click_is_acknowledged_and_a_modal_shown_before_servicenow_answers(stage: Stage) -> None:
    await stage.edit(3)
    ravi = stage.slack.person(REQUESTER)
    await ravi.command("/grcpush", "AC-7", channel=CHANNEL)
    listing = await stage.slack.wait_ephemeral(REQUESTER, "1 statement changed")
    may_answer = asyncio.Event()

    async def hold(_moment: Moment) -> None:
        await may_answer.wait()

    stage.servicenow.on("before_read", hold, table=STATEMENTS)
    delivery = await stage.click(REQUESTER, listing, Action.PREVIEW_PUSH)
    await stage.slack.wait_view(REQUESTER, "Checking ServiceNow")

    assert delivery.ok
    may_answer.set()
    await stage.slack.wait_view(REQUESTER, "1 ready")

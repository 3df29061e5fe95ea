"""`/grcpush` and its words."""

import asyncio

import pytest

from bot.actions import Action, Callback
from bot.listeners.words import Word
from bot.slack.manifest import app_manifest
from sandbox.servicenow import STATEMENTS, Moment
from tests.stage import ADMIN, APPROVER, CHANNEL, EDITOR, REQUESTER, Stage


async def test_help_status_and_an_unknown_word_answer_only_the_asker(stage: Stage) -> None:
    await stage.edit(3)
    ravi = stage.slack.person(REQUESTER)

    for typed, answer in (
        ("help", "One push request"),
        ("status", "3 changed and not pushed"),
        ("stauts", "Did you mean"),
    ):
        assert (await ravi.command("/grcpush", typed, channel=CHANNEL)).ok
        await stage.slack.wait_ephemeral(REQUESTER, answer)

    assert len(stage.slack.ephemerals(REQUESTER)) == 3
    assert stage.slack.messages(CHANNEL) == []


async def test_every_word_that_is_understood_is_answered_by_a_message_or_a_modal(stage: Stage) -> None:
    card = await stage.request(1)
    about = {Word.EDIT: " Payroll Cloud/AC-3", Word.RETRY: " 1", Word.CANCEL: " 1"}
    alex = stage.slack.person(ADMIN)

    for word in Word:
        before = len(stage.slack.ephemerals(ADMIN))
        assert (await alex.command("/grcpush", f"{word}{about.get(word, '')}", channel=CHANNEL)).ok
        await stage.slack.wait_for(
            lambda known=before: len(stage.slack.ephemerals(ADMIN)) > known or stage.slack.views(ADMIN)
        )
        for shown in stage.slack.views(ADMIN):
            await stage.slack.wait_for(lambda view=shown: "Loading" not in view.words)
            await alex.close(shown)

    told = [message.words for message in stage.slack.ephemerals(ADMIN)]
    assert len(told) + len(stage.slack.calls.of("views.open")) == len(Word)
    assert [words for words in told if "Reference" in words or "does not know" in words] == []
    assert stage.slack.failures == []
    assert stage.slack.messages(CHANNEL) == [card]


async def test_with_nothing_changed_the_answer_is_one_friendly_line(stage: Stage) -> None:
    await stage.slack.person(REQUESTER).command("/grcpush", channel=CHANNEL)

    told = await stage.slack.wait_ephemeral(REQUESTER, "Nothing to push")
    assert "72 statements" in told.words
    assert "Push request" not in told.words


async def test_with_nothing_left_it_tells_of_the_last_push_and_leads_home(stage: Stage) -> None:
    card = await stage.request(1)
    await stage.click(APPROVER, card, Action.APPROVE)
    await stage.until(card, "1 pushed")

    await stage.slack.person(REQUESTER).command("/grcpush", channel=CHANNEL)
    told = await stage.slack.wait_ephemeral(REQUESTER, "Nothing to push")

    assert "Push request #1" in told.words
    assert f"p{card.ts.replace('.', '')}" in str(told.blocks)
    home = stage.button(told, Action.OPEN_RECORD).element["url"]
    assert home == f"slack://app?team={stage.slack.team_id}&id={stage.slack.app_id}&tab=home"
    assert (await stage.click(REQUESTER, told, Action.OPEN_RECORD)).ok


async def test_the_changes_of_a_short_list_are_shown_one_by_one(stage: Stage) -> None:
    await stage.edit(2)
    await stage.slack.person(REQUESTER).command("/grcpush", channel=CHANNEL)
    listing = await stage.slack.wait_ephemeral(REQUESTER, "Tick what to push")

    await stage.click(REQUESTER, listing, Action.SHOW_CHANGES)
    shown = await stage.slack.wait_view(REQUESTER, "1 of 2")
    first = shown.words
    await stage.click(REQUESTER, shown, Action.CHANGES_NEXT)
    await stage.slack.wait_for(lambda: "2 of 2" in shown.words)

    assert "From ServiceNow's text to the local one" in first
    assert len({words.splitlines()[1] for words in (first, shown.words)}) == 2
    assert not stage.shows(shown, Action.CHANGES_NEXT)
    assert stage.shows(shown, Action.CHANGES_PREVIOUS)
    await stage.slack.person(EDITOR).command("/grcpush", channel=CHANNEL)
    theirs = await stage.slack.wait_ephemeral(EDITOR, "Tick what to push")
    await stage.click(REQUESTER, theirs, Action.SHOW_CHANGES)
    await stage.slack.wait_view(REQUESTER, "not yours")


async def test_the_shortcut_opens_the_choice_among_everybodys_changes(stage: Stage) -> None:
    await stage.edit(2)
    (shortcut,) = app_manifest()["features"]["shortcuts"]

    assert (await stage.slack.person(REQUESTER).shortcut(shortcut["callback_id"])).ok

    await stage.slack.wait_view(REQUESTER, "2 statements match", callback_id=Callback.SELECT)


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


@pytest.mark.pitfall("P6")
async def test_a_click_is_acknowledged_and_a_modal_shown_before_servicenow_answers(stage: Stage) -> None:
    await stage.edit(3)
    ravi = stage.slack.person(REQUESTER)
    await ravi.command("/grcpush", "AC-7", channel=CHANNEL)
    listing = await stage.slack.wait_ephemeral(REQUESTER, "Tick what to push")
    may_answer = asyncio.Event()

    async def hold(_moment: Moment) -> None:
        await may_answer.wait()

    stage.servicenow.on("before_read", hold, table=STATEMENTS)
    delivery = await stage.click(REQUESTER, listing, Action.PREVIEW_PUSH)
    await stage.slack.wait_view(REQUESTER, "Checking ServiceNow")

    assert delivery.ok
    may_answer.set()
    await stage.slack.wait_view(REQUESTER, "1 ready")

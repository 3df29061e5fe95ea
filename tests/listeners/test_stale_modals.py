"""Modals that moved on or were closed while something was drawn into them: the rows decide, and nothing that counts is lost."""

import pytest

from bot.actions import CHOOSE_ANYWHERE, Action, Callback
from sandbox.servicenow import SERVICE_ACCOUNT
from sandbox.slack import Delivery, View
from tests.stage import APPROVER, CHANNEL, REQUESTER, Stage


async def a_preview(stage: Stage, controls: str = "AC-2 AC-3 AC-7") -> View:
    ravi = stage.slack.person(REQUESTER)
    await ravi.command("/grcpush", controls, channel=CHANNEL)
    await ravi.click(await stage.slack.wait_ephemeral(REQUESTER, "changed"), Action.PREVIEW_PUSH)
    return await stage.slack.wait_view(REQUESTER, "ready", callback_id=Callback.PREVIEW)


async def clicked_on_what_was_shown(stage: Stage, clicked: Delivery, value: str) -> None:
    """The same kind of click, made in the moment of an earlier one: it carries the hash of that drawing."""
    action = clicked.payload["actions"][0]
    option = {**action["selected_option"], "value": value}
    again = {**clicked.payload, "actions": [{**action, "selected_option": option, "action_ts": "1.5"}]}
    assert (await stage.slack.forging.post_payload("interactive", again)).ok


@pytest.mark.pitfall("P17")
async def test_two_menu_entries_chosen_at_once_are_both_seen_in_the_preview(stage: Stage) -> None:
    await stage.edit()
    ravi = stage.slack.person(REQUESTER)
    preview = await a_preview(stage)
    (first, block), (second, _), *_ = (
        (option["value"], placed.block_id)
        for placed in stage.elements(preview, Action.LINE_MENU)
        for option in placed.element["options"]
        if option["text"]["text"] == "Leave out"
    )

    delivery = await ravi.choose(preview, Action.LINE_MENU, first, block)
    assert delivery is not None
    await stage.slack.wait_for(lambda: "1 left out" in preview.words)
    await clicked_on_what_was_shown(stage, delivery, second)

    await stage.slack.wait_for(lambda: "2 left out" in preview.words)
    assert [call.error for call in stage.slack.calls.refused()] == ["hash_conflict"]
    assert stage.slack.failures == []


@pytest.mark.pitfall("P17")
async def test_a_page_of_the_review_turned_from_an_older_drawing_is_drawn_all_the_same(stage: Stage) -> None:
    ids = await stage.edit(3)
    for number, statement_id in enumerate(ids):
        await stage.save(statement_id, "".join(f"<p>Rule {number}.{line} is new.</p>" for line in range(400)))
    await stage.ask_for(ids)
    card = await stage.slack.wait_message("Push request #1", channel=CHANNEL)
    ada = stage.slack.person(APPROVER)
    await ada.click(card, Action.REVIEW)
    review = await stage.slack.wait_view(APPROVER, "Page 1 of", callback_id=Callback.VERDICT)
    turned = await ada.click(review, Action.REVIEW_NEXT)
    assert turned is not None
    await stage.slack.wait_for(lambda: "Page 2 of" in review.words)
    await ada.click(review, Action.REVIEW_PREVIOUS)
    await stage.slack.wait_for(lambda: "Page 1 of" in review.words)

    again = {**turned.payload, "actions": [{**turned.payload["actions"][0], "action_ts": "1.5"}]}
    assert (await stage.slack.forging.post_payload("interactive", again)).ok

    await stage.slack.wait_for(lambda: "Page 2 of" in review.words)
    assert [call.error for call in stage.slack.calls.refused()] == ["hash_conflict"]


@pytest.mark.pitfall("P17")
async def test_ticks_and_pages_from_older_drawings_of_the_chooser_all_count(stage: Stage) -> None:
    await stage.edit()
    ravi = stage.slack.person(REQUESTER)
    await ravi.shortcut(CHOOSE_ANYWHERE)
    chooser = await stage.slack.wait_view(REQUESTER, "match", callback_id=Callback.SELECT)
    every = await ravi.click(chooser, Action.SELECT_ALL)
    assert every is not None
    await stage.slack.wait_for(lambda: " 0 chosen" not in chooser.words)
    none = stage.button(chooser, Action.CLEAR_ALL)
    action = {**every.payload["actions"][0], "action_id": none.action_id, "value": none.element["value"]}

    await stage.slack.forging.post_payload("interactive", {**every.payload, "actions": [action]})

    await stage.slack.wait_for(lambda: " 0 chosen" in chooser.words)
    assert [call.error for call in stage.slack.calls.refused()] == ["hash_conflict"]


@pytest.mark.pitfall("P18")
async def test_who_closes_a_preview_while_servicenow_is_asked_is_not_bothered_and_finds_the_draft_again(
    stage: Stage,
) -> None:
    await stage.edit(3)
    ravi = stage.slack.person(REQUESTER)
    stage.servicenow.latency = 0.3
    await ravi.command("/grcpush", "AC-7", channel=CHANNEL)
    await ravi.click(await stage.slack.wait_ephemeral(REQUESTER, "changed"), Action.PREVIEW_PUSH)
    await ravi.close(await stage.slack.wait_view(REQUESTER, "Checking ServiceNow"))

    refused = await stage.slack.wait_call("views.update", when=lambda call: not call.ok)
    stage.servicenow.latency = 0
    await ravi.command("/grcpush", channel=CHANNEL)
    listing = await stage.slack.wait_ephemeral(REQUESTER, "You had chosen")

    assert refused.error == "not_found"
    assert stage.shows(listing, Action.RESUME)
    assert stage.slack.direct_messages(REQUESTER) == []
    assert len(stage.slack.ephemerals(REQUESTER)) == 2
    assert stage.slack.failures == []


@pytest.mark.pitfall("P18")
async def test_who_closes_the_modal_of_an_undo_is_told_that_the_texts_are_edits_again(stage: Stage) -> None:
    card = await stage.request(2)
    await stage.click(APPROVER, card, Action.APPROVE)
    await stage.until(card, "2 pushed")
    ravi = stage.slack.person(REQUESTER)
    stage.servicenow.latency = 0.3

    await ravi.click(card, Action.UNDO_PUSH)
    await ravi.close(await stage.slack.wait_view(REQUESTER, "Bringing the earlier texts back"))
    told = await stage.slack.wait_ephemeral(REQUESTER, "local edits again")

    assert "2 statements" in told.words
    assert "/grcpush mine" in told.words
    assert len(stage.written()) == 2


async def test_an_undo_whose_preview_servicenow_refuses_still_says_that_the_texts_are_edits_again(stage: Stage) -> None:
    card = await stage.request(2)
    await stage.click(APPROVER, card, Action.APPROVE)
    await stage.until(card, "2 pushed")
    stage.servicenow.faults.on("envelope", kind="write_denied", method="GET")

    await stage.click(REQUESTER, card, Action.UNDO_PUSH)
    told = await stage.slack.wait_ephemeral(REQUESTER, "local edits again")
    await stage.slack.wait_view(REQUESTER, "ServiceNow did not do it")

    assert "2 statements" in told.words


@pytest.mark.pitfall("P18")
async def test_an_error_behind_a_closed_modal_still_reaches_the_person(stage: Stage) -> None:
    await stage.edit(3)
    ravi = stage.slack.person(REQUESTER)
    await ravi.command("/grcpush", "AC-7", channel=CHANNEL)
    listing = await stage.slack.wait_ephemeral(REQUESTER, "changed")
    stage.servicenow.latency = 0.2
    stage.servicenow.users.change(SERVICE_ACCOUNT, locked_out=True)

    await ravi.click(listing, Action.PREVIEW_PUSH)
    await ravi.close(await stage.slack.wait_view(REQUESTER, "Checking ServiceNow"))
    told = await stage.slack.wait_ephemeral(REQUESTER, "sign-in")

    assert told is not listing
    assert "Reference" not in told.words

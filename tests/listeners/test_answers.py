"""Answers to people: where they are put, what they never overwrite, and what they do not lean on."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.actions import Action, Callback
from tests.stage import ADMIN, APPROVER, CHANNEL, EDITOR, REQUESTER, Stage

ROOT = Path(__file__).parents[2]
# An acknowledgement may answer a form or a menu; a message in it could not be found again to be changed.
OF_FORMS_AND_MENUS = {"response_action", "errors", "view", "options"}


def acknowledgements() -> Iterator[tuple[str, ast.Call]]:
    """Every acknowledgement in the bot, with where it stands."""
    for path in (ROOT / "bot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "ack":
                yield f"{path.name}:{node.lineno}", node


@pytest.mark.pitfall("P9")
def test_no_acknowledgement_carries_a_message() -> None:
    found = list(acknowledgements())
    faults = [
        place for place, call in found if call.args or {keyword.arg for keyword in call.keywords} - OF_FORMS_AND_MENUS
    ]

    assert len(found) > 30
    assert faults == []


@pytest.mark.pitfall("P9")
async def test_every_answer_to_a_command_is_posted_and_none_stands_in_the_acknowledgement(stage: Stage) -> None:
    await stage.edit(2)
    for number, typed in enumerate(("", "help", "status", "mine", "nonsense", "history", "doctor"), 1):
        delivery = await stage.slack.person(REQUESTER).command("/grcpush", typed, channel=CHANNEL)
        await stage.slack.wait_for(lambda wanted=number: len(stage.slack.ephemerals(REQUESTER)) == wanted)

        assert not delivery.body

    assert stage.slack.messages(CHANNEL) == []


@pytest.mark.pitfall("P10")
async def test_a_list_only_one_person_sees_is_redrawn_by_its_own_clicks_and_never_updated_from_afar(
    stage: Stage,
) -> None:
    ids = await stage.edit(3)
    ravi = stage.slack.person(REQUESTER)
    await ravi.command("/grcpush", channel=CHANNEL)
    listing = await stage.slack.wait_ephemeral(REQUESTER, "Tick what to push")

    await ravi.click(listing, Action.SELECT_ALL)
    await stage.slack.wait_for(lambda: len(listing.drawings) == 2)
    await stage.save(ids[0], "<p>Changed while the list stands there.</p>")
    await stage.ask_for(ids[1:])
    await stage.slack.wait_message("Push request #1", channel=CHANNEL)

    assert {call.args["ts"] for call in stage.slack.calls.of("chat.update")} <= {
        message.ts for message in stage.slack.messages(CHANNEL)
    }
    assert len(listing.drawings) == 2
    # What it could not be told it learns with the next click, from the rows.
    await ravi.click(listing, Action.SELECT_ALL)
    await stage.slack.wait_for(lambda: "Not to be ticked now" in listing.words)


@pytest.mark.pitfall("P26", "U4")
async def test_a_refusal_stands_beside_what_was_clicked_and_not_in_its_place(stage: Stage) -> None:
    await stage.edit(2)
    await stage.slack.person(REQUESTER).command("/grcpush", channel=CHANNEL)
    listing = await stage.slack.wait_ephemeral(REQUESTER, "Tick what to push")
    card = await stage.ask()
    assert stage.slack.answers_replace_by_default
    shown = listing.words, card.words

    await stage.click_again(EDITOR, listing, stage.button(listing, Action.SELECT_ALL))
    await stage.slack.wait_ephemeral(EDITOR, "not yours")
    await stage.click(REQUESTER, card, Action.APPROVE)
    await stage.slack.wait_ephemeral(REQUESTER, "You asked for push request #1")

    assert (listing.words, card.words) == shown
    assert not listing.is_deleted
    assert len(listing.drawings) == 1


@pytest.mark.pitfall("P25")
async def test_everything_about_a_push_is_in_the_one_thread_of_its_card(stage: Stage) -> None:
    card = await stage.request(3, with_conflicts=True)
    replies = await stage.until_conflicts(card, 2)
    for reply in replies:
        await stage.click(REQUESTER, reply, Action.KEEP_LOCAL)
        await stage.until(reply, "Kept local")
    await stage.until(card, "Waiting for approval")
    await stage.slack.person(ADMIN).say(CHANNEL, "A word in between.", thread_ts=card.ts)
    await stage.click(APPROVER, card, Action.APPROVE)
    await stage.until(card, "3 pushed")
    await stage.click(APPROVER, card, Action.EVIDENCE)
    await stage.slack.wait_ephemeral(APPROVER, "in the thread")

    threads = {call.args["thread_ts"] for call in stage.slack.calls if call.args.get("thread_ts")}
    assert threads == {card.ts}
    assert all(call.ok for call in stage.slack.calls)


@pytest.mark.pitfall("P25")
@pytest.mark.parametrize("place", ["thread", "channel"])
async def test_a_button_in_a_reply_answers_in_the_thread_it_belongs_to(stage: Stage, place: str) -> None:
    card = await stage.request(3, with_conflicts=True)
    (reply, _) = await stage.until_conflicts(card, 2)
    reply.reply_broadcast = place == "channel"

    await stage.click(EDITOR, reply, Action.LEAVE_OUT)
    told = await stage.slack.wait_ephemeral(EDITOR, "person who asked")

    assert told.thread_ts in (None, card.ts)


@pytest.mark.pitfall("P16")
async def test_all_that_were_selected_by_the_bot_are_submitted_though_nobody_ticked_them(stage: Stage) -> None:
    await stage.edit()
    ravi = stage.slack.person(REQUESTER)
    await ravi.command("/grcpush", channel=CHANNEL)
    await ravi.click(await stage.slack.wait_ephemeral(REQUESTER, "changed"), Action.CHOOSE_STATEMENTS)
    chooser = await stage.slack.wait_view(REQUESTER, "match", callback_id=Callback.SELECT)
    before = {block["block_id"] for block in chooser.blocks if block["type"] == "input"}

    await ravi.click(chooser, Action.SELECT_ALL)
    await stage.slack.wait_for(lambda: " 0 chosen" not in chooser.words)
    boxes = stage.elements(chooser, Action.TICK)
    after = {placed.block_id for placed in boxes}
    drawn = sum(len(placed.element.get("initial_options", [])) for placed in boxes)
    told = sum(len(chooser.state[placed.block_id][Action.TICK]["selected_options"]) for placed in boxes)
    await ravi.submit(chooser)
    preview = await stage.slack.wait_view(REQUESTER, "ready", callback_id=Callback.PREVIEW)

    assert not before & after
    assert drawn == told > 10
    assert f"{drawn} ready" in preview.words

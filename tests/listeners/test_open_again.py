"""Slack's trigger for a modal lives three seconds: who comes too late does it again with one click, and nothing is lost."""

import pytest

from bot.actions import CHOOSE_ANYWHERE, Action, ButtonValue, Callback
from core.ids import new_id
from sandbox.slack import Message
from sandbox.slack.blockkit.reading import Placed, elements
from tests.stage import APPROVER, CHANNEL, EDITOR, REQUESTER, Stage

# Some of them, so that the test below would notice if it looked at nothing; it finds the others by itself.
OPENS_A_MODAL = {
    Action.DECLINE,
    Action.PREVIEW_PUSH,
    Action.REVIEW,
    Action.SETTINGS,
    Action.UNDO_PUSH,
    Action.WRITE_MERGE,
}


def too_late(stage: Stage, times: int | None = 1) -> None:
    """Slack finds the next triggers over, whatever they are for."""
    for method in ("views.open", "views.push"):
        stage.slack.faults.error(method, "expired_trigger_id", times=times)


def again(told: Message) -> Placed:
    """The one button of the message."""
    (placed,) = elements(told.blocks)
    assert placed.element["text"]["text"] == "Open again"
    return placed


async def open_again(stage: Stage, who: str, told: Message) -> None:
    placed = again(told)
    await stage.slack.person(who).click(told, placed.action_id)


@pytest.mark.pitfall("P6")
async def test_a_button_of_a_card_opens_its_modal_at_the_second_attempt(stage: Stage) -> None:
    card = await stage.request(2)
    too_late(stage)

    await stage.click(APPROVER, card, Action.REVIEW)
    told = await stage.slack.wait_ephemeral(APPROVER, "Open again")
    await open_again(stage, APPROVER, told)
    shown = await stage.slack.wait_view(APPROVER, callback_id=Callback.VERDICT)

    assert "Nothing was done" in told.words
    assert shown.is_open
    assert stage.slack.messages(CHANNEL) == [card]


@pytest.mark.pitfall("P6")
async def test_what_was_ticked_before_is_in_the_preview_that_opens_later(stage: Stage) -> None:
    await stage.edit(3)
    ravi = stage.slack.person(REQUESTER)
    await ravi.command("/grcpush", "AC-7", channel=CHANNEL)
    listing = await stage.slack.wait_ephemeral(REQUESTER, "Tick what to push")
    too_late(stage)

    await ravi.click(listing, Action.PREVIEW_PUSH)
    told = await stage.slack.wait_ephemeral(REQUESTER, "Open again")
    await open_again(stage, REQUESTER, told)

    await stage.slack.wait_view(REQUESTER, "1 ready", callback_id=Callback.PREVIEW)
    assert not listing.is_deleted
    assert "Tick what to push" in listing.words


@pytest.mark.pitfall("P6")
@pytest.mark.parametrize(
    ("typed", "shown"),
    [("edit Payroll Cloud/AC-2", "Edit"), ("history Payroll Cloud/AC-2", "History"), ("settings", "Settings")],
)
async def test_a_command_is_not_to_be_typed_again(stage: Stage, typed: str, shown: str) -> None:
    too_late(stage)

    await stage.slack.person(EDITOR).command("/grcpush", typed, channel=CHANNEL)
    told = await stage.slack.wait_ephemeral(EDITOR, "Open again")
    await open_again(stage, EDITOR, told)
    view = await stage.slack.wait_view(EDITOR, shown)
    await stage.slack.wait_for(lambda: "Loading" not in view.words)

    assert "does not know" not in view.words


@pytest.mark.pitfall("P6")
async def test_the_shortcut_is_offered_again_as_a_direct_message(stage: Stage) -> None:
    await stage.edit(2)
    too_late(stage)

    await stage.slack.person(REQUESTER).shortcut(CHOOSE_ANYWHERE)
    told = await stage.slack.wait_message("Open again")
    await open_again(stage, REQUESTER, told)

    await stage.slack.wait_view(REQUESTER, "2 statements match", callback_id=Callback.SELECT)


@pytest.mark.pitfall("P6")
async def test_a_menu_entry_in_a_modal_is_offered_again_as_a_direct_message(stage: Stage) -> None:
    await stage.edit(3)
    ravi = stage.slack.person(REQUESTER)
    await ravi.command("/grcpush", "AC-7", channel=CHANNEL)
    await ravi.click(await stage.slack.wait_ephemeral(REQUESTER, "Tick what to push"), Action.PREVIEW_PUSH)
    preview = await stage.slack.wait_view(REQUESTER, "1 ready", callback_id=Callback.PREVIEW)
    too_late(stage, times=None)

    await ravi.choose(preview, Action.LINE_MENU, "View change")
    told = await stage.slack.wait_message("Open again")
    stage.slack.faults.answer_again()
    await open_again(stage, REQUESTER, told)

    assert stage.slack.direct_messages(REQUESTER) == [told]
    await stage.slack.wait_view(REQUESTER, "AC-7", callback_id=Callback.READ_ONLY)


@pytest.mark.pitfall("P6")
async def test_one_that_is_too_late_again_is_offered_again(stage: Stage) -> None:
    card = await stage.request(1)
    too_late(stage, times=2)

    await stage.click(APPROVER, card, Action.REVIEW)
    await open_again(stage, APPROVER, await stage.slack.wait_ephemeral(APPROVER, "Open again"))
    await stage.slack.wait_for(lambda: len(stage.slack.ephemerals(APPROVER)) == 2)
    await open_again(stage, APPROVER, stage.slack.ephemerals(APPROVER)[-1])

    await stage.slack.wait_view(APPROVER, callback_id=Callback.VERDICT)


@pytest.mark.pitfall("P6")
async def test_whatever_opens_a_modal_can_be_opened_again_by_the_same_button(stage: Stage) -> None:
    card = await stage.request(1)
    known = (await stage.click(REQUESTER, card, Action.REVIEW)).payload
    nobody = ButtonValue(new_id()).encode()
    too_late(stage, times=None)

    for name in Action:
        action = {"action_id": str(name), "block_id": nobody, "type": "button", "value": nobody, "action_ts": "1.0"}
        await stage.slack.forging.post_payload("interactive", {**known, "actions": [action], "response_url": ""})

    def offered() -> set[str]:
        told = [message for message in stage.slack.direct_messages(REQUESTER) if "Open again" in message.words]
        for message in told:
            assert again(message).element["value"] == nobody
        return {again(message).action_id for message in told}

    def tried() -> int:
        return sum(call.method in ("views.open", "views.push") for call in stage.slack.calls.refused())

    await stage.slack.wait_for(lambda: offered() >= OPENS_A_MODAL and len(offered()) == tried())


@pytest.mark.pitfall("P6")
async def test_a_command_too_long_for_a_button_is_to_be_typed_again(stage: Stage) -> None:
    too_late(stage)

    await stage.slack.person(REQUESTER).command("/grcpush", f"edit {'給与' * 200}", channel=CHANNEL)
    told = await stage.slack.wait_ephemeral(REQUESTER, "Nothing was done")

    assert "Do it again." in told.words
    assert list(elements(told.blocks)) == []

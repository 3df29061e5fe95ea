"""The second journey: from `/grcpush` over the preview to a push request."""

import asyncio

import pytest

from bot.actions import Action, Callback
from sandbox.slack import Message, View
from tests.stage import CHANNEL, REQUESTER, Stage

MANY = 14


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of ten, so that fourteen statements make two."""
    monkeypatch.setattr("bot.listeners.selection.MODAL_PAGE", 10)


async def an_open_chooser(stage: Stage) -> View:
    """The modal for long lists, opened from the list."""
    ravi = stage.slack.person(REQUESTER)
    await ravi.command("/grcpush", channel=CHANNEL)
    listing = await stage.slack.wait_ephemeral(REQUESTER, f"{MANY} statements changed")
    await ravi.click(listing, Action.CHOOSE_STATEMENTS)
    return await stage.slack.wait_view(REQUESTER, "0 chosen", callback_id=Callback.SELECT)


async def test_from_two_named_controls_over_the_preview_to_a_request(stage: Stage) -> None:
    await stage.edit()
    ravi = stage.slack.person(REQUESTER)

    await ravi.command("/grcpush", "AC-7 IR-6", channel=CHANNEL)
    listing = await stage.slack.wait_ephemeral(REQUESTER, "Tick what to push")
    await ravi.click(listing, Action.PREVIEW_PUSH)
    preview = await stage.slack.wait_view(REQUESTER, "2 ready", callback_id=Callback.PREVIEW)
    previewed = preview.words
    submitted = await ravi.submit(preview, {"reason": "Quarterly review"})
    card = await stage.slack.wait_message("Push request #1", channel=CHANNEL)

    assert submitted.ok
    assert "Payroll Cloud/AC-7" in previewed
    assert "three" in previewed
    await stage.slack.wait_view(REQUESTER, "1 approval needed")
    assert "Waiting for approval" in card.words
    assert "Quarterly review" in card.words
    assert stage.written() == []


async def test_a_preview_tells_of_conflicts_and_asks_nobody(stage: Stage) -> None:
    await stage.edit()
    stage.sample.apply_remote_edits(stage.servicenow)
    ravi = stage.slack.person(REQUESTER)

    await ravi.command("/grcpush", "AC-2 AC-7", channel=CHANNEL)
    listing = await stage.slack.wait_ephemeral(REQUESTER, "Tick what to push")
    await ravi.click(listing, Action.PREVIEW_PUSH)
    await stage.slack.wait_view(REQUESTER, "1 ready · 1 conflict", callback_id=Callback.PREVIEW)

    assert stage.slack.messages(CHANNEL) == []


@pytest.mark.pitfall("U1")
async def test_a_short_list_is_ticked_in_the_message_itself(stage: Stage) -> None:
    ids = await stage.edit(3)
    ravi = stage.slack.person(REQUESTER)
    await ravi.command("/grcpush", channel=CHANNEL)
    listing = await stage.slack.wait_ephemeral(REQUESTER, "Tick what to push")

    await ravi.tick(listing, Action.TICK, *map(str, ids))
    await ravi.untick(listing, Action.TICK, str(ids[1]))
    await ravi.click(listing, Action.PREVIEW_PUSH)

    preview = await stage.slack.wait_view(REQUESTER, "2 ready", callback_id=Callback.PREVIEW)
    assert "AC-2(3)" not in preview.words


async def test_ticks_made_just_before_the_preview_count_even_if_their_own_delivery_was_lost(stage: Stage) -> None:
    ids = await stage.edit(3)
    ravi = stage.slack.person(REQUESTER)
    await ravi.command("/grcpush", channel=CHANNEL)
    listing = await stage.slack.wait_ephemeral(REQUESTER, "Tick what to push")

    await ravi.fill(listing, {Action.TICK: [str(ids[2])]})
    await ravi.click(listing, Action.PREVIEW_PUSH)

    preview = await stage.slack.wait_view(REQUESTER, "1 ready", callback_id=Callback.PREVIEW)
    assert "AC-7" in preview.words


async def test_select_all_and_clear_redraw_the_short_list_in_place(stage: Stage) -> None:
    await stage.edit(3)
    ravi = stage.slack.person(REQUESTER)
    await ravi.command("/grcpush", channel=CHANNEL)
    listing = await stage.slack.wait_ephemeral(REQUESTER, "Tick what to push")

    await ravi.click(listing, Action.SELECT_ALL)
    await stage.slack.wait_for(lambda: ticked(listing) == 3)
    await ravi.click(listing, Action.CLEAR_ALL)
    await stage.slack.wait_for(lambda: ticked(listing) == 0)

    assert len(stage.slack.ephemerals(REQUESTER)) == 1


def ticked(listing: Message) -> int:
    """How many boxes are ticked in the list now."""
    fields = listing.state_for(REQUESTER).values()
    return sum(len(field[Action.TICK]["selected_options"]) for field in fields if Action.TICK in field)


async def test_nothing_ticked_gives_no_preview_but_a_word_of_advice(stage: Stage) -> None:
    await stage.edit(3)
    ravi = stage.slack.person(REQUESTER)
    await ravi.command("/grcpush", channel=CHANNEL)
    listing = await stage.slack.wait_ephemeral(REQUESTER, "Tick what to push")

    await ravi.click(listing, Action.PREVIEW_PUSH)

    await stage.slack.wait_view(REQUESTER, "Tick at least one")


@pytest.mark.pitfall("U2")
async def test_a_long_list_keeps_its_ticks_over_the_pages(stage: Stage) -> None:
    ids = await stage.edit()
    ravi = stage.slack.person(REQUESTER)
    chooser = await an_open_chooser(stage)

    await ravi.tick(chooser, Action.TICK, str(ids[0]), str(ids[3]))
    chooser = await stage.slack.wait_view(REQUESTER, "2 chosen")
    await ravi.click(chooser, Action.PAGE_NEXT)
    chooser = await stage.slack.wait_view(REQUESTER, "Page 2 of 2")
    await ravi.tick(chooser, Action.TICK, str(ids[12]))
    chooser = await stage.slack.wait_view(REQUESTER, "3 chosen")
    await ravi.click(chooser, Action.PAGE_PREVIOUS)
    chooser = await stage.slack.wait_view(REQUESTER, "Page 1 of 2")
    await ravi.untick(chooser, Action.TICK, str(ids[3]))
    chooser = await stage.slack.wait_view(REQUESTER, "2 chosen")
    await ravi.submit(chooser)

    await stage.slack.wait_view(REQUESTER, "2 ready", callback_id=Callback.PREVIEW)


@pytest.mark.pitfall("P16", "U2")
async def test_select_all_takes_everything_on_all_pages_but_conflicts(stage: Stage) -> None:
    ids = await stage.edit()
    stage.sample.apply_remote_edits(stage.servicenow)
    await stage.pull()
    ravi = stage.slack.person(REQUESTER)
    chooser = await an_open_chooser(stage)

    await ravi.click(chooser, Action.SELECT_ALL)
    chooser = await stage.slack.wait_view(REQUESTER, f"{len(ids) - 4} chosen")
    await ravi.submit(chooser)

    preview = await stage.slack.wait_view(REQUESTER, f"{len(ids) - 4} ready", callback_id=Callback.PREVIEW)
    assert "conflict" not in preview.words


async def test_a_tick_and_a_page_turn_in_quick_succession_both_count(stage: Stage) -> None:
    ids = await stage.edit()
    ravi = stage.slack.person(REQUESTER)
    chooser = await an_open_chooser(stage)

    await asyncio.gather(ravi.tick(chooser, Action.TICK, str(ids[0])), ravi.click(chooser, Action.PAGE_NEXT))

    chooser = await stage.slack.wait_view(REQUESTER, "Page 2 of 2")
    assert "1 chosen" in chooser.words


async def test_submitting_a_chooser_with_nothing_ticked_says_so_at_the_boxes(stage: Stage) -> None:
    await stage.edit()
    chooser = await an_open_chooser(stage)

    submitted = await stage.slack.person(REQUESTER).submit(chooser)

    assert list(submitted.errors.values()) == ["Tick at least one statement."]


async def test_only_mine_and_all_owners_change_the_list_and_keep_the_ticks(stage: Stage) -> None:
    ids = await stage.edit()
    ravi = stage.slack.person(REQUESTER)
    chooser = await an_open_chooser(stage)
    await ravi.tick(chooser, Action.TICK, str(ids[0]))
    chooser = await stage.slack.wait_view(REQUESTER, "1 chosen")

    await ravi.click(chooser, Action.ONLY_MINE)
    chooser = await stage.slack.wait_view(REQUESTER, "0 statements of yours match")
    await ravi.click(chooser, Action.ALL_OWNERS)

    await stage.slack.wait_view(REQUESTER, f"{MANY} statements match · 1 chosen")


async def test_one_change_can_be_read_in_full_and_left_out(stage: Stage) -> None:
    ids = await stage.edit(3)
    ravi = stage.slack.person(REQUESTER)
    await ravi.command("/grcpush", channel=CHANNEL)
    listing = await stage.slack.wait_ephemeral(REQUESTER, "Tick what to push")
    await ravi.fill(listing, {Action.TICK: [str(one) for one in ids]})
    await ravi.click(listing, Action.PREVIEW_PUSH)
    preview = await stage.slack.wait_view(REQUESTER, "3 ready", callback_id=Callback.PREVIEW)
    menus = stage.elements(preview, Action.LINE_MENU)

    await ravi.click(preview, Action.LINE_MENU, menus[0].block_id, option="View change")
    change = await stage.slack.wait_view(REQUESTER, "From ServiceNow's text to the local one")
    await ravi.close(change)
    await ravi.click(preview, Action.LINE_MENU, menus[0].block_id, option="Leave out")

    await stage.slack.wait_view(REQUESTER, "2 ready", callback_id=Callback.PREVIEW)

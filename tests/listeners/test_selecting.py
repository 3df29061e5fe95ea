"""Choosing among many, in the modal, as people do it."""

from typing import Any

import pytest

from bot.actions import Action, Callback
from core.store.statements import StatementFilter
from core.usecases.selections.choosing import start_selection
from sandbox.slack import View
from tests.stage import CHANNEL, EDITOR, REQUESTER, Stage


async def the_modal(stage: Stage, who: str = REQUESTER) -> View:
    """The selection modal, opened from the list."""
    person = stage.slack.person(who)
    await person.command("/grcpush", channel=CHANNEL)
    listing = await stage.slack.wait_ephemeral(who, "changed since the last push")
    await stage.click(who, listing, Action.CHOOSE_STATEMENTS)
    return await stage.slack.wait_view(who, "match", callback_id=Callback.SELECT)


def counts(view: View) -> str:
    """The line that says how many match and are chosen."""
    return next(line for line in view.words.splitlines() if " match · " in line)


async def until_counts(stage: Stage, view: View, words: str) -> None:
    await stage.slack.wait_for(lambda: words in counts(view))


def boxes(view: View) -> list[dict[str, Any]]:
    """Every box on the page."""
    groups = [block["element"] for block in view.blocks if block.get("element", {}).get("type") == "checkboxes"]
    return [option for group in groups for option in group["options"]]


async def test_filters_are_offered_as_one_types_and_narrow_the_list(stage: Stage) -> None:
    ids = await stage.edit()
    view = await the_modal(stage)
    ravi = stage.slack.person(REQUESTER)

    offered = await ravi.options(view, Action.FILTER_SYSTEM, "pay")
    names = [option["text"]["text"] for option in offered]
    await ravi.choose(view, Action.FILTER_SYSTEM, offered[1])
    await until_counts(stage, view, f"{names[1].rpartition(' ')[2]} statements match")

    assert names[0] == "All systems"
    assert names[1].startswith("Payroll Cloud · ")
    assert all(box["text"]["text"].endswith("Payroll Cloud") for box in boxes(view))
    await ravi.click(view, Action.CLEAR_FILTERS)
    await until_counts(stage, view, f"{len(ids)} statements match")


async def test_a_search_counts_with_enter_and_leaves_ticks_on_other_pages_alone(stage: Stage) -> None:
    await stage.edit()
    view = await the_modal(stage)
    ravi = stage.slack.person(REQUESTER)
    first = boxes(view)[0]
    await ravi.choose(view, Action.TICK, [first["value"]], stage.elements(view, Action.TICK)[0].block_id)
    await until_counts(stage, view, "1 chosen")

    await ravi.enter(view, Action.SEARCH, "no such words anywhere")
    await until_counts(stage, view, "0 statements match · 1 chosen")

    assert "No changed statement matches these filters" in view.words
    submission = await ravi.submit(view)
    assert submission.ok
    await stage.slack.wait_view(REQUESTER, "1 ready")


async def test_a_search_that_finds_nothing_can_be_corrected_where_it_stands(stage: Stage) -> None:
    ids = await stage.edit()
    view = await the_modal(stage)
    ravi = stage.slack.person(REQUESTER)

    await ravi.enter(view, Action.SEARCH, "no such words anywhere")
    await until_counts(stage, view, "0 statements match · 0 chosen")
    refused = await ravi.submit(view)
    assert list(refused.errors.values()) == ["Tick at least one statement."]
    await ravi.enter(view, Action.SEARCH, "")

    await until_counts(stage, view, f"{len(ids)} statements match")


@pytest.mark.pitfall("U2")
async def test_select_all_under_a_filter_untick_one_and_preview_the_rest(stage: Stage) -> None:
    await stage.edit()
    view = await the_modal(stage)
    ravi = stage.slack.person(REQUESTER)
    offered = await ravi.options(view, Action.FILTER_FAMILY, "AC")
    await ravi.choose(view, Action.FILTER_FAMILY, offered[1])
    count = int(offered[1]["text"]["text"].rpartition(" ")[2])
    await until_counts(stage, view, f"{count} statements match")

    await ravi.click(view, Action.SELECT_ALL)
    await until_counts(stage, view, f"{count} chosen")
    place = stage.elements(view, Action.TICK)[0]
    await ravi.untick(view, Action.TICK, boxes(view)[0]["value"], block_id=place.block_id)
    await until_counts(stage, view, f"{count - 1} chosen")
    await ravi.submit(view)

    await stage.slack.wait_view(REQUESTER, f"{count - 1} ready", callback_id=Callback.PREVIEW)


async def test_nothing_chosen_is_said_in_the_modal_which_stays(stage: Stage) -> None:
    await stage.edit()
    view = await the_modal(stage)

    submission = await stage.slack.person(REQUESTER).submit(view)

    assert list(submission.errors.values()) == ["Tick at least one statement."]
    assert view.is_open


async def test_more_than_a_request_holds_is_said_in_the_modal_and_every_tick_stays(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.listeners.selection.MAX_STATEMENTS_PER_REQUEST", 5)
    await stage.edit()
    view = await the_modal(stage)
    ravi = stage.slack.person(REQUESTER)
    await ravi.click(view, Action.SELECT_ALL)
    await stage.slack.wait_for(lambda: "· 0 chosen" not in counts(view))

    submission = await ravi.submit(view)

    assert "at most 5 statements" in next(iter(submission.errors.values()))
    assert view.is_open


async def test_a_draft_is_resumed_from_the_next_list(stage: Stage) -> None:
    await stage.edit()
    view = await the_modal(stage)
    ravi = stage.slack.person(REQUESTER)
    await ravi.click(view, Action.SELECT_ALL)
    await stage.slack.wait_for(lambda: "· 0 chosen" not in counts(view))
    chosen = counts(view).split(" · ")[1]
    await ravi.close(view)

    await ravi.command("/grcpush", channel=CHANNEL)
    listing = await stage.slack.wait_ephemeral(REQUESTER, "and not asked for a push")
    await stage.click(REQUESTER, listing, Action.RESUME)

    again = await stage.slack.wait_view(REQUESTER, chosen, callback_id=Callback.SELECT)
    assert chosen in counts(again)


async def test_all_that_is_free_is_previewed_with_one_click_from_the_list(stage: Stage) -> None:
    ids = await stage.edit()
    await stage.slack.person(REQUESTER).command("/grcpush", channel=CHANNEL)
    listing = await stage.slack.wait_ephemeral(REQUESTER, "changed since the last push")

    await stage.click(REQUESTER, listing, Action.PREVIEW_ALL)

    view = await stage.slack.wait_view(REQUESTER, "ready", callback_id=Callback.PREVIEW)
    assert f"{len(ids)} ready" in view.words


@pytest.mark.pitfall("M11")
async def test_m11_a_statement_in_a_live_push_shows_who_holds_it_with_the_way_to_the_card(stage: Stage) -> None:
    card = await stage.request(1)

    await stage.slack.person(EDITOR).command("/grcpush", channel=CHANNEL)
    listing = await stage.slack.wait_ephemeral(EDITOR, "changed since the last push")

    assert f"archives/{CHANNEL}/p{card.ts.replace('.', '')}" in listing.words
    assert f"asked for by <@{REQUESTER}>" in listing.words
    assert not stage.shows(listing, Action.TICK)


async def test_a_system_by_name_and_a_family_are_listed(stage: Stage) -> None:
    ids = await stage.edit()
    expected = await start_selection(
        stage.bot.core, stage.cast.requester, StatementFilter(system="Payroll Cloud", controls=("AC",))
    )

    await stage.slack.person(REQUESTER).command("/grcpush", "payroll cloud AC", channel=CHANNEL)

    told = await stage.slack.wait_ephemeral(REQUESTER, "changed statements")
    assert told.words.startswith(f"{expected.listing.total} of {len(ids)} changed statements (Payroll Cloud, AC)")


async def test_menus_of_somebody_elses_list_show_nothing(stage: Stage) -> None:
    await stage.edit()
    view = await the_modal(stage)

    offered = await stage.slack.person(EDITOR).options(view, Action.FILTER_SYSTEM, "")

    assert offered == []
    assert stage.slack.direct_messages(EDITOR) == []

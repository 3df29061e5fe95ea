"""What is chosen stays chosen: over pages, filters, edits and restarts, for any number of statements."""

import json
import uuid

import pytest
from sqlalchemy import insert

from core.domain.push import Readiness
from core.errors import NotFound
from core.store.list_keys import list_key, searched_names
from core.store.statements import StatementFilter
from core.store.tables import ControlRow, SelectionRow, StatementRow, SystemRow
from core.usecases.pulling.pull import pull
from core.usecases.requests.asking import request_push
from core.usecases.requests.drafts import prepare_push
from core.usecases.selections.choosing import (
    MODAL_PAGE,
    choose_all,
    choose_none,
    chosen_ids,
    limit_to_owner,
    remember_draft,
    start_selection,
    tick,
    tick_only,
    turn_page,
    unfinished_selection,
    view_selection,
)
from core.usecases.selections.narrowing import ANY, Filter, choose_filter, list_choices, search
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import ServiceNow
from tests.cast import Cast, make_local_edits

FAMILIES = ("AC", "AU", "CM", "SC")


async def make_many(core: Core, cast: Cast, count: int) -> None:
    """So many modified statements in five systems and four families; every tenth is in conflict."""
    now = core.clock.now()
    systems = [SystemRow(id=core.new_id(), name=f"System {n}") for n in range(5)]
    controls = [
        ControlRow(id=core.new_id(), system_id=systems[n % 5].id, number=f"{FAMILIES[n % 4]}-{n}", name=f"Control {n}")
        for n in range(count)
    ]
    statements = [
        {
            "id": core.new_id(),
            "sn_sys_id": uuid.UUID(int=n).hex,
            "control_id": control.id,
            "list_key": list_key(f"System {n % 5}", control.number),
            "searched_names": searched_names(f"System {n % 5}", control.number, control.name),
            "searched_preview": f"statement {n} of the register",
            "kind": "html",
            "content": "",
            "sn_mod_count": 1,
            "sn_updated_by": "x",
            "local_content": "",
            "local_preview": f"Statement {n} of the register",
            "edited_by": (cast.editor if n % 2 else cast.requester).id,
            "edited_at": now,
            "is_modified": True,
            "sync_status": "conflict" if n % 10 == 9 else "modified",
            "pulled_at": now,
            "row_version": 1,
        }
        for n, control in enumerate(controls)
    ]
    async with core.db.transaction() as tx:
        for table, rows in (
            (SystemRow, [row.model_dump() for row in systems]),
            (ControlRow, [row.model_dump() for row in controls]),
            (StatementRow, statements),
        ):
            await (await tx.connection()).execute(insert(table), rows)


@pytest.mark.pitfall("U2")
async def test_u2_select_all_of_a_thousand_untick_three_on_other_pages_and_997_are_chosen(
    core: Core, cast: Cast
) -> None:
    await make_many(core, cast, 1_112)
    selection = await start_selection(core, cast.requester, StatementFilter())
    await choose_all(core, cast.requester, selection.id)

    for page in (0, 7, 33):
        await turn_page(core, cast.requester, selection.id, page)
        view = await view_selection(core, cast.requester, selection.id, page_size=MODAL_PAGE)
        shown = [line.id for line in view.listing.lines]
        one = next(iter(view.chosen))
        await tick(core, cast.requester, selection.id, shown=shown, ticked=view.chosen - {one})

    view = await view_selection(core, cast.requester, selection.id, page_size=MODAL_PAGE)
    assert (view.listing.total, view.free, view.chosen_total) == (1_112, 1_001, 998)
    assert len(set(await chosen_ids(core, cast.requester, selection.id))) == 998


async def test_choosing_all_is_kept_as_a_filter_and_not_as_thousands_of_ids(core: Core, cast: Cast) -> None:
    await make_many(core, cast, 1_000)
    selection = await start_selection(core, cast.requester, StatementFilter())

    await choose_all(core, cast.requester, selection.id)

    async with core.db.reading() as tx:
        row = await tx.get_one(SelectionRow, selection.id)
    assert len(row.chosen + row.everything) < 500
    assert len(json.loads(row.left_out)) == 100


async def test_what_comes_into_conflict_or_a_push_after_all_was_chosen_is_named_by_the_preview(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    ids = await make_local_edits(core, cast.editor, sample)
    who = cast.requester
    selection = await start_selection(core, who, StatementFilter())
    await choose_all(core, who, selection.id)

    sample.apply_remote_edits(servicenow)
    await pull(core)
    draft = await prepare_push(core, who, ids[:1])
    held = await request_push(core, who, draft.request_id)
    preview = await prepare_push(core, who, await chosen_ids(core, who, selection.id))

    assert [line.statement_id for line in preview.lines] == ids
    assert len(preview.having(Readiness.CONFLICT)) == len(sample.remote_edits)
    refused = preview.having(Readiness.REFUSED)
    assert [(line.statement_id, line.reason) for line in refused] == [
        (ids[0], f"It is part of push request #{held.number}.")
    ]


async def test_what_is_chosen_survives_other_filters_and_adds_up(core: Core, cast: Cast) -> None:
    await make_many(core, cast, 200)
    who = cast.requester
    selection = await start_selection(core, who, StatementFilter())

    await choose_filter(core, who, selection.id, Filter.FAMILY, "AC")
    await choose_all(core, who, selection.id)
    await choose_filter(core, who, selection.id, Filter.FAMILY, "AU")
    await choose_all(core, who, selection.id)
    await choose_filter(core, who, selection.id, Filter.FAMILY, ANY)
    await search(core, who, selection.id, "statement 3 of")

    view = await view_selection(core, who, selection.id, page_size=MODAL_PAGE)
    # Of fifty in each family: every tenth number ends in nine, is odd, and so in AU or SC only.
    assert view.chosen_total == 50 + 40
    assert (view.listing.total, len(view.chosen)) == (1, 0)


async def test_choosing_all_again_takes_back_what_was_unticked_among_them(core: Core, cast: Cast) -> None:
    await make_many(core, cast, 40)
    who = cast.requester
    selection = await start_selection(core, who, StatementFilter(), tick_all=True)
    view = await view_selection(core, who, selection.id, page_size=MODAL_PAGE)
    await tick(core, who, selection.id, shown=[line.id for line in view.listing.lines], ticked=[])
    left = len(await chosen_ids(core, who, selection.id))

    await choose_all(core, who, selection.id)

    assert (left, len(await chosen_ids(core, who, selection.id))) == (36 - len(view.chosen), 36)


async def test_menus_offer_what_there_is_with_its_number_and_what_was_typed(core: Core, cast: Cast) -> None:
    await make_many(core, cast, 100)
    who = cast.requester
    selection = await start_selection(core, who, StatementFilter())
    await limit_to_owner(core, who, selection.id, owner_id=cast.editor.id)

    systems = await list_choices(core, who, selection.id, Filter.SYSTEM, "TEM 3")
    families = await list_choices(core, who, selection.id, Filter.FAMILY, "")
    owners = await list_choices(core, who, selection.id, Filter.OWNER, "")

    assert [(words, count) for _, words, count in systems.entries] == [("System 3", 10)]
    assert [(value, count) for value, _, count in families.entries] == [("AU", 25), ("SC", 25)]
    assert sorted((words, count) for _, words, count in owners.entries) == [("Editor", 50), ("Requester", 50)]


async def test_a_choice_in_a_menu_narrows_to_exactly_that_system(core: Core, cast: Cast) -> None:
    await make_many(core, cast, 100)
    who = cast.requester
    selection = await start_selection(core, who, StatementFilter())
    ((value, name, count),) = (await list_choices(core, who, selection.id, Filter.SYSTEM, "System 3")).entries

    await choose_filter(core, who, selection.id, Filter.SYSTEM, value)

    view = await view_selection(core, who, selection.id, page_size=MODAL_PAGE)
    assert {line.system_name for line in view.listing.lines} == {name}
    assert (view.listing.total, view.narrowing.system) == (count, name)


async def test_what_an_open_request_holds_is_not_chosen_with_all_and_names_its_holder(
    core: Core, cast: Cast, sample: Sample
) -> None:
    ids = await make_local_edits(core, cast.editor, sample, 4)
    draft = await prepare_push(core, cast.requester, ids[:1])
    asked = await request_push(core, cast.requester, draft.request_id)

    selection = await start_selection(core, cast.editor, StatementFilter(), tick_all=True)

    held = next(line for line in selection.listing.lines if line.id == ids[0])
    assert held.held_by == asked.number
    assert held.holder is not None
    assert held.holder.requester is not None
    assert held.holder.requester.id == cast.requester.id
    assert (selection.free, selection.chosen_total) == (3, 3)
    assert ids[0] not in await chosen_ids(core, cast.editor, selection.id)


async def test_what_was_chosen_and_not_asked_for_is_offered_again_until_it_is_asked_for(
    core: Core, cast: Cast, sample: Sample
) -> None:
    ids = await make_local_edits(core, cast.editor, sample, 3)
    who = cast.requester
    first = await start_selection(core, who, StatementFilter())
    await tick_only(core, who, first.id, ids[:2])

    second = await start_selection(core, who, StatementFilter())
    assert second.earlier is not None
    assert (second.earlier.id, second.earlier.chosen) == (first.id, 2)

    draft = await prepare_push(core, who, ids[:2])
    await remember_draft(core, who, first.id, draft.request_id)
    assert await unfinished_selection(core, who) is not None
    assert (draft.lines[0].readiness, len(draft.lines)) == (Readiness.READY, 2)
    await request_push(core, who, draft.request_id)
    assert await unfinished_selection(core, who) is None
    assert (await start_selection(core, who, StatementFilter())).earlier is None


async def test_a_selection_is_its_persons_own(core: Core, cast: Cast, sample: Sample) -> None:
    ids = await make_local_edits(core, cast.editor, sample, 2)
    selection = await start_selection(core, cast.requester, StatementFilter())

    with pytest.raises(NotFound, match="not yours"):
        await tick_only(core, cast.editor, selection.id, ids)
    with pytest.raises(NotFound, match="not yours"):
        await list_choices(core, cast.editor, selection.id, Filter.SYSTEM, "")
    with pytest.raises(NotFound, match="not yours"):
        await view_selection(core, cast.editor, selection.id, page_size=MODAL_PAGE)


async def test_a_page_that_is_not_there_gives_the_nearest_one(core: Core, cast: Cast) -> None:
    await make_many(core, cast, 70)
    who = cast.requester
    selection = await start_selection(core, who, StatementFilter())

    pages = []
    for narrowed_to in ("", "Statement 1"):
        await search(core, who, selection.id, narrowed_to)
        await turn_page(core, who, selection.id, 99)
        listing = (await view_selection(core, who, selection.id, page_size=MODAL_PAGE)).listing
        pages.append((listing.page, listing.pages, len(listing.lines)))
    await choose_none(core, who, selection.id)

    assert pages == [(2, 3, 10), (0, 1, 11)]


async def test_the_message_shows_all_of_ten_and_sums_up_eleven(core: Core, cast: Cast) -> None:
    await make_many(core, cast, 10)
    ten = await start_selection(core, cast.requester, StatementFilter())
    async with core.db.transaction() as tx:
        one = await tx.get_one(StatementRow, ten.listing.lines[0].id)
        control = await tx.get_one(ControlRow, one.control_id)
        tx.add(ControlRow(**{**control.model_dump(), "id": (other := core.new_id()), "number": "AC-99"}))
        await tx.flush()
        another = {
            "id": core.new_id(),
            "sn_sys_id": "f" * 32,
            "control_id": other,
            "list_key": list_key("System 4", "AC-99"),
        }
        tx.add(StatementRow(**{**one.model_dump(), **another}))

    eleven = await view_selection(core, cast.requester, ten.id)

    assert (len(ten.listing.lines), ten.overview) == (10, None)
    assert eleven.overview is not None
    assert len(eleven.overview.oldest) == 5
    assert sum(count for _, count in eleven.overview.systems) == eleven.listing.total == 11

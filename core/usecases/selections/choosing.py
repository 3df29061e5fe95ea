"""What a person has chosen: kept here, so that paging, filters and restarts lose nothing.

Choosing all keeps the filter and what is left out of it, not the statements: it holds for any number of them, and is
worked out when it is looked at. What it comes to is shown, one by one, before anything is asked for.
"""

import datetime as dt
import json
import uuid
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.actor import Actor
from core.domain.push import RequestState
from core.errors import NotFound
from core.models.requests import StatementList
from core.models.selections import Earlier, Narrowing, Overview, SelectionView
from core.store.modified import Tally, count_by_system, count_ids, is_free, list_ids, list_oldest, tally
from core.store.push_tables import PushRequestRow
from core.store.pushes import is_paused
from core.store.selections import Picks, facts_of, filter_from, is_among
from core.store.statements import StatementFilter, matching
from core.store.tables import SelectionRow
from core.usecases.people.actors import person_views
from core.usecases.statements.modified import one_page, statement_lines
from core.wiring import Core

TICKED_IN_MESSAGE = 10
"""So many statements are ticked in a message itself; a longer list is summed up there, and chosen from in a modal."""
MODAL_PAGE = 30
"""Statements on one page of the modal: three groups of the ten boxes that Slack allows in each."""
OLDEST_SHOWN = 5
KEPT = dt.timedelta(hours=24)
"""So long a selection that was not asked for is offered again; after twice that time it is thrown away."""
_LOOKED_AT = 5


async def start_selection(
    core: Core, actor: Actor, wanted: StatementFilter, *, tick_all: bool = False
) -> SelectionView:
    """A new selection over the modified statements that match; nothing is chosen unless `tick_all`."""
    now = core.clock.now()
    row = SelectionRow(id=core.new_id(), person_id=actor.id, query=json.dumps(facts_of(wanted)), updated_at=now)
    async with core.db.transaction() as tx:
        (await _with_all(tx, Picks(), wanted) if tick_all else Picks()).save(row)
        over = (col(SelectionRow.person_id) == actor.id, col(SelectionRow.updated_at) < now - 2 * KEPT)
        await tx.exec(delete(SelectionRow).where(*over))
        tx.add(row)
    return await view_selection(core, actor, row.id)


async def view_selection(
    core: Core, actor: Actor, selection_id: uuid.UUID, *, page_size: int | None = None
) -> SelectionView:
    """The selection over its present page, in pages of this size. Raises NotFound when it is not the actor's.

    Without a size it is as a message shows it: all of a short list, an overview of a long one, and an earlier selection
    that was not finished.
    """
    is_message = page_size is None
    async with core.db.reading() as tx:
        row = await own_selection(tx, actor, selection_id)
        wanted, is_chosen = filter_from(json.loads(row.query)), Picks.of(row).test()
        listing, counts, overview = await _listing(tx, wanted, row.page, page_size)
        shown = [line.id for line in listing.lines]
        owners = await person_views(tx, [wanted.owner_id])
        return SelectionView(
            id=row.id,
            revision=row.revision,
            chosen=frozenset(await list_ids(tx, [is_chosen], among=shown)),
            listing=listing,
            mine_only=wanted.owner_id == actor.id,
            chosen_total=await count_ids(tx, [is_chosen]),
            free=counts.free,
            all_changed=await _all_changed(tx, wanted, counts) if is_message else 0,
            narrowing=Narrowing(
                system=wanted.system,
                owner=owners.get(wanted.owner_id) if wanted.owner_id else None,
                family=wanted.family,
                text=wanted.text,
                status=wanted.status,
                controls=wanted.controls,
            ),
            overview=overview,
            earlier=await _earlier(core, tx, row) if is_message else None,
            is_paused=core.settings.read_only or await is_paused(tx),
            is_read_only=core.settings.read_only,
        )


async def tick(
    core: Core, actor: Actor, selection_id: uuid.UUID, *, shown: Collection[uuid.UUID], ticked: Collection[uuid.UUID]
) -> None:
    """Take the ticks of one page: of the statements shown, exactly these are chosen."""
    async with core.db.transaction() as tx:
        row = await own_selection(tx, actor, selection_id)
        picks = Picks.of(row)
        were = _hexes(await list_ids(tx, [picks.test()], among=list(shown)))
        on, off = _hexes(ticked) - were, were - _hexes(ticked)
        Picks((picks.ticked | on) - off, picks.everything, (picks.left_out | off) - on).save(row)
        row.updated_at = core.clock.now()
        tx.add(row)


async def tick_only(core: Core, actor: Actor, selection_id: uuid.UUID, ticked: Collection[uuid.UUID]) -> None:
    """Choose exactly these statements."""
    await _change(core, actor, selection_id, lambda _row: Picks(_hexes(ticked)), redraws=False)


async def turn_page(core: Core, actor: Actor, selection_id: uuid.UUID, page: int) -> None:
    """Show another page; pages outside the list give the nearest one."""

    def turned(row: SelectionRow) -> None:
        row.page = max(0, page)

    await _change(core, actor, selection_id, turned)


async def choose_all(core: Core, actor: Actor, selection_id: uuid.UUID) -> None:
    """Choose everything that matches the list's filter, but what is in conflict or part of an open push request now.

    What comes to be so later stays chosen, so that the preview names it and nothing drops out unseen.
    """
    async with core.db.transaction() as tx:
        row = await own_selection(tx, actor, selection_id)
        (await _with_all(tx, Picks.of(row), filter_from(json.loads(row.query)))).save(row)
        _note_change(core, tx, row)


async def choose_none(core: Core, actor: Actor, selection_id: uuid.UUID) -> None:
    """Choose nothing."""
    await _change(core, actor, selection_id, lambda _row: Picks())


async def narrow(
    core: Core, actor: Actor, selection_id: uuid.UUID, change: Callable[[StatementFilter], StatementFilter]
) -> None:
    """List what matches another filter, from its first page; what is chosen stays chosen."""

    def narrowed(row: SelectionRow) -> None:
        row.query = json.dumps(facts_of(change(filter_from(json.loads(row.query)))))
        row.page = 0

    await _change(core, actor, selection_id, narrowed)


async def limit_to_owner(core: Core, actor: Actor, selection_id: uuid.UUID, *, owner_id: uuid.UUID | None) -> None:
    """List only this owner's statements (everybody's, with None); what is chosen stays chosen."""
    await narrow(core, actor, selection_id, lambda wanted: replace(wanted, owner_id=owner_id))


async def chosen_ids(core: Core, actor: Actor, selection_id: uuid.UUID) -> list[uuid.UUID]:
    """The chosen statements, in list order, without those that are no longer modified."""
    async with core.db.reading() as tx:
        return await list_ids(tx, [Picks.of(await own_selection(tx, actor, selection_id)).test()])


async def remember_draft(core: Core, actor: Actor, selection_id: uuid.UUID, request_id: uuid.UUID) -> None:
    """Note which draft was made of the selection: once that was asked for, the selection is not offered again."""
    async with core.db.transaction() as tx:
        row = await own_selection(tx, actor, selection_id)
        row.request_id, row.updated_at = request_id, core.clock.now()
        tx.add(row)


async def unfinished_selection(core: Core, actor: Actor) -> Earlier | None:
    """What the person chose within the last day and did not ask for; None when there is nothing of the kind."""
    async with core.db.reading() as tx:
        return await _unfinished(core, tx, actor.id, besides=None)


async def _with_all(tx: AsyncSession, picks: Picks, wanted: StatementFilter) -> Picks:
    """These picks, with everything that matches and is free now; what was unticked among that is chosen again."""
    tests = matching(wanted)
    back = _hexes(await list_ids(tx, [*tests, is_among(picks.left_out)])) if picks.left_out else frozenset()
    not_free = _hexes(await list_ids(tx, [*tests, ~is_free()])) - picks.ticked
    everything = tuple(dict.fromkeys((*picks.everything, wanted)))
    return Picks(picks.ticked, everything, (picks.left_out - back) | not_free)


async def _change(
    core: Core,
    actor: Actor,
    selection_id: uuid.UUID,
    change: Callable[[SelectionRow], Picks | None],
    *,
    redraws: bool = True,
) -> None:
    """Change the row, and what is chosen if the change gives that back."""
    async with core.db.transaction() as tx:
        row = await own_selection(tx, actor, selection_id)
        picks = change(row)
        if picks is not None:
            picks.save(row)
        _note_change(core, tx, row, redraws=redraws)


def _note_change(core: Core, tx: AsyncSession, row: SelectionRow, *, redraws: bool = True) -> None:
    """`redraws`: the ticks that are shown change by us, so that Slack must forget the person's own."""
    row.revision += redraws
    row.updated_at = core.clock.now()
    tx.add(row)


async def own_selection(tx: AsyncSession, actor: Actor, selection_id: uuid.UUID) -> SelectionRow:
    """The person's own selection. Raises NotFound when it is somebody else's, or gone."""
    row = await tx.get(SelectionRow, selection_id)
    if row is None or row.person_id != actor.id:
        raise NotFound("This list is not yours, or is gone.", next_step="Type /grcpush to start anew.")
    return row


def _hexes(ids: Iterable[uuid.UUID]) -> frozenset[str]:
    return frozenset(statement_id.hex for statement_id in ids)


async def _count(tx: AsyncSession, picks: Picks) -> int:
    if picks == Picks():
        return 0
    return await count_ids(tx, [picks.test()])


async def _all_changed(tx: AsyncSession, wanted: StatementFilter, counts: Tally) -> int:
    """How many statements are modified, of which `counts` are those that match the filter."""
    return counts.total if wanted == StatementFilter() else await count_ids(tx, [])


async def _listing(
    tx: AsyncSession, wanted: StatementFilter, page: int, page_size: int | None
) -> tuple[StatementList, Tally, Overview | None]:
    """A page of the list; without a size, the list as a message shows it: all of it if it is short, else an overview."""
    if page_size is not None:
        return *await one_page(tx, wanted, page=page, page_size=page_size), None
    counts = await tally(tx, wanted)
    if counts.total <= TICKED_IN_MESSAGE:
        return *await one_page(tx, wanted, page=0, page_size=TICKED_IN_MESSAGE), None
    systems = await count_by_system(tx, wanted)
    oldest = await statement_lines(tx, await list_oldest(tx, wanted, OLDEST_SHOWN))
    overview = Overview(tuple((system.name, count) for system, count in systems), tuple(oldest))
    return StatementList((), counts.total, counts.conflicts), counts, overview


async def _earlier(core: Core, tx: AsyncSession, row: SelectionRow) -> Earlier | None:
    """An unfinished selection, offered as long as nothing is chosen in this one."""
    if await _count(tx, Picks.of(row)):
        return None
    return await _unfinished(core, tx, row.person_id, besides=row.id)


async def _unfinished(core: Core, tx: AsyncSession, person_id: uuid.UUID, besides: uuid.UUID | None) -> Earlier | None:
    query = (
        select(SelectionRow, PushRequestRow.state)
        .join(PushRequestRow, col(SelectionRow.request_id) == col(PushRequestRow.id), isouter=True)
        .where(SelectionRow.person_id == person_id, col(SelectionRow.updated_at) > core.clock.now() - KEPT)
        .order_by(col(SelectionRow.updated_at).desc())
        .limit(_LOOKED_AT)
    )
    for row, state in (await tx.exec(query)).all():
        if row.id == besides or state not in (None, RequestState.DRAFT.value):
            continue
        if chosen := await _count(tx, Picks.of(row)):
            return Earlier(row.id, chosen, row.updated_at)
    return None

"""What a person has ticked: kept here, so that paging, filters and restarts lose nothing."""

import json
import uuid
from collections.abc import Collection
from dataclasses import asdict, replace

from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.actor import Actor
from core.errors import NotFound
from core.read_models import SelectionView
from core.store.pushes import open_requests_with
from core.store.statements import StatementFilter, list_modified_ids
from core.store.tables import SelectionRow
from core.usecases.statements import list_modified_statements
from core.wiring import Core


async def start_selection(
    core: Core, actor: Actor, wanted: StatementFilter, *, tick_all: bool = False
) -> SelectionView:
    """A new selection over the modified statements that match; nothing is ticked unless `tick_all`."""
    async with core.db.transaction() as tx:
        chosen = await _free_ids(tx, wanted) if tick_all else []
        row = SelectionRow(
            id=core.new_id(),
            person_id=actor.id,
            chosen=_dump(chosen),
            query=json.dumps(asdict(wanted), default=str),
            updated_at=core.clock.now(),
        )
        tx.add(row)
    return await view_selection(core, actor, row.id)


async def view_selection(core: Core, actor: Actor, selection_id: uuid.UUID) -> SelectionView:
    """The selection over its present page. Raises NotFound when it is not the actor's."""
    async with core.db.reading() as tx:
        row = await _own(tx, actor, selection_id)
    wanted = _filter(row)
    listing = await list_modified_statements(core, wanted, page=row.page)
    mine_only = wanted.owner_id == actor.id
    return SelectionView(row.id, row.revision, frozenset(_load(row)), listing, mine_only)


async def tick(
    core: Core, actor: Actor, selection_id: uuid.UUID, *, shown: Collection[uuid.UUID], ticked: Collection[uuid.UUID]
) -> None:
    """Take the ticks of one page: of the statements shown, exactly these are chosen."""
    async with core.db.transaction() as tx:
        row = await _own(tx, actor, selection_id)
        row.chosen = _dump([i for i in _load(row) if i not in set(shown)] + list(ticked))
        row.updated_at = core.clock.now()
        tx.add(row)


async def turn_page(core: Core, actor: Actor, selection_id: uuid.UUID, page: int) -> SelectionView:
    """The selection on another page; pages outside the list give the nearest one."""
    async with core.db.transaction() as tx:
        row = await _own(tx, actor, selection_id)
        row.page = max(0, page)
        row.revision += 1
        tx.add(row)
    return await view_selection(core, actor, selection_id)


async def choose_all(core: Core, actor: Actor, selection_id: uuid.UUID) -> SelectionView:
    """Choose everything that matches, but what is in conflict or part of an open push request."""
    async with core.db.transaction() as tx:
        row = await _own(tx, actor, selection_id)
        row.chosen = _dump(await _free_ids(tx, _filter(row)))
        row.revision += 1
        tx.add(row)
    return await view_selection(core, actor, selection_id)


async def choose_none(core: Core, actor: Actor, selection_id: uuid.UUID) -> SelectionView:
    """Choose nothing."""
    async with core.db.transaction() as tx:
        row = await _own(tx, actor, selection_id)
        row.chosen = _dump([])
        row.revision += 1
        tx.add(row)
    return await view_selection(core, actor, selection_id)


async def limit_to_owner(
    core: Core, actor: Actor, selection_id: uuid.UUID, *, owner_id: uuid.UUID | None
) -> SelectionView:
    """List only this owner's statements (everybody's, with None); what is ticked stays ticked."""
    async with core.db.transaction() as tx:
        row = await _own(tx, actor, selection_id)
        row.query = json.dumps(asdict(replace(_filter(row), owner_id=owner_id)), default=str)
        row.page = 0
        row.revision += 1
        tx.add(row)
    return await view_selection(core, actor, selection_id)


async def chosen_ids(core: Core, actor: Actor, selection_id: uuid.UUID) -> list[uuid.UUID]:
    """The chosen statements, in list order, without those that are no longer modified."""
    async with core.db.reading() as tx:
        chosen = set(_load(await _own(tx, actor, selection_id)))
        return [i for i in await list_modified_ids(tx, StatementFilter(), without_conflicts=False) if i in chosen]


async def _free_ids(tx: AsyncSession, wanted: StatementFilter) -> list[uuid.UUID]:
    ids = await list_modified_ids(tx, wanted, without_conflicts=True)
    held = await open_requests_with(tx, ids)
    return [statement_id for statement_id in ids if statement_id not in held]


async def _own(tx: AsyncSession, actor: Actor, selection_id: uuid.UUID) -> SelectionRow:
    row = await tx.get(SelectionRow, selection_id)
    if row is None or row.person_id != actor.id:
        raise NotFound("This list is not yours, or is gone.", next_step="Type /grcpush to start anew.")
    return row


def _filter(row: SelectionRow) -> StatementFilter:
    facts = json.loads(row.query)
    owner = facts.pop("owner_id")
    return StatementFilter(
        **{**facts, "controls": tuple(facts["controls"])}, owner_id=uuid.UUID(owner) if owner else None
    )


def _load(row: SelectionRow) -> list[uuid.UUID]:
    return [uuid.UUID(text) for text in json.loads(row.chosen)]


def _dump(ids: Collection[uuid.UUID]) -> str:
    return json.dumps([statement_id.hex for statement_id in dict.fromkeys(ids)])

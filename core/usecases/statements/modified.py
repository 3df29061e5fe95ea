"""Looking at what is modified locally."""

import uuid
from collections.abc import Iterable, Mapping

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.push import OPEN_STATES
from core.domain.statement import SyncStatus
from core.models.requests import Holder, PersonView, StatementLine, StatementList, StatusView
from core.store import audit
from core.store.messages import Place, places_of_requests
from core.store.modified import ListedRow, Tally, list_page
from core.store.pulls import last_full_pull
from core.store.push_tables import PushRequestRow
from core.store.pushes import is_paused, open_requests_with
from core.store.statements import StatementFilter
from core.store.tables import PullRow, StatementRow
from core.text.content import TextKind, preview
from core.usecases.people.actors import person_views
from core.wiring import Core

PAGE_SIZE = 10
PREVIEW_CHARACTERS = 200


async def list_modified_statements(
    core: Core, wanted: StatementFilter | None = None, *, page: int = 0, page_size: int | None = PAGE_SIZE
) -> StatementList:
    """One page of the modified statements, ordered by system and control; `page_size` None gives all of them."""
    wanted = wanted or StatementFilter()
    async with core.db.reading() as tx:
        listing, _ = await one_page(tx, wanted, page=page, page_size=page_size)
    return listing


async def one_page(
    tx: AsyncSession, wanted: StatementFilter, *, page: int, page_size: int | None
) -> tuple[StatementList, Tally]:
    """The page of the list, or the nearest one there is, and the numbers over all of them; without a size, all are one page."""
    counts, page, rows = await list_page(tx, wanted, page=page, size=page_size)
    lines = tuple(await statement_lines(tx, rows))
    return StatementList(lines, counts.total, counts.conflicts, page, page_size or max(counts.total, 1)), counts


async def statement_lines(tx: AsyncSession, rows: Iterable[ListedRow]) -> list[StatementLine]:
    """The rows as list lines, with their owners and the open request that holds them."""
    rows = list(rows)
    held = await open_requests_with(tx, [row.id for row in rows])
    requesters = {request.requested_by for request in held.values()}
    people = await person_views(tx, {*(row.edited_by for row in rows), *requesters})
    holders = await _holders(tx, held, people)
    return [
        StatementLine(
            id=row.id,
            sn_sys_id=row.sn_sys_id,
            control_number=row.control_number,
            control_name=row.control_name,
            system_name=row.system_name,
            sync_status=row.sync_status,
            is_conflict=row.sync_status == SyncStatus.CONFLICT.value,
            owner=people.get(row.edited_by) if row.edited_by else None,
            edited_at=row.edited_at,
            preview=row.preview,
            held_by=held[row.id].number if row.id in held else None,
            holder=holders.get(row.id),
        )
        for row in rows
    ]


async def _holders(
    tx: AsyncSession, held: Mapping[uuid.UUID, PushRequestRow], people: Mapping[uuid.UUID, PersonView]
) -> dict[uuid.UUID, Holder]:
    """For each statement that is held: by whose request, and where its card is."""
    places = await places_of_requests(tx, {request.id for request in held.values()})
    found = {}
    for statement_id, request in held.items():
        place = places.get(request.id, Place("", ""))
        found[statement_id] = Holder(people.get(request.requested_by), place.channel, place.ts)
    return found


async def get_status(core: Core) -> StatusView:
    """Counts over everything, for people who want to know where the deployment stands."""
    async with core.db.reading() as tx:
        by_status = dict(
            (await tx.exec(select(StatementRow.sync_status, func.count()).group_by(StatementRow.sync_status))).all()
        )
        modified = (await tx.exec(select(func.count()).where(col(StatementRow.is_modified).is_(True)))).one()
        last_pull = (await tx.exec(select(func.max(PullRow.ended_at)).where(PullRow.outcome == "done"))).one()
        open_states = [state.value for state in OPEN_STATES]
        open_requests = (await tx.exec(select(func.count()).where(col(PushRequestRow.state).in_(open_states)))).one()
        sequence, _ = await audit.head(tx)
        paused = await is_paused(tx)
        full_pull = await last_full_pull(tx)
    return StatusView(
        statements=sum(by_status.values()),
        modified=modified,
        conflicts=by_status.get(SyncStatus.CONFLICT.value, 0),
        missing=by_status.get(SyncStatus.MISSING.value, 0),
        last_pull_at=last_pull,
        open_requests=open_requests,
        is_paused=paused or core.settings.read_only,
        is_read_only=core.settings.read_only,
        host=core.servicenow.host,
        audit_events=sequence,
        hidden=full_pull.hidden if full_pull is not None else 0,
    )


def local_preview(text: str | None, kind: TextKind) -> str | None:
    """The first characters of a local text, as lists show them."""
    return None if text is None else preview(text, kind, PREVIEW_CHARACTERS)

"""Looking at what is modified locally."""

from collections.abc import Iterable

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.push import OPEN_STATES
from core.domain.statement import SyncStatus
from core.read_models import StatementLine, StatementList, StatusView
from core.store import audit
from core.store.push_tables import PushRequestRow
from core.store.pushes import is_paused, open_requests_with
from core.store.statements import Joined, StatementFilter, count_modified, list_modified
from core.store.tables import PullRow, StatementRow
from core.text.content import TextKind, preview
from core.usecases.people import person_views
from core.wiring import Core

PAGE_SIZE = 10
PREVIEW_CHARACTERS = 200


async def list_modified_statements(
    core: Core, wanted: StatementFilter | None = None, *, page: int = 0, page_size: int | None = PAGE_SIZE
) -> StatementList:
    """One page of the modified statements, ordered by system and control; `page_size` None gives all of them."""
    wanted = wanted or StatementFilter()
    async with core.db.reading() as tx:
        counts = await count_modified(tx, wanted)
        total = sum(counts.values())
        size = page_size or max(total, 1)
        page = max(0, min(page, -(-total // size) - 1))
        rows = await list_modified(tx, wanted, offset=page * size, limit=size)
        lines = await statement_lines(tx, rows)
    return StatementList(tuple(lines), total, counts.get(SyncStatus.CONFLICT.value, 0), page, size)


async def statement_lines(tx: AsyncSession, rows: Iterable[Joined]) -> list[StatementLine]:
    """The rows as list lines, with their owners and the open request that holds them."""
    rows = list(rows)
    people = await person_views(tx, (row.edited_by for row, _, _ in rows))
    held = await open_requests_with(tx, [row.id for row, _, _ in rows])
    return [
        StatementLine(
            id=row.id,
            sn_sys_id=row.sn_sys_id,
            control_number=control.number,
            control_name=control.name,
            system_name=system.name,
            sync_status=row.sync_status,
            is_conflict=row.sync_status == SyncStatus.CONFLICT.value,
            owner=people.get(row.edited_by) if row.edited_by else None,
            edited_at=row.edited_at,
            preview=row.local_preview or "",
            held_by=held[row.id].number if row.id in held else None,
        )
        for row, control, system in rows
    ]


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
    return StatusView(
        statements=sum(by_status.values()),
        modified=modified,
        conflicts=by_status.get(SyncStatus.CONFLICT.value, 0),
        missing=by_status.get(SyncStatus.MISSING.value, 0),
        last_pull_at=last_pull,
        open_requests=open_requests,
        is_paused=paused or core.settings.read_only,
        host=core.servicenow.host,
        audit_events=sequence,
    )


def local_preview(text: str | None, kind: TextKind) -> str | None:
    """The first characters of a local text, as lists show them."""
    return None if text is None else preview(text, kind, PREVIEW_CHARACTERS)

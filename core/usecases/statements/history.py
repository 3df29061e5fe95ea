"""The history of a statement: what each save changed, by whom and from where, and what else happened to it."""

import datetime as dt
import uuid
from collections.abc import Sequence

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.diff import TextDiff
from core.models.deeds import StatementHistory
from core.models.edits import History, HistoryEntry
from core.store.statements import get_many
from core.store.tables import EditRow, StatementRow
from core.text.content import TextKind
from core.usecases.audit.deeds import LONGEST_FILE, deeds_at, moments_of
from core.usecases.people.actors import person_views
from core.usecases.statements.editing import get_subject
from core.usecases.texts import diff_texts
from core.wiring import Core

PAGE = 8
_NEWEST = (col(EditRow.saved_at).desc(), col(EditRow.id).desc())
_SAVE = 0
"""Stands for a save where events of the trail stand by their number, which is never 0."""


async def edit_history(core: Core, statement_id: uuid.UUID, *, limit: int = 20) -> History:
    """The newest saves first, at most `limit` of them. Raises NotFound."""
    async with core.db.reading() as tx:
        statement = (await get_many(tx, [statement_id]))[statement_id][0]
        own = EditRow.statement_id == statement_id
        total = (await tx.exec(select(func.count()).select_from(EditRow).where(own))).one()
        entries = await _entries(tx, statement, 0, limit)
    return History(await get_subject(core, statement_id), tuple(entries), total)


async def statement_history(core: Core, statement_id: uuid.UUID, *, page: int | None) -> StatementHistory:
    """Every save, with what else happened to the statement and to the pushes it was in; the newest first.

    Page counts from 0, one outside gives the nearest, None gives all there is (the newest LONGEST_FILE). Raises NotFound.
    """
    async with core.db.reading() as tx:
        statement = (await get_many(tx, [statement_id]))[statement_id][0]
        own = EditRow.statement_id == statement_id
        saves = (await tx.exec(select(EditRow.saved_at).where(own).order_by(*_NEWEST))).all()
        moments: list[tuple[dt.datetime, int]] = [(at, _SAVE) for at in saves]
        moments = sorted([*moments, *await moments_of(tx, statement_id)], reverse=True)
        pages = max(1, -(-len(moments) // PAGE))
        shown = max(0, min(page or 0, pages - 1))
        start, end = (0, LONGEST_FILE) if page is None else (shown * PAGE, (shown + 1) * PAGE)
        part = moments[start:end]
        before = sum(sequence == _SAVE for _, sequence in moments[:start])
        edits = iter(await _entries(tx, statement, before, sum(sequence == _SAVE for _, sequence in part)))
        deeds = await deeds_at(tx, [sequence for _, sequence in part if sequence != _SAVE])
    entries = [next(edits) if sequence == _SAVE else deeds[sequence] for _, sequence in part]
    return StatementHistory(await get_subject(core, statement_id), tuple(entries), len(moments), shown, pages)


async def _entries(tx: AsyncSession, statement: StatementRow, offset: int, limit: int) -> list[HistoryEntry]:
    """So many saves, the newest first, without those before `offset`; each is compared with the one before it in time."""
    query = select(EditRow).where(EditRow.statement_id == statement.id).order_by(*_NEWEST)
    rows = (await tx.exec(query.offset(offset).limit(limit + 1))).all()
    people = await person_views(tx, (row.person_id for row in rows))
    return [
        HistoryEntry(
            saved_at=row.saved_at,
            person=people.get(row.person_id),
            source=row.source,
            change=await _change(statement, rows, index),
            is_dropped=row.content is None,
        )
        for index, row in enumerate(rows[:limit])
    ]


async def _change(statement: StatementRow, rows: Sequence[EditRow], index: int) -> TextDiff | None:
    """What this save changed: the present local edit's first one of ServiceNow's text, every other of the one before.

    An older edit's first save began from a text of ServiceNow's that is not kept here.
    """
    row, earlier = rows[index], rows[index + 1] if index + 1 < len(rows) else None
    before = earlier.content if earlier is not None else None
    since = statement.local_since
    if since is not None and row.saved_at >= since and (earlier is None or earlier.saved_at < since):
        before = statement.content
    if row.content is None or before is None:
        return None
    return await diff_texts(before, row.content, TextKind(statement.kind))

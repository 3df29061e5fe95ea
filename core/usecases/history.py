"""The history of a statement's local texts: what each save changed, by whom, and from where."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func
from sqlmodel import col, select

from core.domain.diff import TextDiff
from core.edit_models import History, HistoryEntry
from core.store.statements import get_many
from core.store.tables import EditRow, StatementRow
from core.text.content import TextKind
from core.usecases.editing import get_subject
from core.usecases.people import person_views
from core.usecases.texts import diff_texts
from core.wiring import Core


async def edit_history(core: Core, statement_id: uuid.UUID, *, limit: int = 20) -> History:
    """The newest saves first, at most `limit` of them. Raises NotFound."""
    async with core.db.reading() as tx:
        joined = (await get_many(tx, [statement_id]))[statement_id]
        own = EditRow.statement_id == statement_id
        newest = (col(EditRow.saved_at).desc(), col(EditRow.id).desc())
        rows = (await tx.exec(select(EditRow).where(own).order_by(*newest).limit(limit + 1))).all()
        total = (await tx.exec(select(func.count()).select_from(EditRow).where(own))).one()
        people = await person_views(tx, (row.person_id for row in rows))
    entries = tuple(
        [
            HistoryEntry(
                saved_at=row.saved_at,
                person=people.get(row.person_id),
                source=row.source,
                change=await _change(joined[0], rows, index),
                is_dropped=row.content is None,
            )
            for index, row in enumerate(rows[:limit])
        ]
    )
    return History(await get_subject(core, statement_id), entries, total)


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

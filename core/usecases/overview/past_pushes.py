"""The push requests there were: the newest first, of one person, of one system, or of the last days."""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func
from sqlmodel import col, select

from core.models.home import PastPushes, RequestGlance
from core.store.push_tables import PushRequestRow, RequestItemRow
from core.store.tables import ControlRow, StatementRow
from core.usecases.overview.home import glances
from core.wiring import Core

PAGE = 15
LONGEST_FILE = 10_000
"""So many lines a file holds at most: the newest."""


@dataclass(frozen=True)
class WantedPushes:
    """Those by this person, with a statement of this system, of the last so many days; what is not set does not limit."""

    requester_id: uuid.UUID | None = None
    system_id: uuid.UUID | None = None
    days: int | None = None


async def list_past_pushes(core: Core, wanted: WantedPushes, *, page: int | None = 0) -> PastPushes:
    """A page of them, and the count; page counts from 0, one outside gives the nearest, None gives all, as for a file."""
    tests = _tests(core, wanted)
    query = select(PushRequestRow).where(*tests).order_by(col(PushRequestRow.number).desc())
    async with core.db.reading() as tx:
        total = (await tx.exec(select(func.count()).select_from(PushRequestRow).where(*tests))).one()
        pages = max(1, -(-total // PAGE))
        shown = max(0, min(page or 0, pages - 1))
        query = query.limit(LONGEST_FILE) if page is None else query.offset(shown * PAGE).limit(PAGE)
        return PastPushes(await glances(tx, (await tx.exec(query)).all()), total, shown, pages)


async def last_push(core: Core) -> RequestGlance | None:
    """The newest push request; None when there was none yet."""
    query = select(PushRequestRow).where(*_tests(core, WantedPushes()))
    async with core.db.reading() as tx:
        newest = await glances(tx, (await tx.exec(query.order_by(col(PushRequestRow.number).desc()).limit(1))).all())
    return newest[0] if newest else None


def _tests(core: Core, wanted: WantedPushes) -> list[ColumnElement[bool]]:
    tests: list[ColumnElement[bool]] = [col(PushRequestRow.number).is_not(None)]
    if wanted.requester_id is not None:
        tests.append(col(PushRequestRow.requested_by) == wanted.requester_id)
    if wanted.system_id is not None:
        tests.append(_holds(wanted.system_id))
    if wanted.days is not None:
        tests.append(col(PushRequestRow.created_at) >= core.clock.now() - dt.timedelta(days=wanted.days))
    return tests


def _holds(system_id: uuid.UUID) -> ColumnElement[bool]:
    held = (
        select(RequestItemRow.request_id)
        .join(StatementRow, col(RequestItemRow.statement_id) == col(StatementRow.id))
        .join(ControlRow, col(StatementRow.control_id) == col(ControlRow.id))
        .where(ControlRow.system_id == system_id)
    )
    return col(PushRequestRow.id).in_(held)

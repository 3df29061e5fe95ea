"""The push requests there were: the newest first, of one person, of one system, or of the last days."""

import datetime as dt
import uuid

from sqlalchemy import ColumnElement, func
from sqlmodel import col, select

from core.home_models import PastPushes, RequestGlance
from core.store.push_tables import PushRequestRow, RequestItemRow
from core.store.tables import ControlRow, StatementRow, SystemRow
from core.usecases.home import glances
from core.wiring import Core

SHOWN = 20


async def list_past_pushes(
    core: Core, *, requester_id: uuid.UUID | None = None, system: str = "", days: int | None = None
) -> PastPushes:
    """Those by this person, with a statement of this system, of the last so many days; the newest SHOWN, and the count."""
    wanted: list[ColumnElement[bool]] = [col(PushRequestRow.number).is_not(None)]
    if requester_id is not None:
        wanted.append(col(PushRequestRow.requested_by) == requester_id)
    if system:
        wanted.append(_holds(system))
    if days is not None:
        wanted.append(col(PushRequestRow.created_at) >= core.clock.now() - dt.timedelta(days=days))
    query = select(PushRequestRow).where(*wanted).order_by(col(PushRequestRow.number).desc()).limit(SHOWN)
    async with core.db.reading() as tx:
        total = (await tx.exec(select(func.count()).select_from(PushRequestRow).where(*wanted))).one()
        return PastPushes(await glances(tx, (await tx.exec(query)).all()), total)


async def last_push(core: Core) -> RequestGlance | None:
    """The newest push request; None when there was none yet."""
    query = select(PushRequestRow).where(col(PushRequestRow.number).is_not(None))
    async with core.db.reading() as tx:
        newest = await glances(tx, (await tx.exec(query.order_by(col(PushRequestRow.number).desc()).limit(1))).all())
    return newest[0] if newest else None


def _holds(system: str) -> ColumnElement[bool]:
    held = (
        select(RequestItemRow.request_id)
        .join(StatementRow, col(RequestItemRow.statement_id) == col(StatementRow.id))
        .join(ControlRow, col(StatementRow.control_id) == col(ControlRow.id))
        .join(SystemRow, col(ControlRow.system_id) == col(SystemRow.id))
        .where(SystemRow.name == system)
    )
    return col(PushRequestRow.id).in_(held)

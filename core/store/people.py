"""Queries for people."""

import datetime as dt
import uuid
from collections.abc import Iterable

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.actor import Identity
from core.store.parts import rows_by_id
from core.store.tables import PersonRow


async def find_person(
    tx: AsyncSession, *, slack_user_id: str | None = None, email: str | None = None
) -> PersonRow | None:
    """Who has this Slack id or e-mail address; the Slack id decides when both are known."""
    tests = []
    if slack_user_id:
        tests.append(col(PersonRow.slack_user_id) == slack_user_id)
    if email:
        tests.append(col(PersonRow.email) == email.casefold())
    if not tests:
        return None
    rows = (await tx.exec(select(PersonRow).where(or_(*tests)))).all()
    return next(
        (row for row in rows if slack_user_id and row.slack_user_id == slack_user_id), rows[0] if rows else None
    )


async def save_person(tx: AsyncSession, identity: Identity, *, new_id: uuid.UUID, now: dt.datetime) -> PersonRow:
    """The person with what is known now; made when unknown, joined by e-mail when first met without Slack."""
    address = identity.email.casefold() if identity.email else None
    row = await find_person(tx, slack_user_id=identity.slack_user_id, email=address)
    if row is None:
        row = PersonRow(
            id=new_id, slack_user_id=identity.slack_user_id, email=address, name=identity.name, created_at=now
        )
    row.name, row.time_zone = identity.name, identity.time_zone
    row.slack_user_id = identity.slack_user_id or row.slack_user_id
    if address and address != row.email:
        taken = await find_person(tx, email=address)
        row.email = address if taken is None or taken.id == row.id else row.email
    tx.add(row)
    await tx.flush()
    return row


async def people_by_id(tx: AsyncSession, ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, PersonRow]:
    """The people with these ids; unknown ones are absent."""
    return await rows_by_id(tx, PersonRow, ids)

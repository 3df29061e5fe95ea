"""Requests that must not be done twice: the first answer is kept for a day and given again.

The key and the deed are not one transaction. When a process dies between the two, the key is free again after some
minutes and the request runs once more; then the rules of the deed itself refuse what was done before.
"""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.store.api_tables import IdempotencyKeyRow
from core.wiring import Core

KEPT = dt.timedelta(hours=24)
# Longer than any request may take, and short enough for a client that tries again after a crash.
_GIVEN_UP_AFTER = dt.timedelta(minutes=5)


@dataclass(frozen=True)
class KeyedRequest:
    """A request that its sender gave a name, and the hash of everything in it."""

    person_id: uuid.UUID
    key: str
    request_sha256: str


@dataclass(frozen=True)
class KeptAnswer:
    """What the first request was answered."""

    status: int
    location: str
    body: str


class KeyIsBusy(Exception):
    """The first request with this key is still under way."""


class KeyNamesAnother(Exception):
    """The key was used before, for another request."""


async def begin(core: Core, keyed: KeyedRequest) -> KeptAnswer | None:
    """The answer given before, or None when this request is the first and may run. Raises KeyIsBusy, KeyNamesAnother."""
    now = core.clock.now()
    try:
        async with core.db.transaction() as tx:
            await tx.exec(delete(IdempotencyKeyRow).where(col(IdempotencyKeyRow.started_at) < now - KEPT))
            row = await _find(tx, keyed)
            if row is None:
                tx.add(_new(core, keyed))
                return None
            if row.request_sha256 != keyed.request_sha256:
                raise KeyNamesAnother
            if row.status is not None:
                return KeptAnswer(row.status, row.location, row.body)
            if now - row.started_at < _GIVEN_UP_AFTER:
                raise KeyIsBusy
            row.started_at = now
            tx.add(row)
            return None
    except IntegrityError:
        raise KeyIsBusy from None


async def keep_answer(core: Core, keyed: KeyedRequest, answer: KeptAnswer) -> None:
    """Keep the answer for whoever asks again with the same key."""
    async with core.db.transaction() as tx:
        row = await _find(tx, keyed)
        if row is not None:
            row.status, row.location, row.body = answer.status, answer.location, answer.body
            tx.add(row)


async def forget(core: Core, keyed: KeyedRequest) -> None:
    """Free the key: nothing was done, so trying again is another first time."""
    async with core.db.transaction() as tx:
        row = await _find(tx, keyed)
        if row is not None:
            await tx.delete(row)


async def _find(tx: AsyncSession, keyed: KeyedRequest) -> IdempotencyKeyRow | None:
    query = select(IdempotencyKeyRow).where(
        IdempotencyKeyRow.person_id == keyed.person_id, IdempotencyKeyRow.key == keyed.key
    )
    return (await tx.exec(query)).first()


def _new(core: Core, keyed: KeyedRequest) -> IdempotencyKeyRow:
    return IdempotencyKeyRow(
        id=core.new_id(),
        person_id=keyed.person_id,
        key=keyed.key,
        request_sha256=keyed.request_sha256,
        started_at=core.clock.now(),
    )

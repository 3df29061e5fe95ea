"""Appending to the audit trail, and reading it. Nothing here changes or deletes an event."""

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import replace

from sqlalchemy import Table, insert, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.audit import AuditEvent, AuditRecord, canonical_json, chain_hash
from core.store.push_tables import AuditEventRow, AuditHeadRow

# Whoever walks computes a hash of each event, and holds up the event loop for so many of them.
_PAGE = 200
_EVENTS: Table = AuditEventRow.__table__  # type: ignore[attr-defined]
_HEAD: Table = AuditHeadRow.__table__  # type: ignore[attr-defined]


async def append(tx: AsyncSession, at: dt.datetime, *events: AuditEvent) -> None:
    """Chain the events to the trail, inside the caller's transaction.

    Moving the head's sequence first locks its row, so that two replicas append one after the other.
    """
    if not events:
        return
    moved = await tx.exec(
        update(AuditHeadRow)
        .where(col(AuditHeadRow.id) == 1)
        .values(sequence=AuditHeadRow.sequence + len(events))
        .returning(col(AuditHeadRow.sequence), col(AuditHeadRow.hash))
        .execution_options(synchronize_session=False)
    )
    head_row = moved.one_or_none()
    if head_row is None:
        raise RuntimeError("the audit trail has no head row: the database was not made by grcpush's migrations")
    last, previous = head_row
    records = []
    for sequence, event in enumerate(events, start=last - len(events) + 1):
        record = _chained(event, sequence, at, previous)
        records.append(vars(record))
        previous = record.hash
    await tx.flush()
    connection = await tx.connection()
    await connection.execute(insert(_EVENTS), records)
    await connection.execute(update(_HEAD).where(_HEAD.c.id == 1).values(hash=previous))


async def walk(tx: AsyncSession) -> AsyncIterator[AuditRecord]:
    """Every event in order, a page at a time."""
    after = 0
    while True:
        query = select(AuditEventRow).where(col(AuditEventRow.sequence) > after).order_by(col(AuditEventRow.sequence))
        rows = (await tx.exec(query.limit(_PAGE))).all()
        for row in rows:
            yield record_of(row)
        if len(rows) < _PAGE:
            return
        after = rows[-1].sequence
        tx.expunge_all()


async def head(tx: AsyncSession) -> tuple[int, str]:
    """The sequence number and hash of the last event."""
    row = (await tx.exec(select(AuditHeadRow))).one()
    return row.sequence, row.hash


async def list_for(tx: AsyncSession, entity_type: str, entity_id: str) -> list[AuditRecord]:
    """The events about one thing, in order."""
    query = (
        select(AuditEventRow)
        .where(AuditEventRow.entity_type == entity_type, AuditEventRow.entity_id == entity_id)
        .order_by(col(AuditEventRow.sequence))
    )
    return [record_of(row) for row in (await tx.exec(query)).all()]


def record_of(row: AuditEventRow) -> AuditRecord:
    """The row as a value."""
    return AuditRecord(**{name: getattr(row, name) for name in AuditRecord.__dataclass_fields__})


def _chained(event: AuditEvent, sequence: int, at: dt.datetime, previous: str) -> AuditRecord:
    unsealed = AuditRecord(
        sequence=sequence,
        at=at,
        kind=event.kind.value,
        actor_id=event.actor.id,
        actor_name=event.actor.name,
        actor_email=event.actor.email,
        actor_via=event.actor.via,
        origin=canonical_json(dict(event.actor.place)) if event.actor.place else "",
        entity_type=event.entity_type,
        entity_id=event.entity_id,
        details=canonical_json(event.details),
        previous_hash=previous,
        hash="",
    )
    return replace(unsealed, hash=chain_hash(unsealed))

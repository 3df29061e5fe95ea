"""Finding events in the audit trail."""

import datetime as dt
import uuid
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.audit import AuditRecord
from core.store.audit import record_of
from core.store.push_tables import AuditEventRow, PushItemRow, PushJobRow, RequestItemRow

_PAGE = 200


@dataclass(frozen=True)
class AuditFilter:
    """Which events are wanted; empty fields do not limit.

    `statement_id` finds what happened to the statement and to the pushes it was part of; `request_id` everything about
    one push request, its jobs and its statements' attempts. `person` is an id or an e-mail address. `until` is excluded.
    """

    statement_id: uuid.UUID | None = None
    request_id: uuid.UUID | None = None
    person: str = ""
    kind: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None


async def list_events(tx: AsyncSession, wanted: AuditFilter, *, after: int = 0, limit: int) -> list[AuditRecord]:
    """The events that match, in order, from the one behind `after` on, at most `limit`."""
    return await _page(tx, [*await tests_of(tx, wanted)], after, limit)


async def newest_events(tx: AsyncSession, wanted: AuditFilter, *, limit: int) -> list[AuditRecord]:
    """The last events that match, in order."""
    query = select(AuditEventRow).where(*await tests_of(tx, wanted)).order_by(col(AuditEventRow.sequence).desc())
    return [record_of(row) for row in reversed((await tx.exec(query.limit(limit))).all())]


async def walk_events(tx: AsyncSession, wanted: AuditFilter) -> AsyncIterator[AuditRecord]:
    """Every event that matches, in order, a page at a time."""
    tests, after = await tests_of(tx, wanted), 0
    while page := await _page(tx, tests, after, _PAGE):
        for record in page:
            yield record
        after = page[-1].sequence
        tx.expunge_all()


async def _page(tx: AsyncSession, tests: list[ColumnElement[bool]], after: int, limit: int) -> list[AuditRecord]:
    query = select(AuditEventRow).where(col(AuditEventRow.sequence) > after, *tests)
    rows = (await tx.exec(query.order_by(col(AuditEventRow.sequence)).limit(limit))).all()
    return [record_of(row) for row in rows]


async def tests_of(tx: AsyncSession, wanted: AuditFilter) -> list[ColumnElement[bool]]:
    """The conditions for the events that match."""
    tests: list[ColumnElement[bool]] = []
    if wanted.statement_id is not None:
        tests.append(await _about_statement(tx, wanted.statement_id))
    if wanted.request_id is not None:
        tests.append(await _about_request(tx, wanted.request_id))
    if wanted.person:
        same_email = func.lower(AuditEventRow.actor_email) == wanted.person.lower()
        tests.append(or_(col(AuditEventRow.actor_id) == wanted.person.lower(), same_email))
    if wanted.kind:
        tests.append(col(AuditEventRow.kind) == wanted.kind)
    if wanted.since is not None:
        tests.append(col(AuditEventRow.at) >= wanted.since)
    if wanted.until is not None:
        tests.append(col(AuditEventRow.at) < wanted.until)
    return tests


async def _about_statement(tx: AsyncSession, statement_id: uuid.UUID) -> ColumnElement[bool]:
    requests = select(RequestItemRow.request_id).where(RequestItemRow.statement_id == statement_id).distinct()
    jobs = select(PushItemRow.job_id).where(PushItemRow.statement_id == statement_id).distinct()
    return or_(
        _is("statement", [statement_id]),
        _is("push_request", (await tx.exec(requests)).all()),
        _is("push_job", (await tx.exec(jobs)).all()),
    )


async def _about_request(tx: AsyncSession, request_id: uuid.UUID) -> ColumnElement[bool]:
    jobs = (await tx.exec(select(PushJobRow.id).where(PushJobRow.request_id == request_id))).all()
    items = select(RequestItemRow.statement_id).where(RequestItemRow.request_id == request_id)
    in_these_jobs = or_(*(col(AuditEventRow.details).contains(f'"push_job":"{job_id}"') for job_id in jobs))
    attempts = and_(_is("statement", (await tx.exec(items)).all()), in_these_jobs)
    tests = [_is("push_request", [request_id]), _is("push_job", jobs)]
    return or_(*tests, attempts) if jobs else or_(*tests)


def _is(entity_type: str, ids: Iterable[uuid.UUID]) -> ColumnElement[bool]:
    names = [str(entity_id) for entity_id in ids]
    return and_(col(AuditEventRow.entity_type) == entity_type, col(AuditEventRow.entity_id).in_(names))

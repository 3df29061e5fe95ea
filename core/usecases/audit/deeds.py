"""Histories read from the audit trail: what somebody did, and what happened to a statement besides being saved.

No text is read here, nor what people said: those are for the readers of the texts, a history is for everybody.
"""

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.actor import Actor
from core.domain.audit import SYSTEM_ACTOR, AuditKind
from core.domain.conflict import Choice
from core.domain.outcome import Level, Outcome
from core.errors import NotAllowed, NotFound
from core.models.deeds import Deed, Deeds
from core.models.requests import PersonView
from core.store.audit_search import AuditFilter, tests_of
from core.store.messages import Place, places_of_requests
from core.store.people import find_person
from core.store.push_tables import AuditEventRow, PushJobRow, PushRequestRow
from core.store.statements import labels_of
from core.usecases.people.actors import person_views
from core.wiring import Core

PAGE = 10
LONGEST_FILE = 10_000
"""So many lines a file holds at most: the newest."""
_READ_AT_ONCE = 200

SAVES = (AuditKind.STATEMENT_EDITED, AuditKind.STATEMENT_REVERTED)
_OF_SOME_STATEMENTS = (
    AuditKind.PUSH_ITEM_LEFT_OUT,
    AuditKind.PUSH_ITEM_PUT_BACK,
    AuditKind.PUSH_RETRIED,
    AuditKind.PUSH_UNDONE,
)
"""Events of a request that name the statements they are about."""
TOLD = (
    *SAVES,
    AuditKind.STATEMENT_MISSING,
    AuditKind.CONFLICT_OPENED,
    AuditKind.CONFLICT_RESOLVED,
    AuditKind.CONFLICT_REOPENED,
    AuditKind.CONFLICT_UNDONE,
    AuditKind.PUSH_REQUESTED,
    *_OF_SOME_STATEMENTS,
    AuditKind.COMMENT_MADE,
    AuditKind.PUSH_APPROVED,
    AuditKind.PUSH_DECLINED,
    AuditKind.PUSH_CHANGES_ASKED,
    AuditKind.PUSH_DECLINE_WITHDRAWN,
    AuditKind.PUSH_APPROVAL_VOIDED,
    AuditKind.PUSH_RELEASED,
    AuditKind.PUSH_CANCELLED,
    AuditKind.PUSH_SUPERSEDED,
    AuditKind.PUSH_EXPIRED,
    AuditKind.PUSH_ITEM_ENDED,
    AuditKind.WRITING_PAUSED,
    AuditKind.WRITING_RESUMED,
)
"""What a history tells; the trail keeps more."""


@dataclass(frozen=True)
class Span:
    """Which part of a history is told: of the last so many days, and which page; None is all there is, as for a file."""

    days: int | None = None
    page: int | None = 0


async def deeds_of(core: Core, actor: Actor, person_id: uuid.UUID, part: Span) -> Deeds:
    """What the person did; a page outside gives the nearest.

    Everybody may ask about themselves, and about others who has a role. Raises NotAllowed, NotFound.
    """
    if person_id != actor.id and not actor.grants:
        raise NotAllowed(
            "What others did is told to people who have a role in grcpush.",
            gate="history",
            next_step="/grcpush history mine lists the pushes you asked for.",
        )
    async with core.db.reading() as tx:
        people = await person_views(tx, [person_id])
        if person_id not in people:
            raise NotFound("grcpush has not met this person.", next_step="It knows the people who have used it.")
        tests = [col(AuditEventRow.actor_id) == str(person_id), _told(TOLD)]
        if part.days is not None:
            tests.append(col(AuditEventRow.at) >= core.clock.now() - dt.timedelta(days=part.days))
        total = (await tx.exec(select(func.count()).select_from(AuditEventRow).where(*tests))).one()
        pages = max(1, -(-total // PAGE))
        page = max(0, min(part.page or 0, pages - 1))
        query = select(AuditEventRow.sequence).where(*tests).order_by(col(AuditEventRow.sequence).desc())
        query = query.limit(LONGEST_FILE) if part.page is None else query.offset(page * PAGE).limit(PAGE)
        sequences = (await tx.exec(query)).all()
        found = await deeds_at(tx, sequences)
    return Deeds(people[person_id], tuple(found[each] for each in sequences), total, page, pages)


async def find_person_meant(core: Core, *, slack_user_id: str = "", email: str = "") -> uuid.UUID:
    """Who is meant by a mention or an address. Raises NotFound."""
    async with core.db.reading() as tx:
        found = await find_person(tx, slack_user_id=slack_user_id or None, email=email or None)
    if found is None:
        raise NotFound("grcpush has not met this person.", next_step="It knows the people who have used it.")
    return found.id


async def moments_of(tx: AsyncSession, statement_id: uuid.UUID) -> list[tuple[dt.datetime, int]]:
    """When what happened to the statement and to the pushes it was in, with the event's number; its saves are left out."""
    tests = await tests_of(tx, AuditFilter(statement_id=statement_id))
    about_it = or_(
        col(AuditEventRow.kind).not_in([kind.value for kind in _OF_SOME_STATEMENTS]),
        col(AuditEventRow.details).contains(str(statement_id)),
    )
    query = select(AuditEventRow.at, AuditEventRow.sequence).where(
        *tests, about_it, _told(kind for kind in TOLD if kind not in SAVES)
    )
    return [(at, sequence) for at, sequence in (await tx.exec(query)).all()]


async def deeds_at(tx: AsyncSession, sequences: Sequence[int]) -> dict[int, Deed]:
    """The events with these numbers, as they are told."""
    found: dict[int, Deed] = {}
    for start in range(0, len(sequences), _READ_AT_ONCE):
        part = sequences[start : start + _READ_AT_ONCE]
        rows = (await tx.exec(select(AuditEventRow).where(col(AuditEventRow.sequence).in_(part)))).all()
        found |= zip((row.sequence for row in rows), await _deeds(tx, rows), strict=True)
        # What is kept of an event holds whole texts.
        tx.expunge_all()
    return found


async def _deeds(tx: AsyncSession, rows: Sequence[AuditEventRow]) -> list[Deed]:
    """The events as they are told, in their order."""
    details = [_details(row) for row in rows]
    jobs = await _requests_of_jobs(tx, (str(each["push_job"]) for each in details if each.get("push_job")))
    requests = {row.entity_id: uuid.UUID(row.entity_id) for row in rows if row.entity_type == "push_request"}
    numbers = await _numbers(tx, {*requests.values(), *jobs.values()})
    places = await places_of_requests(tx, set(numbers))
    labels = await labels_of(tx, [uuid.UUID(row.entity_id) for row in rows if row.entity_type == "statement"])
    people = await _people(tx, rows)
    found = []
    for row, facts in zip(rows, details, strict=True):
        request_id = requests.get(row.entity_id) or jobs.get(str(facts.get("push_job")))
        place = places.get(request_id, Place("", "")) if request_id else Place("", "")
        found.append(
            Deed(
                at=row.at,
                kind=AuditKind(row.kind),
                person=people.get(row.actor_id),
                email=row.actor_email,
                statement=labels.get(uuid.UUID(row.entity_id), "") if row.entity_type == "statement" else "",
                number=numbers.get(request_id) if request_id else None,
                channel=place.channel,
                ts=place.ts,
                source=str(facts.get("source") or ""),
                choice=Choice(facts["choice"]) if facts.get("choice") else None,
                outcome=Outcome(facts["outcome"]) if row.kind == AuditKind.PUSH_ITEM_ENDED else None,
                level=Level(facts["level"]) if facts.get("level") else None,
            )
        )
    return found


def _told(kinds: Iterable[AuditKind]) -> ColumnElement[bool]:
    return col(AuditEventRow.kind).in_([kind.value for kind in kinds])


def _details(row: AuditEventRow) -> Mapping[str, Any]:
    details: Mapping[str, Any] = json.loads(row.details)
    return details


async def _people(tx: AsyncSession, rows: Sequence[AuditEventRow]) -> dict[str, PersonView]:
    """Who did it; somebody who is not known any more by the name of that time. grcpush itself is absent."""
    acting = {row.actor_id: row.actor_name for row in rows if row.actor_id != SYSTEM_ACTOR.id}
    known = await person_views(tx, (uuid.UUID(actor_id) for actor_id in acting))
    return {
        actor_id: known.get(uuid.UUID(actor_id)) or PersonView(uuid.UUID(actor_id), name, None)
        for actor_id, name in acting.items()
    }


async def _requests_of_jobs(tx: AsyncSession, job_ids: Iterable[str]) -> dict[str, uuid.UUID]:
    ids = [uuid.UUID(job_id) for job_id in set(job_ids)]
    query = select(PushJobRow.id, PushJobRow.request_id).where(col(PushJobRow.id).in_(ids))
    return {str(job_id): request_id for job_id, request_id in (await tx.exec(query)).all()}


async def _numbers(tx: AsyncSession, request_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    query = select(PushRequestRow.id, PushRequestRow.number).where(col(PushRequestRow.id).in_(list(request_ids)))
    return {request_id: number for request_id, number in (await tx.exec(query)).all() if number is not None}

"""The daily reminder of unpushed edits: each owner at their own hour, never empty, never twice."""

import uuid

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, delete, select

from core.domain.digest import is_due, local_time, parse_days, working_days_between
from core.read_models import Digest, PersonView
from core.store.statements import StatementFilter
from core.store.tables import DigestRunRow, PersonRow, StatementRow
from core.usecases.statements import list_modified_statements
from core.wiring import Core

SHOWN = 5


async def due_digests(core: Core) -> list[Digest]:
    """The digests to be sent now. Each is claimed for the recipient's local date, so nobody gets two."""
    digests = []
    for person in await _owners(core):
        if is_due(core.clock.now(), zone=person.time_zone, hour=core.settings.digest_hour, days=_days(core)):
            digest = await make_digest(core, person.id)
            if digest is not None and await _claim(core, digest):
                digests.append(digest)
    return digests


async def every_digest(core: Core) -> list[Digest]:
    """What each owner would be sent, were it their hour now; nothing is claimed."""
    digests = [await make_digest(core, person.id) for person in await _owners(core)]
    return [digest for digest in digests if digest is not None]


async def make_digest(core: Core, person_id: uuid.UUID) -> Digest | None:
    """What the person has not pushed yet, the oldest first; None when there is nothing."""
    listing = await list_modified_statements(core, StatementFilter(owner_id=person_id), page_size=None)
    if not listing.lines:
        return None
    async with core.db.reading() as tx:
        person = await tx.get_one(PersonRow, person_id)
    now = core.clock.now()
    lines = sorted(listing.lines, key=lambda line: line.edited_at or now)
    oldest = lines[0].edited_at or now
    return Digest(
        person=PersonView(person.id, person.name, person.slack_user_id),
        local_date=local_time(now, person.time_zone).date(),
        total=listing.total,
        conflicts=listing.conflicts,
        waiting=sum(line.held_by is not None for line in lines),
        working_days=working_days_between(oldest, now, zone=person.time_zone, days=_days(core)),
        lines=tuple(lines[:SHOWN]),
    )


async def unclaim_digest(core: Core, digest: Digest) -> None:
    """Give a digest back that could not be sent: the next tick within its hours tries again."""
    async with core.db.transaction() as tx:
        await tx.exec(
            delete(DigestRunRow).where(
                col(DigestRunRow.recipient) == str(digest.person.id), col(DigestRunRow.local_date) == digest.local_date
            )
        )


async def _owners(core: Core) -> list[PersonRow]:
    async with core.db.reading() as tx:
        owners = select(StatementRow.edited_by).where(col(StatementRow.is_modified).is_(True)).distinct()
        query = select(PersonRow).where(col(PersonRow.id).in_(owners), func.length(PersonRow.slack_user_id) > 0)
        return list((await tx.exec(query)).all())


async def _claim(core: Core, digest: Digest) -> bool:
    try:
        async with core.db.transaction() as tx:
            tx.add(
                DigestRunRow(
                    id=core.new_id(),
                    recipient=str(digest.person.id),
                    local_date=digest.local_date,
                    statement_count=digest.total,
                    made_at=core.clock.now(),
                )
            )
    except IntegrityError:
        return False
    return True


def _days(core: Core) -> frozenset[int]:
    return parse_days(core.settings.digest_days)

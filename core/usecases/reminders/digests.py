"""The daily reminder of unpushed edits: each owner at their own hour, never empty, never twice; and the team's round-up."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.digest import is_due, local_time, working_days_between
from core.models.digests import Digest, RollUp
from core.models.requests import PersonView, StatementLine
from core.store.statements import StatementFilter
from core.store.tables import DigestRunRow, PersonRow, StatementRow
from core.usecases.reminders.calendar import calendar_of
from core.usecases.reminders.settings import Wishes, wishes_of
from core.usecases.requests.drawings import Posting
from core.usecases.statements.modified import list_modified_statements
from core.wiring import Core

SHOWN = 5


@dataclass(frozen=True)
class Claimed:
    """The right to send one recipient's digest of one date, and the post by which it is found again."""

    recipient: str
    local_date: dt.date
    posting: Posting


# A post, with the one more try that a busy Slack is given, takes less than this; then it has no known end.
_POSTING = dt.timedelta(minutes=5)


async def due_digests(core: Core) -> AsyncIterator[Digest]:
    """The digests of those whose hour it is, each as things stand when it is asked for.

    Each is sent only after `claim_digest`, so that nobody gets two.
    """
    now = core.clock.now()
    for person in await _owners(core):
        wishes = await wishes_of(core, person.id)
        hour = core.settings.digest_hour if wishes.settings.hour is None else wishes.settings.hour
        is_time = is_due(now, zone=person.time_zone, hour=hour, calendar=wishes.calendar)
        if wishes.settings.is_on and is_time:
            digest = await _digest(core, person, wishes)
            if digest is not None:
                yield digest


async def every_digest(core: Core) -> list[Digest]:
    """What each owner would be sent, were it their hour now; nothing is claimed."""
    people = [(person, await wishes_of(core, person.id)) for person in await _owners(core)]
    digests = [await _digest(core, person, wishes) for person, wishes in people if wishes.settings.is_on]
    return [digest for digest in digests if digest is not None]


async def make_digest(core: Core, person_id: uuid.UUID) -> Digest | None:
    """What the person would be sent, were it their hour now; None when there is nothing to be reminded of.

    That is so when nothing of theirs is unpushed, all of it is younger than they wish to hear of or snoozed, or all of it
    is in an open push request already.
    """
    async with core.db.reading() as tx:
        person = await tx.get_one(PersonRow, person_id)
    return await _digest(core, person, await wishes_of(core, person_id))


async def due_roll_up(core: Core) -> RollUp | None:
    """The team's round-up, when its hour has come and there is something to tell; sent only after `claim_roll_up`."""
    settings = core.settings
    if settings.digest_channel_hour is None or settings.slack_channel is None:
        return None
    zone, hour = settings.digest_channel_zone, settings.digest_channel_hour
    if not is_due(core.clock.now(), zone=zone, hour=hour, calendar=calendar_of(core)):
        return None
    return await make_roll_up(core)


async def make_roll_up(core: Core) -> RollUp | None:
    """What the whole team has not pushed, in counts; None when there is nothing."""
    listing = await list_modified_statements(core, StatementFilter(), page_size=None)
    if not listing.lines:
        return None
    now, zone = core.clock.now(), core.settings.digest_channel_zone
    oldest = min(line.edited_at or now for line in listing.lines)
    systems = Counter(line.system_name for line in listing.lines)
    return RollUp(
        local_date=local_time(now, zone).date(),
        total=listing.total,
        conflicts=listing.conflicts,
        waiting=_waiting(listing.lines),
        owners=len({line.owner.id for line in listing.lines if line.owner}),
        working_days=working_days_between(oldest, now, zone=zone, calendar=calendar_of(core)),
        systems=tuple(systems.most_common()),
    )


async def claim_digest(core: Core, digest: Digest) -> Claimed | None:
    """The right to send a digest for its local date; None when it was sent, or another process may be sending it now."""
    return await _claim(core, str(digest.person.id), digest.local_date, digest.total)


async def claim_roll_up(core: Core, roll_up: RollUp) -> Claimed | None:
    """The right to send the round-up of its date, likewise."""
    return await _claim(core, f"channel:{core.settings.slack_channel}", roll_up.local_date, roll_up.total)


async def end_sending(core: Core, claimed: Claimed) -> None:
    """Note that the digest counts as sent: nothing more is sent for its date."""
    async with core.db.transaction() as tx:
        row = await _run(tx, claimed.recipient, claimed.local_date)
        row.posting_id = row.posting_since = None
        tx.add(row)


async def give_back(core: Core, claimed: Claimed) -> None:
    """Give a digest back that was surely not sent: the next tick within its hours tries again."""
    async with core.db.transaction() as tx:
        await tx.delete(await _run(tx, claimed.recipient, claimed.local_date))


async def _digest(core: Core, person: PersonRow, wishes: Wishes) -> Digest | None:
    now = core.clock.now()
    today = local_time(now, person.time_zone).date()
    if wishes.is_silent(None, today):
        return None
    listing = await list_modified_statements(core, StatementFilter(owner_id=person.id), page_size=None)

    def age(line: StatementLine) -> int:
        # The days of their reminders are their own; what a working day is, the team says.
        return working_days_between(line.edited_at or now, now, zone=person.time_zone, calendar=calendar_of(core))

    lines = [line for line in listing.lines if not wishes.is_silent(line.id, today)]
    lines = [line for line in lines if age(line) >= wishes.settings.min_age]
    lines.sort(key=lambda line: line.edited_at or now)
    if all(line.held_by is not None for line in lines):
        return None
    return Digest(
        person=PersonView(person.id, person.name, person.slack_user_id),
        local_date=today,
        total=len(lines),
        conflicts=sum(line.is_conflict for line in lines),
        waiting=_waiting(lines),
        working_days=age(lines[0]),
        lines=tuple(lines[:SHOWN]),
    )


def _waiting(lines: list[StatementLine] | tuple[StatementLine, ...]) -> int:
    return sum(line.held_by is not None for line in lines)


async def _owners(core: Core) -> list[PersonRow]:
    async with core.db.reading() as tx:
        owners = select(StatementRow.edited_by).where(col(StatementRow.is_modified).is_(True)).distinct()
        query = select(PersonRow).where(col(PersonRow.id).in_(owners), func.length(PersonRow.slack_user_id) > 0)
        return list((await tx.exec(query)).all())


async def _claim(core: Core, recipient: str, local_date: dt.date, count: int) -> Claimed | None:
    posting = Posting(core.new_id(), core.clock.now(), is_repeated=False)
    row = DigestRunRow(
        id=core.new_id(),
        recipient=recipient,
        local_date=local_date,
        statement_count=count,
        made_at=posting.since,
        posting_id=posting.id,
        posting_since=posting.since,
    )
    try:
        async with core.db.transaction() as tx:
            tx.add(row)
    except IntegrityError:
        return await _claim_again(core, recipient, local_date)
    return Claimed(recipient, local_date, posting)


async def _claim_again(core: Core, recipient: str, local_date: dt.date) -> Claimed | None:
    """The right to send what was claimed before, if its post has no known end: the process died, or no answer came."""
    now = core.clock.now()
    async with core.db.transaction() as tx:
        row = await _run(tx, recipient, local_date)
        if row.posting_id is None or row.posting_since is None or now - row.made_at < _POSTING:
            return None
        row.made_at = now
        tx.add(row)
    return Claimed(recipient, local_date, Posting(row.posting_id, row.posting_since, is_repeated=True))


async def _run(tx: AsyncSession, recipient: str, local_date: dt.date) -> DigestRunRow:
    query = select(DigestRunRow).where(DigestRunRow.recipient == recipient, DigestRunRow.local_date == local_date)
    return (await tx.exec(query)).one()

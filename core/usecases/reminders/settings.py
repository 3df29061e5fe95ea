"""What people want to hear of: whether and when they get digests, and of what; and the ends of their long pushes."""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlmodel import col, delete, or_, select

from core.domain.actor import Actor
from core.domain.digest import Calendar, Snooze, local_time, parse_days, snoozed_until
from core.errors import Refused
from core.models.digests import DigestSettings, PersonalSettings
from core.store.tables import DigestSettingsRow, DigestSnoozeRow, PersonRow
from core.usecases.reminders.calendar import calendar_of
from core.wiring import Core

_OLDEST = 30


@dataclass(frozen=True)
class Wishes:
    """The settings, the person's days for reminders, and until when they do not want to hear of what (None: of anything)."""

    settings: DigestSettings
    calendar: Calendar
    silent: tuple[tuple[uuid.UUID | None, dt.date], ...] = ()

    def is_silent(self, statement_id: uuid.UUID | None, today: dt.date) -> bool:
        """Whether the person does not want to hear of this today."""
        return any(about == statement_id and today < until for about, until in self.silent)


async def digest_settings(core: Core, person_id: uuid.UUID) -> DigestSettings:
    """The person's own settings; the defaults when they never set any."""
    return (await wishes_of(core, person_id)).settings


async def wants_results(core: Core, person_id: uuid.UUID) -> bool:
    """Whether the person wants to be told directly how long pushes of theirs ended; so it is unless they said no."""
    async with core.db.reading() as tx:
        row = await tx.get(DigestSettingsRow, person_id)
    return row is None or row.tells_results


async def personal_settings(core: Core, person_id: uuid.UUID) -> PersonalSettings:
    """What the person wants to hear of, as it is shown to them."""
    wishes = await wishes_of(core, person_id)
    async with core.db.reading() as tx:
        zone = (await tx.get_one(PersonRow, person_id)).time_zone
    today = local_time(core.clock.now(), zone).date()
    silent = [until for about, until in wishes.silent if about is None and until > today]
    hour = core.settings.digest_hour if wishes.settings.hour is None else wishes.settings.hour
    return PersonalSettings(wishes.settings, hour, wishes.calendar.days, zone, max(silent, default=None))


async def save_digest_settings(core: Core, actor: Actor, wanted: DigestSettings) -> None:
    """Keep the actor's own settings. Raises Refused for days, an hour or an age that cannot be."""
    try:
        parse_days(wanted.days or "mon")
    except ValueError:
        raise Refused("These are no days of the week.", next_step="Write them like mon-fri or mon,wed,fri.") from None
    if (wanted.hour is not None and not 0 <= wanted.hour <= 23) or not 0 <= wanted.min_age <= _OLDEST:
        raise Refused("The hour is from 0 to 23, the age from 0 to 30 working days.", next_step="Choose another.")
    async with core.db.transaction() as tx:
        row = await tx.get(DigestSettingsRow, actor.id) or DigestSettingsRow(person_id=actor.id)
        row.is_on, row.hour, row.days, row.min_age = wanted.is_on, wanted.hour, wanted.days, wanted.min_age
        row.tells_results = wanted.tells_results
        tx.add(row)


async def snooze_digest(core: Core, actor: Actor, snooze: Snooze, statement_id: uuid.UUID | None = None) -> dt.date:
    """Send the actor nothing about the statement, or nothing at all, for a while; gives back when it begins again."""
    wishes = await wishes_of(core, actor.id)
    async with core.db.transaction() as tx:
        person = await tx.get_one(PersonRow, actor.id)
        today = local_time(core.clock.now(), person.time_zone).date()
        until = snoozed_until(snooze, today, wishes.calendar)
        same = col(DigestSnoozeRow.statement_id).is_(None) if statement_id is None else None
        about = same if same is not None else col(DigestSnoozeRow.statement_id) == statement_id
        past = col(DigestSnoozeRow.until) < until - dt.timedelta(days=14)
        await tx.exec(delete(DigestSnoozeRow).where(col(DigestSnoozeRow.person_id) == actor.id, or_(about, past)))
        tx.add(DigestSnoozeRow(id=core.new_id(), person_id=actor.id, statement_id=statement_id, until=until))
    return until


async def wishes_of(core: Core, person_id: uuid.UUID) -> Wishes:
    """Everything that decides whether the person gets a digest, and about what."""
    async with core.db.reading() as tx:
        row = await tx.get(DigestSettingsRow, person_id)
        snoozes = (await tx.exec(select(DigestSnoozeRow).where(DigestSnoozeRow.person_id == person_id))).all()
    settings = DigestSettings()
    if row is not None:
        settings = DigestSettings(row.is_on, row.hour, row.days, row.min_age, row.tells_results)
    team = calendar_of(core)
    days = parse_days(settings.days) if settings.days else team.days
    silent = tuple((snooze.statement_id, snooze.until) for snooze in snoozes)
    return Wishes(settings, Calendar(days, team.holidays), silent)

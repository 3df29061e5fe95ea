"""When a digest is due, and how old an edit is in working days."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAYS = tuple(name[:3].lower() for name in DAY_NAMES)
# A digest missed by more than this (the bot was down) is skipped: yesterday's news in the afternoon helps nobody.
LATEST_HOURS = 2


_WORKING_HOURS = range(8, 18)


@dataclass(frozen=True)
class Calendar:
    """On which week days (Monday is 0) people work, and which dates are holidays all the same."""

    days: frozenset[int]
    holidays: frozenset[dt.date] = frozenset()

    def is_working_day(self, date: dt.date) -> bool:
        """Whether people work on that day."""
        return date.weekday() in self.days and date not in self.holidays

    def next_working_day(self, date: dt.date) -> dt.date:
        """The first day after that one on which people work."""
        while True:
            date += dt.timedelta(days=1)
            if self.is_working_day(date):
                return date


class Snooze(StrEnum):
    """For how long somebody does not want to be reminded."""

    NEXT = "next"
    MONDAY = "monday"
    WEEK = "week"


def snoozed_until(snooze: Snooze, today: dt.date, calendar: Calendar) -> dt.date:
    """The first day on which reminders are sent again: the next one is left out, or all until Monday, or for a week."""
    if snooze is Snooze.NEXT:
        return calendar.next_working_day(calendar.next_working_day(today))
    return today + dt.timedelta(days=7 - today.weekday() if snooze is Snooze.MONDAY else 7)


def parse_days(text: str) -> frozenset[int]:
    """Week days (Monday is 0) from words like `mon-fri` or `mon,wed,fri`. Raises ValueError on anything else."""
    days: set[int] = set()
    for part in text.lower().replace(" ", "").split(","):
        first, _, last = part.partition("-")
        start, end = _DAYS.index(first), _DAYS.index(last or first)
        days.update(day % 7 for day in range(start, end + 1 if end >= start else end + 8))
    return frozenset(days)


def days_in_words(days: Iterable[int]) -> str:
    """What `parse_days` reads, from week days (Monday is 0)."""
    return ",".join(_DAYS[day] for day in sorted(days))


def local_time(now: dt.datetime, zone: str) -> dt.datetime:
    """The instant in the person's zone; in UTC when the zone is not known."""
    try:
        return now.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        return now.astimezone(dt.UTC)


def is_due(now: dt.datetime, *, zone: str, hour: int, calendar: Calendar) -> bool:
    """Whether the person's digest of today should be sent now: their hour has come, and not long ago.

    On the day the clocks go forward the hour may not exist; the first moment after it counts.
    """
    local = local_time(now, zone)
    return calendar.is_working_day(local.date()) and hour <= local.hour < hour + LATEST_HOURS


def is_working_time(now: dt.datetime, zone: str, calendar: Calendar) -> bool:
    """Whether it is a working day there, between eight and six o'clock."""
    local = local_time(now, zone)
    return calendar.is_working_day(local.date()) and local.hour in _WORKING_HOURS


def working_days_between(since: dt.datetime, now: dt.datetime, *, zone: str, calendar: Calendar) -> int:
    """How many working days lie between two instants, in the person's zone; an edit of today is 0 days old."""
    start, end = local_time(since, zone).date(), local_time(now, zone).date()
    whole = (end - start).days
    return sum(calendar.is_working_day(start + dt.timedelta(days=offset)) for offset in range(1, whole + 1))

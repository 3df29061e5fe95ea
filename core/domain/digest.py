"""When a digest is due, and how old an edit is in working days."""

import datetime as dt
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# A digest missed by more than this (the bot was down) is skipped: yesterday's news in the afternoon helps nobody.
LATEST_HOURS = 2


def parse_days(text: str) -> frozenset[int]:
    """Week days (Monday is 0) from words like `mon-fri` or `mon,wed,fri`. Raises ValueError on anything else."""
    days: set[int] = set()
    for part in text.lower().replace(" ", "").split(","):
        first, _, last = part.partition("-")
        start, end = _DAYS.index(first), _DAYS.index(last or first)
        days.update(day % 7 for day in range(start, end + 1 if end >= start else end + 8))
    return frozenset(days)


def local_time(now: dt.datetime, zone: str) -> dt.datetime:
    """The instant in the person's zone; in UTC when the zone is not known."""
    try:
        return now.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        return now.astimezone(dt.UTC)


def is_due(now: dt.datetime, *, zone: str, hour: int, days: frozenset[int]) -> bool:
    """Whether the person's digest of today should be sent now: their hour has come, and not long ago.

    On the day the clocks go forward the hour may not exist; the first moment after it counts.
    """
    local = local_time(now, zone)
    return local.weekday() in days and hour <= local.hour < hour + LATEST_HOURS


def working_days_between(since: dt.datetime, now: dt.datetime, *, zone: str, days: frozenset[int]) -> int:
    """How many working days lie between two instants, in the person's zone; an edit of today is 0 days old."""
    start, end = local_time(since, zone).date(), local_time(now, zone).date()
    whole = (end - start).days
    return sum((start + dt.timedelta(days=offset)).weekday() in days for offset in range(1, whole + 1))

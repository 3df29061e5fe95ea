"""Datetimes as the Table API carries them: `YYYY-MM-DD HH:MM:SS`, UTC, no zone, whole seconds; empty is "".

Display values are another matter: they are in the calling user's zone and in that user's own date format.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]

WIRE_FORMAT = "%Y-%m-%d %H:%M:%S"

# The platform writes date formats the Java way; these are the ones a user may choose in the preferences.
_JAVA_TO_PYTHON = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "hh": "%I", "mm": "%M", "ss": "%S", "a": "%p"}
_JAVA_PART = re.compile("|".join(sorted(_JAVA_TO_PYTHON, key=len, reverse=True)))
_DATE_GENERATE = re.compile(r"javascript:gs\.dateGenerate\('([\d-]+)'\s*,\s*'([\d:]+)'\)")


def system_clock() -> datetime:
    """The time now, with the zone UTC."""
    return datetime.now(UTC)


def wire(moment: datetime) -> str:
    """`moment` as a raw datetime field; the fraction of the second is cut off, as the platform does."""
    return moment.astimezone(UTC).strftime(WIRE_FORMAT)


def from_wire(value: str) -> datetime | None:
    """The moment of a raw datetime field, or None when it is empty or no datetime."""
    try:
        return datetime.strptime(value, WIRE_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None


def shown(value: str, *, zone: str, java_format: str) -> str:
    """The raw datetime `value` as a person with this time zone and date format reads it; other text unchanged."""
    moment = from_wire(value)
    if moment is None:
        return value
    python_format = _JAVA_PART.sub(lambda part: _JAVA_TO_PYTHON[part.group()], java_format)
    return moment.astimezone(ZoneInfo(zone)).strftime(python_format)


def read_in_zone(value: str, zone: str) -> str:
    """A datetime typed in `zone`, as a raw UTC datetime; other text unchanged."""
    try:
        local = datetime.strptime(value, WIRE_FORMAT).replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        return value
    return wire(local)


def query_literal(value: str, *, user_zone: str, literals_in: str) -> str:
    """The UTC value that a datetime inside an encoded query stands for.

    Plain text is read as UTC or, where `literals_in` is "user", in the user's zone: sources differ, so both are
    offered. `javascript:gs.dateGenerate('date','time')` is in the user's zone under either.
    """
    generated = _DATE_GENERATE.fullmatch(value)
    if generated:
        return read_in_zone(f"{generated[1]} {generated[2]}", user_zone)
    if literals_in == "user":
        return read_in_zone(value, user_zone)
    return value

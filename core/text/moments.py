"""Moments in sentences: spelled in one way, so that whoever shows a sentence can show them in the reader's own zone."""

import contextlib
import datetime as dt
import re
from collections.abc import Callable

_SHAPE = "%d %b %Y, %H:%M UTC"
_SPELLED = re.compile(r"\b\d{2} [A-Z][a-z]{2} \d{4}, \d{2}:\d{2} UTC\b")


def in_utc(instant: dt.datetime) -> str:
    """The moment in UTC, in words that sort out day and month."""
    return f"{instant.astimezone(dt.UTC):{_SHAPE}}"


def with_moments(sentence: str, shown: Callable[[dt.datetime], str]) -> str:
    """The sentence with each moment that `in_utc` spelled in it as `shown` gives it; everything else stays."""
    return _SPELLED.sub(lambda spelled: _shown(spelled.group(), shown), sentence)


def _shown(spelled: str, shown: Callable[[dt.datetime], str]) -> str:
    # What only looks like a moment, as 31 Feb does, is somebody's words and stays.
    with contextlib.suppress(ValueError):
        return shown(dt.datetime.strptime(spelled, _SHAPE).replace(tzinfo=dt.UTC))
    return spelled

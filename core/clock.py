"""The one place that reads the time."""

import datetime as dt
from typing import Protocol


class Clock(Protocol):
    """Tells the time; the system's in production, a frozen one in tests."""

    def now(self) -> dt.datetime:
        """The present instant, aware, in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> dt.datetime:
        """The present instant, aware, in UTC."""
        return dt.datetime.now(dt.UTC)

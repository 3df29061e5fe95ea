"""Clocks that tests move: one that runs, and one that stands still."""

import datetime as dt


class MovedClock:
    """The machine's clock, put forward by as much as a test wants."""

    def __init__(self) -> None:
        self.ahead = dt.timedelta()

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self.ahead

    def forward(self, **how_far: float) -> None:
        self.ahead += dt.timedelta(**how_far)


class StoppedClock:
    """Stands at a moment until a test sets another."""

    def __init__(self, at: dt.datetime) -> None:
        self.at = at

    def now(self) -> dt.datetime:
        return self.at

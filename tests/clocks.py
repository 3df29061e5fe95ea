"""A clock that tests move."""

import datetime as dt


class MovedClock:
    """The machine's clock, put forward by as much as a test wants."""

    def __init__(self) -> None:
        self.ahead = dt.timedelta()

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self.ahead

    def forward(self, **how_far: float) -> None:
        self.ahead += dt.timedelta(**how_far)

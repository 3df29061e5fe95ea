"""One line of the table: what was measured, against what, and whether the bar is reached."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

RTTS = (0.150, 0.050)


@dataclass(frozen=True)
class Line:
    """`limit` is what `value` may be at most, both in `unit` ("times", "RTT", "s", "ms", "MB", "%", "requests")."""

    topic: str
    what: str
    value: float
    limit: float
    unit: str
    yardstick: str = ""

    @property
    def is_reached(self) -> bool:
        return self.value <= self.limit

    def shown(self, number: float) -> str:
        whole = number == int(number) or abs(number) >= 100
        return f"{number:,.0f} {self.unit}" if whole else f"{number:.2f} {self.unit}"


def milliseconds(rtt: float) -> str:
    return f"{rtt * 1000:.0f} ms"


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest value that so many percent of all are not above."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]

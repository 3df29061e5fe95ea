"""How many requests a person may make: so many at once, and as many again in a minute."""

import asyncio
import math
import uuid


class Rates:
    """A bucket for each person, in this process; the hourly limit of push requests is kept in the database."""

    def __init__(self, per_minute: int) -> None:
        """Everybody starts with a full bucket."""
        self._per_minute = per_minute
        self._buckets: dict[uuid.UUID, tuple[float, float]] = {}

    def seconds_to_wait(self, person_id: uuid.UUID) -> int:
        """Count one request; 0 when it may be done, else in how many seconds the next one may."""
        now = asyncio.get_running_loop().time()
        left, since = self._buckets.get(person_id, (float(self._per_minute), now))
        left = min(self._per_minute, left + (now - since) * self._per_minute / 60)
        if left < 1:
            self._buckets[person_id] = (left, now)
            return math.ceil((1 - left) * 60 / self._per_minute)
        self._buckets[person_id] = (left - 1, now)
        return 0

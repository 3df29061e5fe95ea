"""The workspace's own clock: real time, which a test may push forward instead of waiting."""

import time


class Clock:
    """Seconds since 1970, plus whatever was added by `advance`."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._last_microsecond = 0

    def now(self) -> float:
        """The workspace's time in seconds."""
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass at once: trigger ids, response URLs and rate limits see it, the bot's clock does not."""
        self._ahead += seconds

    def stamp(self) -> str:
        """A message `ts` no other message has: seconds and six digits, later than all before it."""
        microsecond = max(int(self.now() * 1_000_000), self._last_microsecond + 1)
        self._last_microsecond = microsecond
        return f"{microsecond // 1_000_000}.{microsecond % 1_000_000:06d}"

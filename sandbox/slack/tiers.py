"""Slack's rate limits: so many calls of a method a minute, and about one message a second in a channel."""

from collections import deque

from sandbox.slack.clock import Clock
from sandbox.slack.refusal import Refusal

CALLS_A_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100}
"""The least each published tier promises; the stand-in gives no more than that."""

POST_BURST = 4
"""Messages that may come at once in one channel before the one-a-second rule bites (Slack names no number)."""


class RateLimits:
    """Counts calls while `is_enforced`; off by default, because a test seldom wants to wait."""

    def __init__(self, clock: Clock) -> None:
        self.is_enforced = False
        self._clock = clock
        self._calls: dict[str, deque[float]] = {}
        self._post_tokens: dict[str, tuple[float, float]] = {}

    def count_call(self, method: str, tier: int) -> None:
        """Count a call of a method. Refused as ratelimited when the minute is full."""
        if not self.is_enforced:
            return
        now = self._clock.now()
        recent = self._calls.setdefault(method, deque())
        while recent and recent[0] <= now - 60:
            recent.popleft()
        if len(recent) >= CALLS_A_MINUTE[tier]:
            raise ratelimited(int(recent[0] + 60 - now) + 1)
        recent.append(now)

    def count_post(self, channel: str) -> None:
        """Count a message in a channel. Refused as ratelimited when they come faster than one a second for long."""
        if not self.is_enforced:
            return
        now = self._clock.now()
        tokens, last = self._post_tokens.get(channel, (float(POST_BURST), now))
        tokens = min(POST_BURST, tokens + now - last)
        if tokens < 1:
            self._post_tokens[channel] = (tokens, now)
            raise ratelimited(1)
        self._post_tokens[channel] = (tokens - 1, now)


def ratelimited(retry_after: int) -> Refusal:
    """Slack's 429, with the seconds to wait in Retry-After."""
    return Refusal("ratelimited", status=429, headers={"Retry-After": str(retry_after)})

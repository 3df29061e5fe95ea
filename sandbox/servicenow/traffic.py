"""The log of requests, and how many writes are open at once."""

from collections.abc import Callable
from dataclasses import dataclass, field

from .exchange import Request

# A demo left running for days must not fill the memory.
KEPT = 100_000


@dataclass
class Traffic:
    """All requests in the order they came."""

    requests: list[Request] = field(default_factory=list)
    open_writes: int = 0
    open_writes_peak: int = 0
    # Called with each request that was answered.
    watchers: list[Callable[[Request], None]] = field(default_factory=list)

    def opened(self, request: Request) -> None:
        """Note a request that came in."""
        if len(self.requests) >= KEPT:
            del self.requests[: KEPT // 2]
        self.requests.append(request)
        if request.is_write:
            self.open_writes += 1
            self.open_writes_peak = max(self.open_writes_peak, self.open_writes)

    def closed(self, request: Request, at: float) -> None:
        """Note that the request was answered or cut."""
        request.ended = at
        if request.is_write:
            self.open_writes -= 1
        for watch in list(self.watchers):
            watch(request)

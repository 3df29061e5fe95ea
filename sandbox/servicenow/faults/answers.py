"""The server answers, but with a refusal, an error or something that is no answer (faults 22 to 26, 30, 32, 33)."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from ..behaviour import Behaviour
from ..errors import Answer, envelope, headers_too_large
from ..exchange import Exchange
from .envelopes import ENVELOPES, gateway, rate_headers, rate_limited, semaphore_full
from .frame import Fault

Moment = Literal["before", "after"]


@dataclass
class Refused(Fault):
    """22: any refusal by name (envelopes.ENVELOPES), before the work is done or in place of the answer after it."""

    number: ClassVar[int] = 22
    name: ClassVar[str] = "envelope"
    meaning: ClassVar[str] = "The request is refused, in any of the ways ServiceNow knows."
    kind: str = "write_denied"
    when: Moment = "before"

    def switch_on(self) -> None:
        """Refuse an unknown kind at once."""
        if self.kind not in ENVELOPES:
            raise ValueError(f"no envelope {self.kind!r}; there are {', '.join(ENVELOPES)}")

    async def arrive(self, exchange: Exchange) -> Answer | None:
        """Refuse before the work."""
        return ENVELOPES[self.kind](exchange) if self.when == "before" else None

    async def answer(self, exchange: Exchange, answer: Answer) -> Answer:
        """Refuse although the work is done."""
        return ENVELOPES[self.kind](exchange) if self.when == "after" else answer


@dataclass
class RateLimit(Fault):
    """23: a rate limit rule: more than `limit` requests of one user on one node, and 429 until `retry_after` passed.

    Nodes tell each other their counts only every `lag` seconds; until then each knows its own alone, if `per_node`,
    and all are taken together otherwise.
    """

    number: ClassVar[int] = 23
    name: ClassVar[str] = "rate_limit"
    meaning: ClassVar[str] = "Too many requests this hour: ServiceNow refuses with 429 and says when to come back."
    kinds: ClassVar[tuple[str, ...]] = ("table", "stats")
    limit: int = 0
    retry_after: int = 1
    lag: float = 0.0
    per_node: bool = False
    _counts: Counter[tuple[str, int]] = field(default_factory=Counter, init=False)
    _known: Counter[tuple[str, int]] = field(default_factory=Counter, init=False)
    _flushed: float = field(default_factory=time.monotonic, init=False)
    _open_again: dict[tuple[str, int], float] = field(default_factory=dict, init=False)

    async def arrive(self, exchange: Exchange) -> Answer | None:
        """Count, and refuse when the rule knows of too many."""
        now = time.monotonic()
        key = self._key(exchange)
        if now < self._open_again.get(key, 0.0):
            return self._refusal(self._open_again[key] - now)
        if key in self._open_again:
            del self._open_again[key]
            self._counts[key] = self._known[key] = 0
        self._counts[key] += 1
        if now - self._flushed >= self.lag:
            self._known, self._flushed = Counter(self._counts), now
        if self._known[key] <= self.limit:
            return None
        self._open_again[key] = now + self.retry_after
        return self._refusal(self.retry_after)

    async def answer(self, exchange: Exchange, answer: Answer) -> Answer:  # noqa: ARG002
        """Tell the rule in the headers."""
        if answer.status != 429:
            answer.headers.extend(rate_headers(self.limit, self._reset()))
        return answer

    def _key(self, exchange: Exchange) -> tuple[str, int]:
        node = self.sn.sessions.node_of(exchange.session) if self.per_node else 0
        return (exchange.user.user_name if exchange.user else "", node)

    def _refusal(self, seconds: float) -> Answer:
        return rate_limited(max(1, round(seconds)), self.limit, self._reset())

    def _reset(self) -> int:
        return int(self.sn.world.now().timestamp()) + self.retry_after


@dataclass
class Semaphore(Fault):
    """24: a node runs `threads` requests and lets `queue` wait; with no threads every request is turned away."""

    number: ClassVar[int] = 24
    name: ClassVar[str] = "semaphore"
    meaning: ClassVar[str] = "All threads of the node are taken: 429 with a page and no word on when to come back."
    threads: int = 0
    queue: int = 0
    _running: int = field(default=0, init=False)
    _waiting: int = field(default=0, init=False)
    _freed: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    async def arrive(self, exchange: Exchange) -> Answer | None:
        """Take a thread, wait for one, or turn away."""
        if self._running >= self.threads:
            if not self.threads or self._waiting >= self.queue:
                return semaphore_full()
            await self._wait()
        self._running += 1
        exchange.at_end.append(self._free)
        return None

    async def _wait(self) -> None:
        self._waiting += 1
        try:
            while self._running >= self.threads:
                self._freed.clear()
                await self._freed.wait()
        finally:
            self._waiting -= 1

    def _free(self) -> None:
        self._running -= 1
        self._freed.set()


@dataclass
class SessionOverflow(Fault):
    """25: 202 without a body. With `transactions` or `queue` the session's own limits are set and nothing is forced.

    `runs`: the work is done although the answer was 202; nobody has established whether real instances do it.
    """

    number: ClassVar[int] = 25
    name: ClassVar[str] = "session_overflow"
    meaning: ClassVar[str] = "Too many requests wait in one session: 202 and nothing else; the work may never be done."
    transactions: int | None = None
    queue: int | None = None
    runs: bool = False

    def switch_on(self) -> None:
        """Set the session's limits."""
        behaviour = self.sn.behaviour
        behaviour.overflow_runs = self.runs
        behaviour.session_transactions = self.transactions or behaviour.session_transactions
        if self.queue is not None:
            behaviour.session_queue = self.queue

    def switch_off(self) -> None:
        """Restore them."""
        usual = Behaviour()
        self.sn.behaviour.overflow_runs = usual.overflow_runs
        self.sn.behaviour.session_transactions = usual.session_transactions
        self.sn.behaviour.session_queue = usual.session_queue

    def _is_forced(self) -> bool:
        return self.transactions is None and self.queue is None

    async def arrive(self, exchange: Exchange) -> Answer | None:  # noqa: ARG002
        """Put the request off for ever."""
        return Answer(202) if self._is_forced() and not self.runs else None

    async def answer(self, exchange: Exchange, answer: Answer) -> Answer:  # noqa: ARG002
        """Say that it was put off, although it was done."""
        return Answer(202) if self._is_forced() and self.runs else answer


@dataclass
class ServerError(Fault):
    """26: a 5xx before anything was done, or after the row was saved."""

    number: ClassVar[int] = 26
    name: ClassVar[str] = "server_error"
    meaning: ClassVar[str] = "ServiceNow answers with an error of its own (500), before the write is done or after."
    status: int = 500
    when: Moment = "before"

    def _error(self) -> Answer:
        if self.status == 500:
            return envelope(500, "Internal Server Error", "An unexpected error occurred")
        return gateway(self.status)

    async def arrive(self, exchange: Exchange) -> Answer | None:  # noqa: ARG002
        """Fail before the work."""
        return self._error() if self.when == "before" else None

    async def answer(self, exchange: Exchange, answer: Answer) -> Answer:  # noqa: ARG002
        """Fail after it."""
        return self._error() if self.when == "after" else answer


@dataclass
class HtmlPage(Fault):
    """30: a page for people in place of JSON; `kind` is hibernating, login, maintenance or sso_redirect."""

    number: ClassVar[int] = 30
    name: ClassVar[str] = "html_page"
    meaning: ClassVar[str] = (
        "The instance is hibernating (or at its login or maintenance page): 200 with HTML, no data."
    )
    kinds: ClassVar[tuple[str, ...]] = ("table", "stats", "oauth")
    kind: Literal["hibernating", "login", "maintenance", "sso_redirect"] = "hibernating"

    async def arrive(self, exchange: Exchange) -> Answer | None:
        """Show the page."""
        return ENVELOPES[self.kind](exchange)


@dataclass
class HeaderTooLarge(Fault):
    """32: the address and headers are longer than the web server reads."""

    number: ClassVar[int] = 32
    name: ClassVar[str] = "header_too_large"
    meaning: ClassVar[str] = "Requests with a long address are refused with a 400 page by the web server in front."
    limit: int = 8192

    async def arrive(self, exchange: Exchange) -> Answer | None:
        """Refuse what is too long."""
        return headers_too_large() if exchange.header_bytes > self.limit else None


@dataclass
class EmptySuccess(Fault):
    """33: the work is done and the answer says nothing about it."""

    number: ClassVar[int] = 33
    name: ClassVar[str] = "empty_success"
    meaning: ClassVar[str] = "The write is done, but the answer is empty and shows nothing of what was stored."
    status: Literal[200, 204] = 200

    async def answer(self, exchange: Exchange, answer: Answer) -> Answer:  # noqa: ARG002
        """Drop the body of a success."""
        return Answer(self.status, headers=answer.headers) if answer.status < 300 else answer


FAULTS: list[type[Fault]] = [
    Refused,
    RateLimit,
    Semaphore,
    SessionOverflow,
    ServerError,
    HtmlPage,
    HeaderTooLarge,
    EmptySuccess,
]

"""Moments of a request at which a test may run something of its own, for instance somebody else's edit."""

import inspect
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .exchange import Exchange
from .ledger import Commit
from .matching import Match

EVENTS = {
    "before_read": "a GET of a record, a list or a count is about to be answered",
    "before_write": "a write was received; the row is not loaded yet",
    "before_commit": "the row is loaded and the rules have run; nothing is written yet",
    "after_commit": "the row is written; the answer is not sent yet",
    "after_answer": "the answer was handed to the socket",
}


@dataclass(frozen=True)
class Moment:
    """What a hook is told. `commit` is set after a commit."""

    event: str
    exchange: Exchange
    commit: Commit | None = None

    @property
    def table(self) -> str:
        """The table of the request."""
        return self.exchange.table

    @property
    def sys_id(self) -> str:
        """The record of the request, "" for a list."""
        return self.exchange.sys_id

    @property
    def request_id(self) -> str:
        """The id that the request's commits carry."""
        return self.exchange.id


@dataclass
class Hook:
    """A callable waiting for its moment. `calls` counts how often it ran."""

    event: str
    action: Callable[[Moment], Any]
    match: Match
    is_on: bool = True

    @property
    def calls(self) -> int:
        """How often the callable ran."""
        return self.match.hits

    def cancel(self) -> None:
        """Never run again."""
        self.is_on = False


@dataclass
class Hooks:
    """All hooks of one server."""

    chance: random.Random
    _hooks: list[Hook] = field(default_factory=list)

    def add(self, event: str, action: Callable[[Moment], Any], match: Match) -> Hook:
        """Run `action` at `event` of the requests that match; raises ValueError for an unknown event."""
        if event not in EVENTS:
            raise ValueError(f"no event {event!r}; there are {', '.join(EVENTS)}")
        hook = Hook(event, action, match)
        self._hooks.append(hook)
        return hook

    def clear(self) -> None:
        """Forget every hook."""
        self._hooks.clear()

    async def fire(self, event: str, exchange: Exchange, commit: Commit | None = None) -> None:
        """Run what waits for this moment. A callable may be a coroutine function; what it raises becomes a 500."""
        for hook in list(self._hooks):
            if hook.is_on and hook.event == event and hook.match.claims(exchange, self.chance):
                result = hook.action(Moment(event, exchange, commit))
                if inspect.isawaitable(result):
                    await result

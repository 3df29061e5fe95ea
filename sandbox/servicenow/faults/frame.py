"""The frame of the faults: what a fault can do at each step of a request, and which faults are on."""

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from ..errors import Answer
from ..exchange import Exchange
from ..ledger import Commit, Write
from ..matching import Match
from ..store import Row

if TYPE_CHECKING:
    from ..server import ServiceNow

_MATCH = {"method", "table", "sys_id", "user", "path", "nth", "times", "probability"}


@dataclass
class Fault:
    """One thing that goes wrong. A subclass overrides the steps at which it interferes; each sees only its requests.

    The class attributes are its number and name in the catalogue, a sentence on what it means, and the methods and
    kinds ("table", "stats", "oauth") of the requests that it is for; a `method` or `path` given at `on` goes first.
    Its fields are its settings.
    """

    number: ClassVar[int]
    name: ClassVar[str]
    meaning: ClassVar[str]
    methods: ClassVar[str] = ""
    kinds: ClassVar[tuple[str, ...]] = ("table", "stats")

    sn: "ServiceNow"

    def switch_on(self) -> None:
        """Called once when the fault is switched on."""

    def switch_off(self) -> None:
        """Called once when it is switched off again."""

    async def arrive(self, exchange: Exchange) -> Answer | None:
        """Before sign-in; an answer given here ends the request."""

    async def serve(self, exchange: Exchange) -> Answer | None:
        """After sign-in, before the handler; an answer given here ends the request."""

    async def load(self, exchange: Exchange, write: Write) -> None:
        """A write has its values and its loaded row; both may be changed, or the write refused."""

    async def committed(self, exchange: Exchange, commit: Commit) -> None:
        """The row is written."""

    def rows(self, exchange: Exchange, rows: list[Row]) -> list[Row]:  # noqa: ARG002 - for subclasses
        """The rows of a page, after the limit was applied."""
        return rows

    def shown(self, exchange: Exchange, record: dict[str, Any]) -> None:
        """A record as it will be sent; may be changed."""

    async def answer(self, exchange: Exchange, answer: Answer) -> Answer:  # noqa: ARG002 - for subclasses
        """The answer about to be sent. `exchange.deliver` may be set to another way of sending it."""
        return answer


@dataclass
class Active:
    """A fault that is on. `hits` counts the requests it was for."""

    fault: Fault
    match: Match
    frame: "Faults"

    @property
    def hits(self) -> int:
        """How many requests it was for."""
        return self.match.hits

    def off(self) -> None:
        """Switch it off."""
        self.frame.remove(self)


@dataclass
class Faults:
    """The faults of one server: `on(number or name, ...)`, `off(...)`, `clear()`."""

    sn: "ServiceNow"
    catalogue: list[type[Fault]]
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    active: list[Active] = field(default_factory=list)

    def seed(self, number: int) -> None:
        """Make chance repeatable from here on."""
        self.chance.seed(number)

    def kind(self, which: int | str) -> type[Fault]:
        """The fault with this number or name; a number that several share means the first. Raises ValueError."""
        for kind in self.catalogue:
            if which in (kind.number, kind.name):
                return kind
        raise ValueError(f"no fault {which!r}")

    def on(self, which: int | str, **settings: Any) -> Active:
        """Switch a fault on.

        Of `settings`, method, table, sys_id, user, path, nth, times and probability say which requests it is for;
        the rest are the fault's own. Raises ValueError for an unknown fault, TypeError for an unknown setting.
        """
        kind = self.kind(which)
        match = Match(**{name: value for name, value in settings.items() if name in _MATCH})
        match.method = match.method or kind.methods
        match.kinds = () if match.path else kind.kinds
        own = {name: value for name, value in settings.items() if name not in _MATCH}
        active = Active(kind(self.sn, **own), match, self)
        active.fault.switch_on()
        self.active.append(active)
        return active

    def off(self, which: int | str) -> None:
        """Switch off all faults of this number or name."""
        for active in list(self.active):
            if which in (active.fault.number, active.fault.name):
                self.remove(active)

    def clear(self) -> None:
        """Switch every fault off."""
        for active in list(self.active):
            self.remove(active)

    def remove(self, active: Active) -> None:
        """Switch one off; it may be off already."""
        if active in self.active:
            self.active.remove(active)
            active.fault.switch_off()

    def claimed(self, exchange: Exchange) -> list[Fault]:
        """The faults that are for this request. Decided once a request, so that counts and chance hold for all steps."""
        if not self.active:
            return []
        return [active.fault for active in list(self.active) if active.match.claims(exchange, self.chance)]

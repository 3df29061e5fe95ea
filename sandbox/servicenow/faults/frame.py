"""The frame of the faults: what they have in common, and which of them are on."""

import random
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ..exchange import Exchange, Interference
from ..instance import Instance
from ..matching import Match

# The methods by which texts are changed; most faults of a write are for these.
WRITES = "PATCH,PUT"
# The settings that say which requests a fault is for.
MATCHING = frozenset({"method", "table", "sys_id", "user", "path", "nth", "times", "probability"})


@dataclass
class Fault(Interference):
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

    sn: Instance

    def switch_on(self) -> None:
        """Called once when the fault is switched on."""

    def switch_off(self) -> None:
        """Called once when it is switched off again."""


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

    sn: Instance
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
        match = Match(**{name: value for name, value in settings.items() if name in MATCHING})
        match.method = match.method or kind.methods
        match.kinds = () if match.path else kind.kinds
        own = {name: value for name, value in settings.items() if name not in MATCHING}
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

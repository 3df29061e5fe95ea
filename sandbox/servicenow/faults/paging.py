"""Lists that hide rows or move while they are read, and clocks that disagree (faults 40 to 45)."""

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar, Literal

from ..behaviour import Behaviour
from ..errors import Answer
from ..exchange import Exchange
from ..stock import SERVICE_ACCOUNT, SOMEBODY_ELSE
from ..store import Row
from ..tables import STATEMENT_FIELD, STATEMENTS
from ..times import wire
from .frame import Fault


@dataclass
class AclHoles(Fault):
    """40: rows of a page are hidden by access rules, after the limit was applied; the total still counts them.

    `sys_ids` names them, or else `fraction` of all rows, always the same ones; 1.0 on the nth request makes an empty
    page in the middle.
    """

    number: ClassVar[int] = 40
    name: ClassVar[str] = "acl_holes"
    meaning: ClassVar[str] = "Some rows are hidden from us: pages come short or empty although more follow."
    methods: ClassVar[str] = "GET"
    fraction: float = 0.3
    sys_ids: tuple[str, ...] = ()

    def rows(self, exchange: Exchange, rows: list[Row]) -> list[Row]:  # noqa: ARG002
        """Leave the hidden ones out."""
        return [row for row in rows if not self._is_hidden(row["sys_id"])]

    def _is_hidden(self, sys_id: str) -> bool:
        if self.sys_ids:
            return sys_id in self.sys_ids
        return hashlib.md5(sys_id.encode(), usedforsecurity=False).digest()[0] < self.fraction * 256


@dataclass
class MovingPages(Fault):
    """41: a row is made or deleted while the list is being paged; `where` is its place in the order of sys_ids."""

    number: ClassVar[int] = 41
    name: ClassVar[str] = "moving_pages"
    meaning: ClassVar[str] = "Somebody creates or deletes records while we read the list page by page."
    methods: ClassVar[str] = "GET"
    kind: Literal["insert", "delete"] = "insert"
    where: Literal["first", "last"] = "first"

    async def arrive(self, exchange: Exchange) -> Answer | None:
        """Make or delete a row before the page is read."""
        if exchange.kind != "table" or exchange.sys_id:
            return None
        keys = self.sn.store.rows(exchange.table).keys
        if self.kind == "delete":
            if keys:
                self.sn.delete(exchange.table, keys[0 if self.where == "first" else -1])
            return None
        digit = "0" if self.where == "first" else "f"
        sys_id = digit * 8 + self.sn.world.new_id()[8:]
        self.sn.add(exchange.table, by=SOMEBODY_ELSE, sys_id=sys_id, number=f"IST{sys_id[8:15]}")
        return None


@dataclass
class EmptyIs404(Fault):
    """42: an empty list is a 404, as version 1 of the API has it, at every address."""

    number: ClassVar[int] = 42
    name: ClassVar[str] = "v1_404_on_empty"
    meaning: ClassVar[str] = "A list without rows is answered with 404 instead of an empty list."

    def switch_on(self) -> None:
        """As version 1."""
        self.sn.behaviour.empty_list_is_404 = True

    def switch_off(self) -> None:
        """As version 2."""
        self.sn.behaviour.empty_list_is_404 = Behaviour().empty_list_is_404


@dataclass
class UserZone(Fault):
    """43: the account has a zone and date format of its own, and literals in queries are read in that zone."""

    number: ClassVar[int] = 43
    name: ClassVar[str] = "user_zone"
    meaning: ClassVar[str] = "The service account lives in another time zone, and times in queries are read in it."
    account: str = SERVICE_ACCOUNT
    zone: str = "America/Los_Angeles"
    date_format: str = "dd-MM-yyyy hh:mm:ss a"
    literals_in: Literal["utc", "user"] = "user"
    _before: tuple[str, str] = field(default=("GMT", ""), init=False)

    def switch_on(self) -> None:
        """Move the account."""
        user = self.sn.users[self.account]
        self._before = (user.time_zone, user.date_format)
        self.sn.users.change(self.account, time_zone=self.zone, date_format=self.date_format)
        self.sn.behaviour.query_literals_in = self.literals_in

    def switch_off(self) -> None:
        """Move it back."""
        zone, date_format = self._before
        self.sn.users.change(self.account, time_zone=zone, date_format=date_format)
        self.sn.behaviour.query_literals_in = Behaviour().query_literals_in


@dataclass
class LateVisible(Fault):
    """44: a slow save shows up, at this read, with a stamp `seconds` old: older than what was already read.

    `record` is its sys_id; without one, the first row of the table.
    """

    number: ClassVar[int] = 44
    name: ClassVar[str] = "late_visible"
    meaning: ClassVar[str] = "An edit becomes visible only now, with a time stamp from before our last reading."
    methods: ClassVar[str] = "GET"
    record: str = ""
    seconds: int = 120
    column: str = STATEMENT_FIELD
    text: str = "<p>This was saved a while ago and becomes visible now.</p>"

    async def arrive(self, exchange: Exchange) -> Answer | None:
        """Save, with the old stamp."""
        table = exchange.table or STATEMENTS
        keys = self.sn.store.rows(table).keys
        sys_id = self.record or (keys[0] if keys else "")
        if self.sn.has(table, sys_id):
            self.sn.edit(table, sys_id, self.column, self.text)
            stamp = wire(self.sn.world.now() - timedelta(seconds=self.seconds))
            self.sn.store.change(table, sys_id, {"sys_updated_on": stamp})
        return None


@dataclass
class ClockSkew(Fault):
    """45: the server's clock runs `seconds` ahead of everybody's; a negative number, behind."""

    number: ClassVar[int] = 45
    name: ClassVar[str] = "clock_skew"
    meaning: ClassVar[str] = "ServiceNow's clock runs ahead of ours, or behind."
    seconds: float = 600.0

    def switch_on(self) -> None:
        """Put the clock wrong."""
        self.sn.clock_skew = timedelta(seconds=self.seconds)

    def switch_off(self) -> None:
        """Put it right."""
        self.sn.clock_skew = timedelta()


FAULTS: list[type[Fault]] = [AclHoles, MovingPages, EmptyIs404, UserZone, LateVisible, ClockSkew]

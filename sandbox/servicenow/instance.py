"""The instance: all that a request can find or change, and what people do in its user interface."""

import random
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from .access import Access
from .auditing import Auditing
from .authentication import Authentication
from .behaviour import Behaviour
from .exchange import Request
from .hooks import Hook, Hooks, Moment
from .incoming import Incoming
from .ledger import Commit, Ledger, Write
from .matching import Match
from .oauth import Client, OAuth
from .records import ADMIN, World
from .render import Renderer
from .sanitizer import SANITIZE_PROPERTY
from .sessions import Sessions
from .stock import API_KEY, OAUTH_CLIENT, OAUTH_SECRET, SERVICE_ACCOUNT, SERVICE_PASSWORD, SOMEBODY_ELSE
from .store import Row, Store
from .tables import STATEMENTS
from .times import Clock
from .traffic import Traffic
from .users import User, Users


class Instance:
    """What stands behind the APIs, the faults and the pages, none of which it knows.

    `latency` is seconds for each request; requests of different sessions overlap.
    """

    def __init__(self, *, clock: Clock | None = None, instance_name: str = "sandbox") -> None:
        self.latency = 0.0
        self.instance_name = instance_name
        # Addresses that the page offers beside its own, by name ("slack").
        self.links: dict[str, str] = {}
        self.behaviour = Behaviour()
        self.world = World(clock)
        self.chance = random.Random(3)
        self.users = Users(self.world)
        self.access = Access(self.world.schema)
        self.auditing = Auditing(self.world, self.behaviour)
        self.ledger = Ledger(self.world, self.behaviour, audit=self.auditing.record)
        self.incoming = Incoming(self.world, self.access, self.behaviour)
        self.renderer = Renderer(self.world, self.access)
        self.sessions = Sessions(self.behaviour, self.chance)
        self.oauth = OAuth(self.world, self.users, self.behaviour)
        self.authentication = Authentication(self.users, self.oauth, self.behaviour)
        self.hooks = Hooks(self.chance)
        self.traffic = Traffic()
        self.world.set_property("instance_name", instance_name)
        self.world.set_property(SANITIZE_PROPERTY, "false")
        self._stock_accounts()

    def _stock_accounts(self) -> None:
        self.users.add(User(ADMIN, "admin", "System Administrator", roles={"admin"}))
        self.users.add(
            User(
                SERVICE_ACCOUNT,
                SERVICE_PASSWORD,
                "grcpush service account",
                web_service_access_only=True,
                roles={"sn_compliance.user", "sn_compliance.auditor", "snc_platform_rest_api_access"},
            )
        )
        roles = {"sn_compliance.manager"}
        self.users.add(User(SOMEBODY_ELSE, "somebody-else", "Jane Roe", f"{SOMEBODY_ELSE}@example.com", roles=roles))
        self.users.api_keys[API_KEY] = SERVICE_ACCOUNT
        self.oauth.clients[OAUTH_CLIENT] = Client(OAUTH_CLIENT, OAUTH_SECRET, SERVICE_ACCOUNT)

    @property
    def schema(self) -> Any:
        """The tables and columns."""
        return self.world.schema

    @property
    def store(self) -> Store:
        """The rows themselves; changing them here leaves no trace."""
        return self.world.store

    @property
    def clock(self) -> Clock:
        """The injected clock; this server's own time is `world.now()`, which the skew is added to."""
        return self.world.clock

    @clock.setter
    def clock(self, clock: Clock) -> None:
        self.world.clock = clock

    @property
    def clock_skew(self) -> timedelta:
        """How far this server's clock runs ahead."""
        return self.world.clock_skew

    @clock_skew.setter
    def clock_skew(self, skew: timedelta) -> None:
        self.world.clock_skew = skew

    # What people do in the user interface ------------------------------------------------------------------------

    def load(self, table: str, rows: Iterable[Row]) -> list[str]:
        """Seed many rows at once, without commits in the log; gives back their sys_ids."""
        return self.world.load(table, rows)

    def add(self, table: str, *, by: str = ADMIN, **fields: str) -> str:
        """Create a record as somebody does in the interface, and give back its sys_id (`sys_id=` chooses it)."""
        unknown = fields.keys() - self.schema.columns(table).keys()
        if unknown:
            raise KeyError(f"{table} has no column {', '.join(sorted(unknown))}")
        sys_id = fields.pop("sys_id", None) or self.world.new_id()
        self.ledger.insert(Write(table, sys_id, {}, dict(fields), by, source="ui"))
        return sys_id

    def get(self, table: str, sys_id: str) -> Row:
        """The record as raw strings; raises KeyError when there is none."""
        return dict(self.store.rows(table).by_id[sys_id])

    def has(self, table: str, sys_id: str) -> bool:
        """Whether there is such a record."""
        return self.store.find(table, sys_id) is not None

    def edit(  # noqa: PLR0913 - the shape tests write: what, where, which value, by whom
        self,
        table: str,
        sys_id: str,
        field: str,
        value: str,
        *,
        by: str = SOMEBODY_ELSE,
        stamps: bool = True,
        source: str = "ui",
    ) -> Commit | None:
        """Somebody else's edit, committed at once; None when it changed nothing.

        `stamps=False` is a script with `autoSysFields(false)`: neither counter nor stamps move, nothing is audited.
        Raises KeyError when there is no such record or column.
        """
        write = self.ledger.load(table, sys_id)
        if field not in self.schema.columns(write.table):
            raise KeyError(f"{write.table} has no column {field}")
        write.values, write.by, write.stamps, write.source = {field: value}, by, stamps, source
        return self.ledger.commit(write)

    def delete(self, table: str, sys_id: str, *, by: str = SOMEBODY_ELSE) -> Commit:
        """Delete the record; raises KeyError when there is none."""
        write = self.ledger.load(table, sys_id)
        write.by, write.source = by, "ui"
        return self.ledger.delete(write)

    # What tests look at ------------------------------------------------------------------------------------------

    @property
    def log(self) -> list[Commit]:
        """Every commit since the start, in order; seeded rows are not in it."""
        return self.ledger.log

    def writes(self, by: str = SERVICE_ACCOUNT) -> list[Commit]:
        """The commits of one user."""
        return [commit for commit in self.log if commit.by == by]

    def history(self, table: str, sys_id: str) -> list[Commit]:
        """The commits of one record, oldest first."""
        return [commit for commit in self.log if (commit.table, commit.sys_id) == (table, sys_id)]

    @property
    def requests(self) -> list[Request]:
        """Every API request since the start, in order."""
        return self.traffic.requests

    @property
    def open_writes_peak(self) -> int:
        """The most write requests that were open at once; may be set back to 0."""
        return self.traffic.open_writes_peak

    @open_writes_peak.setter
    def open_writes_peak(self, value: int) -> None:
        self.traffic.open_writes_peak = value

    def on(self, event: str, action: Callable[[Moment], Any], **match: Any) -> Hook:
        """Run `action(moment)` at a moment of the requests that match (see hooks.EVENTS and matching.Match).

        It runs once unless `times` says otherwise (None for always); `nth=3` waits for the third that fits.
        """
        return self.hooks.add(event, action, Match(**{"times": 1, **match}))

    @property
    def audit_enabled(self) -> bool:
        """Whether changes of statements are audited; may be set. `auditing.switch` does it for any table."""
        return self.auditing.is_on(STATEMENTS)

    @audit_enabled.setter
    def audit_enabled(self, on: bool) -> None:
        self.auditing.switch(STATEMENTS, on)

    def watch(self, watcher: Callable[[Commit], None]) -> Callable[[], None]:
        """Call `watcher` with every commit from now on; the function given back ends that."""
        self.ledger.watchers.append(watcher)
        return lambda: self.ledger.watchers.remove(watcher)

"""What administrators do: auditing, clones, tables that go, rows of other domains (faults 47 to 50)."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar, Literal

from ..errors import Answer, invalid_table, not_web_enabled, write_denied
from ..exchange import Exchange
from ..ledger import Write
from ..stock import SERVICE_ACCOUNT
from ..store import Row
from ..tables import STATEMENT_FIELD, STATEMENTS
from ..times import from_wire, wire
from .frame import Fault

AUDITOR = "sn_compliance.auditor"


@dataclass
class AuditTrouble(Fault):
    """47: the audit cannot be relied on.

    `kind`: "off"; "lazy" (rows appear after `seconds`); "no_audit" (the column is excluded); "purged" (rows so far are
    gone); "stale_old_value" or "replaced_old_value" (which old value a crossed save notes); "unreadable" (the account
    may not read it).
    """

    number: ClassVar[int] = 47
    name: ClassVar[str] = "audit_trouble"
    meaning: ClassVar[str] = "The audit in ServiceNow is off, late, incomplete, purged or closed to us."
    kind: Literal["off", "lazy", "no_audit", "purged", "stale_old_value", "replaced_old_value", "unreadable"] = "off"
    seconds: float = 2.0
    of: str = STATEMENTS
    column: str = STATEMENT_FIELD
    account: str = SERVICE_ACCOUNT
    _was_on: bool = field(default=False, init=False)

    def switch_on(self) -> None:
        """Spoil the audit."""
        self._was_on = self.sn.auditing.is_on(self.of)
        if self.kind == "off":
            self.sn.auditing.switch(self.of, False)
        elif self.kind == "lazy":
            self.sn.behaviour.audit_delay = self.seconds
        elif self.kind == "no_audit":
            self.sn.world.change_column(self.of, self.column, attributes="no_audit")
        elif self.kind == "purged":
            self.sn.auditing.purge()
        elif self.kind == "unreadable":
            self.sn.users.revoke(self.account, AUDITOR)
        else:
            self.sn.behaviour.audit_old_value = "loaded" if self.kind == "stale_old_value" else "replaced"

    def switch_off(self) -> None:
        """Mend it; purged rows stay gone."""
        if self.kind == "off":
            self.sn.auditing.switch(self.of, self._was_on)
        elif self.kind == "lazy":
            self.sn.behaviour.audit_delay = 0.0
        elif self.kind == "no_audit":
            self.sn.world.change_column(self.of, self.column, attributes="")
        elif self.kind == "unreadable":
            self.sn.users.grant(self.account, AUDITOR)
        elif self.kind != "purged":
            self.sn.behaviour.audit_old_value = "loaded"


@dataclass
class Clone(Fault):
    """48: the instance was cloned over from another: the same sys_ids with texts and counters of `days` ago.

    The texts are those from before every change in the log. With `secrets_too` passwords, tokens and client secrets
    are no longer good; `instance_name` gives the property another value. A clone is not undone by switching it off.
    """

    number: ClassVar[int] = 48
    name: ClassVar[str] = "clone"
    meaning: ClassVar[str] = (
        "The instance was overwritten by a copy of another: older texts, lower counters, other passwords."
    )
    days: int = 30
    secrets_too: bool = True
    instance_name: str = ""
    of: str = STATEMENTS

    def switch_on(self) -> None:
        """Overwrite the instance."""
        original: dict[str, Row] = {}
        for commit in self.sn.log:
            if commit.table == self.of and commit.action == "update":
                for column, (old, _new) in commit.changes.items():
                    original.setdefault(commit.sys_id, {}).setdefault(column, old)
        for sys_id, row in list(self.sn.store.rows(self.of).by_id.items()):
            self.sn.store.change(self.of, sys_id, {**original.get(sys_id, {}), **self._older(row)})
        if self.secrets_too:
            self._lose_secrets()
        if self.instance_name:
            self.sn.world.set_property("instance_name", self.instance_name)

    def _older(self, row: Row) -> Row:
        stamp = from_wire(row["sys_updated_on"]) or self.sn.world.now()
        return {
            "sys_mod_count": "0",
            "sys_updated_on": wire(stamp - timedelta(days=self.days)),
            "sys_updated_by": "admin",
        }

    def _lose_secrets(self) -> None:
        self.sn.oauth.revoke()
        self.sn.sessions.end_all()
        self.sn.users.api_keys.clear()
        for client in self.sn.oauth.clients.values():
            client.secret = secrets.token_urlsafe(12)
        for user in list(self.sn.users):
            self.sn.users.change(user.user_name, password=secrets.token_urlsafe(12))


@dataclass
class TableGone(Fault):
    """49: the table is closed to web services, or has another name now and is nowhere to be found."""

    number: ClassVar[int] = 49
    name: ClassVar[str] = "table_gone"
    meaning: ClassVar[str] = "The table was renamed, or closed to access from outside."
    kind: Literal["not_web_enabled", "renamed"] = "not_web_enabled"
    of: str = STATEMENTS

    def switch_on(self) -> None:
        """Close the table's switch."""
        self._web_access(self.kind != "not_web_enabled")

    def switch_off(self) -> None:
        """Open it."""
        self._web_access(True)

    def _web_access(self, on: bool) -> None:
        self.sn.schema.tables[self.of].web_access = on
        self.sn.world.describe()

    async def serve(self, exchange: Exchange) -> Answer | None:
        """Refuse the old name."""
        if exchange.table != self.of:
            return None
        refusal = not_web_enabled if self.kind == "not_web_enabled" else invalid_table
        return refusal(self.of).answer

    def rows(self, exchange: Exchange, rows: list[Row]) -> list[Row]:
        """Take the old name out of the metadata as well."""
        if self.kind != "renamed" or exchange.table not in {"sys_db_object", "sys_dictionary"}:
            return rows
        return [row for row in rows if row.get("name") != self.of]


@dataclass
class HiddenRows(Fault):
    """50: rows belong to another domain (they are not there for us), or to another scope (we may not write them)."""

    number: ClassVar[int] = 50
    name: ClassVar[str] = "hidden_rows"
    meaning: ClassVar[str] = "Records belong to another domain or scope: we cannot see them, or not write them."
    kind: Literal["domain", "scope"] = "domain"
    sys_ids: tuple[str, ...] = ()
    of: str = STATEMENTS

    def switch_on(self) -> None:
        """Hide the rows."""
        if self.kind == "domain":
            self.sn.access.hidden_rows |= {(self.of, sys_id) for sys_id in self.sys_ids}

    def switch_off(self) -> None:
        """Show them."""
        self.sn.access.hidden_rows -= {(self.of, sys_id) for sys_id in self.sys_ids}

    async def load(self, exchange: Exchange, write: Write) -> None:  # noqa: ARG002
        """Refuse a write into another scope."""
        if self.kind == "scope" and write.sys_id in self.sys_ids:
            raise write_denied()


FAULTS: list[type[Fault]] = [AuditTrouble, Clone, TableGone, HiddenRows]

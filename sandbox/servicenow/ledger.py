"""Saving: what one update does to a row, its counters, its audit and the log of commits."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from .behaviour import Behaviour
from .errors import Refusal, no_record
from .records import World
from .sanitizer import sanitized
from .schema import JOURNAL_TYPES
from .store import Row
from .times import wire

# Columns the platform keeps itself; the four stamps may be forged by a writer where the instance allows it.
FORGEABLE = {"sys_updated_on", "sys_updated_by", "sys_created_on", "sys_created_by"}


@dataclass(frozen=True)
class Commit:
    """One change that reached the database. `changes` holds what was truly replaced and what is stored now."""

    at: datetime
    table: str
    sys_id: str
    changes: dict[str, tuple[str, str]]
    by: str
    source: str  # "rest", "ui" or "rule"
    mod_count: int
    request_id: str
    action: str  # "insert", "update" or "delete"


@dataclass
class Write:
    """One save on its way: the row as it was loaded, and the values to set."""

    table: str
    sys_id: str
    loaded: Row
    values: Row
    by: str
    source: str = "rest"
    request_id: str = ""
    stamps: bool = True


@dataclass
class Ledger:
    """Applies writes and keeps the log. `watchers` are called with each commit, after it."""

    world: World
    behaviour: Behaviour
    log: list[Commit] = field(default_factory=list)
    watchers: list[Callable[[Commit], None]] = field(default_factory=list)
    # Called with the write, the row it meets, and what it replaces there; notes that in the audit.
    audit: Callable[[Write, Row, dict[str, tuple[str, str]]], None] | None = None

    def load(self, table: str, sys_id: str) -> Write:
        """A write of nothing yet, on the row as it is now; raises KeyError when there is none."""
        row = self.world.store.find(table, sys_id)
        if row is None:
            raise KeyError(f"{table} {sys_id}")
        return Write(row.get("sys_class_name") or table, sys_id, dict(row), {}, by="")

    def commit(self, write: Write) -> Commit | None:
        """Save the write, and give back its commit; None where it changed nothing. Refuses as the instance does."""
        values = self._as_stored(write)
        forged = {name: values.pop(name) for name in list(values) if name in FORGEABLE}
        changed = {name: value for name, value in values.items() if write.loaded.get(name, "") != value}
        if not changed and not forged and not self.behaviour.noop_bumps:
            return None
        current = self.world.store.find(write.table, write.sys_id)
        if current is None:
            return self._written_after_delete(write, changed)
        # The log tells what was replaced in truth, even where a racer never saw it.
        replaced = {name: (current.get(name, ""), value) for name, value in changed.items()}
        stamps = self._stamps(write, current) if write.stamps else {}
        if self.audit:
            self.audit(write, current, replaced)
        self.world.store.change(write.table, write.sys_id, {**changed, **stamps, **forged})
        return self._log(write, replaced, "update")

    def insert(self, write: Write) -> Commit:
        """Save a new row; raises ValueError when its sys_id is taken."""
        values = self._as_stored(write)
        row = self.world.row(write.table, {**values, "sys_id": write.sys_id}, by=write.by)
        self.world.store.put(write.table, row)
        return self._log(write, {name: ("", value) for name, value in values.items()}, "insert")

    def delete(self, write: Write) -> Commit:
        """Take the row away; raises KeyError when it is gone already."""
        row = self.world.store.remove(write.table, write.sys_id)
        lost = {name: (value, "") for name, value in row.items() if value and not name.startswith("sys_")}
        return self._log(write, lost, "delete", mod_count=int(row["sys_mod_count"]))

    def _written_after_delete(self, write: Write, changed: Row) -> Commit:
        if not self.behaviour.update_recreates:
            raise no_record()
        kept = {name: value for name, value in write.loaded.items() if not name.startswith("sys_")}
        write.values = {**kept, **changed}
        return self.insert(write)

    def _stamps(self, write: Write, current: Row) -> Row:
        base = write.loaded if self.behaviour.mod_count_from == "loaded" else current
        return {
            "sys_mod_count": str(int(base.get("sys_mod_count") or "0") + 1),
            "sys_updated_on": wire(self.world.now()),
            "sys_updated_by": write.by,
        }

    def _as_stored(self, write: Write) -> Row:
        columns = self.world.schema.columns(write.table)
        stored = {}
        for name, sent in write.values.items():
            column, value = columns[name], sent
            if column.type in {"html", "translated_html"}:
                value = sanitized(value, self.behaviour.sanitize, column.attributes)
            if column.type in JOURNAL_TYPES:
                value = self._appended(write, name, column.label, value)
            elif column.type != "integer" and len(value) > column.max_length:
                value = self._shortened(value, name, column.max_length)
            stored[name] = value
        return stored

    def _appended(self, write: Write, name: str, label: str, value: str) -> str:
        before = write.loaded.get(name, "")
        if not value:
            return before
        entry = f"{wire(self.world.now())} - {write.by} ({label})\n{value}"
        return f"{entry}\n\n{before}" if before else entry

    def _shortened(self, value: str, name: str, length: int) -> str:
        if self.behaviour.over_length == "keep":
            return value
        if self.behaviour.over_length == "cut":
            return value[:length]
        detail = f"Value of {name} exceeds the maximum length of {length}"
        raise Refusal(int(self.behaviour.over_length), "Operation Failed", detail)

    def _log(
        self, write: Write, changes: dict[str, tuple[str, str]], action: str, mod_count: int | None = None
    ) -> Commit:
        if mod_count is None:
            mod_count = int(self.world.store.rows(write.table).by_id[write.sys_id]["sys_mod_count"])
        at = self.world.now()
        commit = Commit(
            at, write.table, write.sys_id, changes, write.by, write.source, mod_count, write.request_id, action
        )
        self.log.append(commit)
        for watch in list(self.watchers):
            watch(commit)
        return commit

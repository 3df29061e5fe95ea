"""Records as the page shows them: a list to search, and one with its fields, history and audit."""

import re
from html import unescape
from typing import Any

from ..instance import Instance
from ..ledger import Commit
from ..query import getter
from ..store import Row
from ..tables import STATEMENT_FIELD, STATEMENTS, SYSTEMS

EXCERPT = 160
_TAG = re.compile(r"<[^>]*>")


def plain(html: str) -> str:
    """The words of a text, on one line."""
    return " ".join(unescape(_TAG.sub(" ", html)).split())


class Records:
    """Finds statements and describes them."""

    def __init__(self, sn: Instance) -> None:
        self._sn = sn
        self._control = getter(sn.store, STATEMENTS, "control.number")
        self._name = getter(sn.store, STATEMENTS, "control.name")
        self._system = getter(sn.store, STATEMENTS, "control.system.name")

    def systems(self) -> list[dict[str, Any]]:
        """The systems by name, each with how many statements it has."""
        counts: dict[str, int] = {}
        for row in self._sn.store.rows(STATEMENTS).by_id.values():
            name = self._read(self._system, row)
            counts[name] = counts.get(name, 0) + 1
        rows = sorted(self._sn.store.rows(SYSTEMS).by_id.values(), key=lambda row: row["name"])
        return [
            {"name": row["name"], "about": row.get("description", ""), "statements": counts.get(row["name"], 0)}
            for row in rows
        ]

    def find(self, words: str, system: str, *, offset: int, limit: int) -> dict[str, Any]:
        """The statements whose number, control or text holds all of `words`, by system and control."""
        wanted = words.lower().split()
        found = [row for row in self._sn.store.rows(STATEMENTS).by_id.values() if self._fits(row, wanted, system)]
        found.sort(key=self._order)
        return {"total": len(found), "records": [self.summary(row) for row in found[offset : offset + limit]]}

    def _fits(self, row: Row, wanted: list[str], system: str) -> bool:
        if system and self._read(self._system, row) != system:
            return False
        if not wanted:
            return True
        heads = (row.get("number", ""), self._read(self._control, row), self._read(self._name, row))
        text = " ".join((*heads, self._read(self._system, row), plain(row.get(STATEMENT_FIELD, "")))).lower()
        return all(word in text for word in wanted)

    def _order(self, row: Row) -> tuple[str, list[tuple[int, str]]]:
        """By system, then by control as people count: AC-2 before AC-2(1) before AC-10."""
        parts = re.findall(r"\d+|\D+", self._read(self._control, row))
        numbered = [(int(part), "") if part.isdigit() else (-1, part) for part in parts]
        return self._read(self._system, row), numbered

    @staticmethod
    def _read(read: Any, row: Row) -> str:
        return read(row) if read else ""

    def summary(self, row: Row) -> dict[str, Any]:
        """One statement in a line."""
        return {
            "table": row["sys_class_name"],
            "sys_id": row["sys_id"],
            "number": row.get("number", ""),
            "control": self._read(self._control, row),
            "control_name": self._read(self._name, row),
            "system": self._read(self._system, row),
            "state": row.get("state", ""),
            "excerpt": plain(row.get(STATEMENT_FIELD, ""))[:EXCERPT],
            "mod_count": int(row["sys_mod_count"]),
            "updated_on": row["sys_updated_on"],
            "updated_by": row["sys_updated_by"],
        }

    def one(self, sys_id: str) -> dict[str, Any] | None:
        """Everything about one statement, or None."""
        row = self._sn.store.find(STATEMENTS, sys_id)
        if row is None:
            return None
        table = row["sys_class_name"]
        history = [described(commit) for commit in reversed(self._sn.history(table, sys_id))]
        return {
            "record": self.summary(row),
            "text": row.get(STATEMENT_FIELD, ""),
            "field": STATEMENT_FIELD,
            "fields": [
                {
                    "element": column.element,
                    "label": column.label,
                    "type": column.type,
                    "value": self._shown(row, column),
                }
                for column in self._sn.schema.columns(table).values()
            ],
            "history": history,
            "audited": self._sn.auditing.is_on(table),
            "audit": [_audit(entry) for entry in self._sn.store.rows("sys_audit").with_value(sys_id)][::-1],
        }

    def _shown(self, row: Row, column: Any) -> str:
        value = row.get(column.element, "")
        if not column.reference or not value:
            return value
        target = self._sn.store.find(column.reference, value) or {}
        return target.get(self._sn.schema.display_column(column.reference), value)


def described(commit: Commit) -> dict[str, Any]:
    """A commit for the page; times are RFC 3339 in UTC."""
    return {
        "at": commit.at.isoformat(timespec="milliseconds"),
        "table": commit.table,
        "sys_id": commit.sys_id,
        "action": commit.action,
        "by": commit.by,
        "source": commit.source,
        "mod_count": commit.mod_count,
        "changes": [{"field": name, "old": old, "new": new} for name, (old, new) in commit.changes.items()],
    }


def _audit(row: Row) -> dict[str, str]:
    return {
        name: row.get(name, "")
        for name in ("sys_created_on", "user", "fieldname", "oldvalue", "newvalue", "record_checkpoint")
    }

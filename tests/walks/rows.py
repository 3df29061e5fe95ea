"""What stands in the database, read past the product: the walks must not judge it by its own queries."""

import datetime as dt
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Texts:
    """What a request would send for one statement, and what it means to replace."""

    sent: str
    replaced: str


@dataclass(frozen=True)
class Asked:
    """A request as it stands. `content` is what would be pushed, by sys_id; `frozen_at` when that was fixed."""

    id: str
    number: int
    state: str
    digest: str
    requester: str
    frozen_at: dt.datetime | None
    version: int
    drawn_version: int
    channel: str
    ts: str
    content: Mapping[str, Texts]


@dataclass(frozen=True)
class Clash:
    """A conflict as it stands; `message` is where it was drawn last, as channel and stamp."""

    id: str
    sys_id: str
    revision: int
    is_open: bool
    choice: str | None
    remote: str
    messages: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Held:
    """A statement as it stands."""

    sys_id: str
    baseline: str
    local: str | None


@dataclass(frozen=True)
class Rows:
    """Everything the walks look at, at one moment."""

    asked: Mapping[str, Asked]
    clashes: Mapping[str, Clash]
    held: Mapping[str, Held]
    under_way: frozenset[str]
    is_paused: bool
    is_pushing: bool


class Reader:
    """Reads the SQLite file of one example."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.row_factory = sqlite3.Row

    def close(self) -> None:
        self._connection.close()

    def all(self, query: str, *values: Any) -> list[sqlite3.Row]:
        return self._connection.execute(query, values).fetchall()

    def is_paused(self) -> bool:
        return any(row["is_on"] for row in self.all("SELECT is_on FROM switches"))

    def is_pushing(self) -> bool:
        """Whether a released job has not ended."""
        return bool(
            self.all(
                "SELECT 1 FROM push_jobs j JOIN push_requests r ON r.id = j.request_id WHERE j.released_at IS NOT NULL"
                " AND j.state IN ('pending', 'running') AND r.state = 'pushing'"
            )
        )

    def outcomes(self, request: str = "") -> list[sqlite3.Row]:
        """Every statement that has an outcome, of one request or all: sys_id, outcome, what was to be sent."""
        return self.all(
            "SELECT s.sn_sys_id, p.outcome, i.local_content FROM push_items p JOIN statements s ON s.id = p.statement_id"
            " JOIN push_request_items i ON i.id = p.request_item_id"
            " WHERE p.outcome IS NOT NULL AND ? IN ('', i.request_id)",
            request,
        )

    def now(self) -> Rows:
        return Rows(
            asked={row["id"]: self._asked(row) for row in self.all(_REQUESTS)},
            clashes={row["id"]: self._clash(row) for row in self.all(_CONFLICTS)},
            held={
                row["sn_sys_id"]: Held(row["sn_sys_id"], row["content"], row["local_content"])
                for row in self.all("SELECT sn_sys_id, content, local_content FROM statements")
            },
            under_way=frozenset(
                row["sn_sys_id"]
                for row in self.all(
                    "SELECT s.sn_sys_id FROM push_items p JOIN statements s ON s.id = p.statement_id WHERE p.state = 'sending'"
                )
            ),
            is_paused=self.is_paused(),
            is_pushing=self.is_pushing(),
        )

    def _asked(self, row: sqlite3.Row) -> Asked:
        items = self.all(_ITEMS, row["id"])
        return Asked(
            id=row["id"],
            number=row["number"],
            state=row["state"],
            digest=row["content_digest"],
            requester=row["slack_user_id"],
            frozen_at=_instant(row["frozen_at"]),
            version=row["version"],
            drawn_version=row["drawn_version"] or 0,
            channel=row["place"] or "",
            ts=row["ts"] or "",
            content={item["sn_sys_id"]: Texts(item["local_content"], item["remote_content"]) for item in items},
        )

    def _clash(self, row: sqlite3.Row) -> Clash:
        places = self.all("SELECT channel, ts FROM slack_messages WHERE entity_id = ? AND ts <> ''", row["id"])
        return Clash(
            id=row["id"],
            sys_id=row["sn_sys_id"],
            revision=row["revision"],
            is_open=bool(row["is_open"]),
            choice=row["choice"],
            remote=row["remote_content"],
            messages=tuple((place["channel"], place["ts"]) for place in places),
        )


_REQUESTS = """
    SELECT r.*, p.slack_user_id, m.drawn_version, m.channel AS place, m.ts FROM push_requests r
    JOIN people p ON p.id = r.requested_by
    LEFT JOIN slack_messages m ON m.kind = 'request' AND m.entity_id = r.id
    WHERE r.number IS NOT NULL ORDER BY r.number
"""
_ITEMS = """
    SELECT s.sn_sys_id, i.local_content, i.remote_content FROM push_request_items i
    JOIN statements s ON s.id = i.statement_id WHERE i.request_id = ? AND i.readiness = 'ready' ORDER BY i.position
"""
_CONFLICTS = "SELECT c.*, s.sn_sys_id FROM conflicts c JOIN statements s ON s.id = c.statement_id"


def _instant(stored: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(stored).replace(tzinfo=dt.UTC) if stored else None

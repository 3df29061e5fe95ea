"""ServiceNow's own audit of our field: who changed it, from what to what."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.domain.evidence import Save
from core.errors import RemoteForbidden, RemoteMalformed, RemoteRefusedRequest, RemoteSignInFailed
from core.servicenow import queries
from core.servicenow.reading import Listing, Reading
from core.servicenow.records import parse_time, plain

_COLUMNS = ("documentkey", "fieldname", "oldvalue", "newvalue", "user", "sys_created_on", "record_checkpoint")
_SAVE_COLUMNS = ("documentkey", "user", "sys_created_on", "record_checkpoint")
_MOST_SAVES = 100
_FIRST_LIMIT = 20
_LARGEST_LIMIT = 1_000


@dataclass(frozen=True)
class AuditRow:
    """One change of the field. `checkpoint` is the record's update count after it, None when it is not told."""

    user: str
    old_text: str
    new_text: str
    created_on: dt.datetime
    checkpoint: int | None = None


class Audit:
    """Reads `sys_audit`."""

    def __init__(self, reading: Reading, field: str) -> None:
        """Look only at changes of `field`."""
        self._reading = reading
        self._field = field

    async def rows(self, table: str, sys_id: str, since: dt.datetime) -> list[AuditRow] | None:
        """The changes of the record's field at or after `since`, oldest first; None when they cannot be read.

        The newest are asked for and the time is compared here: ServiceNow may take a time in a filter to be in the
        account's zone. More are asked for only when all of them are recent.
        """
        limit = _FIRST_LIMIT
        while True:
            listing = await self._listing(table, sys_id, limit)
            if listing is None or (not listing.rows and listing.total):
                return None  # rows are counted and not shown: access is by row, and not ours
            found = [self._row(row, sys_id) for row in listing.rows]
            if any(row is None for row in found):
                return None
            recent = [row for row in found if row is not None and row.created_on >= since]
            if len(recent) < limit or limit == _LARGEST_LIMIT:
                return sorted(recent, key=lambda row: (row.created_on, row.checkpoint or 0))
            limit = _LARGEST_LIMIT

    async def saves(self, table: str, sys_id: str, since: dt.datetime) -> list[Save]:
        """The audited saves of the record at or after `since`, whichever column they changed.

        Empty also when they cannot be read: nothing is explained by them then.
        """
        listing = await self._asked(table, sys_id, _SAVE_COLUMNS, _MOST_SAVES)
        found = []
        for row in listing.rows if listing is not None else ():
            at = parse_time(plain(row.get("sys_created_on")))
            if plain(row.get("documentkey")) == sys_id and at is not None and at >= since:
                found.append(Save(plain(row.get("user")), at, _count(plain(row.get("record_checkpoint")))))
        return found

    async def is_readable(self, table: str, sys_id: str) -> bool:
        """Whether rows of this record may be read, as far as can be told without one."""
        listing = await self._listing(table, sys_id, 1)
        return listing is not None and not (listing.total and not listing.rows)

    async def _listing(self, table: str, sys_id: str, limit: int) -> Listing | None:
        return await self._asked(table, sys_id, _COLUMNS, limit, queries.term("fieldname", "=", self._field))

    async def _asked(self, table: str, sys_id: str, columns: tuple[str, ...], limit: int, *more: str) -> Listing | None:
        # Table and record are always named because the audit is huge and only indexed by them.
        conditions = (queries.term("tablename", "=", table), queries.term("documentkey", "=", queries.sys_id(sys_id)))
        params = {
            "sysparm_query": queries.all_of(*conditions, *more, "ORDERBYDESCsys_created_on"),
            "sysparm_fields": ",".join(columns),
            "sysparm_limit": str(limit),
        }
        try:
            return await self._reading.rows("sys_audit", params, is_side_read=True)
        except (RemoteForbidden, RemoteRefusedRequest, RemoteSignInFailed):
            return None

    def _row(self, row: Mapping[str, Any], sys_id: str) -> AuditRow | None:
        """The change a row tells; None when a column that matters is hidden."""
        if any(column not in row for column in _COLUMNS[:-1]):
            return None
        values = {column: plain(row.get(column)) for column in _COLUMNS}
        if values["documentkey"] != sys_id or values["fieldname"] != self._field:
            raise RemoteMalformed("ServiceNow's audit answered with rows of another record or field.")
        created_on = parse_time(values["sys_created_on"])
        if created_on is None:
            return None
        checkpoint = values["record_checkpoint"]
        return AuditRow(
            user=values["user"],
            old_text=values["oldvalue"],
            new_text=values["newvalue"],
            created_on=created_on,
            checkpoint=_count(checkpoint),
        )


def _count(checkpoint: str) -> int | None:
    return int(checkpoint) if checkpoint.isascii() and checkpoint.isdigit() else None

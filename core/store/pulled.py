"""A page of a pull in the tables: looked up, inserted and taken over with a few queries for all of its records together.

These rows do not go through the session: making an object of each of fifty thousand, and finding out what changed about
it, takes several times as long as storing it.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Table, TextClause, bindparam, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.statement import RemoteVersion, SyncStatus
from core.store.json_rows import is_one_of, packed, unpacked
from core.store.list_keys import list_key, searched_names
from core.store.tables import ControlRow, StatementRow, SystemRow
from core.text.content import TextKind

_SYSTEMS: Table = SystemRow.__table__  # type: ignore[attr-defined]
_CONTROLS: Table = ControlRow.__table__  # type: ignore[attr-defined]
_STATEMENTS: Table = StatementRow.__table__  # type: ignore[attr-defined]
# Somebody may have edited or pushed the statement since it was looked at: then it stays as it is.
_TAKE_OVER = (
    update(_STATEMENTS)
    .where(_STATEMENTS.c.id == bindparam("held_id"), _STATEMENTS.c.row_version == bindparam("held_row_version"))
    .values(row_version=_STATEMENTS.c.row_version + 1)
)
# Inserts of new records, with the control and system of each. All are from rows in JSON, so that a page is a few turns of the
# database whatever it holds. `CROSS JOIN` and `WHERE true` are for SQLite: it would go through all controls otherwise, and take
# what follows for part of the join.
_SYSTEM = {"id": _SYSTEMS.c.id.type, "name": _SYSTEMS.c.name.type}
_CONTROL = {
    "id": _CONTROLS.c.id.type, "system": _SYSTEMS.c.name.type, "number": _CONTROLS.c.number.type,
    "name": _CONTROLS.c.name.type, "searched": _STATEMENTS.c.searched_names.type,
}  # fmt: skip
_OWN = (
    "id", "sn_sys_id", "list_key", "searched_names", "content", "sn_mod_count", "sn_updated_on", "sn_updated_by", "sn_created_on",
)  # fmt: skip
_STATEMENT = {
    "system": _SYSTEMS.c.name.type,
    "number": _CONTROLS.c.number.type,
    **{name: _STATEMENTS.c[name].type for name in _OWN},
}
_ADD_SYSTEMS = (
    "INSERT INTO systems (id, name) SELECT id, name FROM ({rows}) AS new WHERE true ON CONFLICT (name) DO NOTHING"
)
_RENAMED = """
    SELECT controls.id AS renamed_id, new.searched AS new_searched
    FROM ({rows}) AS new CROSS JOIN systems CROSS JOIN controls
    WHERE systems.name = new.system AND controls.system_id = systems.id AND controls.number = new.number
    AND new.name <> '' AND controls.name <> new.name
"""
_SEARCH_RENAMED = (
    update(_STATEMENTS)
    .where(_STATEMENTS.c.control_id == bindparam("renamed_id"))
    .values(searched_names=bindparam("new_searched"))
)
_ADD_CONTROLS = """
    INSERT INTO controls (id, system_id, number, name)
    SELECT new.id, systems.id, new.number, new.name FROM ({rows}) AS new CROSS JOIN systems WHERE systems.name = new.system
    ON CONFLICT (system_id, number) DO UPDATE SET name = excluded.name
    WHERE excluded.name <> '' AND controls.name <> excluded.name
"""
_PLACE = """
    UPDATE statements SET list_key = :list_key, searched_names = :searched_names, control_id = (
        SELECT controls.id FROM controls JOIN systems ON systems.id = controls.system_id
        WHERE systems.name = :system AND controls.number = :number
    )
    WHERE sn_sys_id = :sn_sys_id
"""
_ADD_STATEMENTS = """
    INSERT INTO statements (
        control_id, id, sn_sys_id, list_key, searched_names, content, sn_mod_count, sn_updated_on, sn_updated_by, sn_created_on,
        kind, sync_status, is_modified, pulled_at, row_version
    )
    SELECT
        controls.id, new.id, new.sn_sys_id, new.list_key, new.searched_names,
        new.content, new.sn_mod_count, new.sn_updated_on, new.sn_updated_by, new.sn_created_on,
        :kind, :sync_status, :is_modified, :pulled_at, 1
    FROM ({rows}) AS new CROSS JOIN systems CROSS JOIN controls
    WHERE systems.name = new.system AND controls.system_id = systems.id AND controls.number = new.number
    ON CONFLICT (sn_sys_id) DO NOTHING
"""


class Held(NamedTuple):
    """What a pull needs to know of a statement that we have."""

    sn_sys_id: str
    id: uuid.UUID
    content: str
    sn_mod_count: int
    sn_created_on: dt.datetime | None
    is_modified: bool
    sync_status: str
    row_version: int
    list_key: str
    searched_names: str

    def is_displaced(self, version: RemoteVersion) -> bool:
        """Whether the record belongs to another control or system now, or its control has another name.

        Names that are not told say nothing: the reader may have lost the right to see them.
        """
        if not (version.system_name and version.control_number):
            return False
        place = _place_of(version)
        is_renamed = version.control_name and self.searched_names != searched_names(*place, version.control_name)
        return self.list_key != list_key(*place) or bool(is_renamed)


async def held_by_sys_id(tx: AsyncSession, sys_ids: Iterable[str]) -> dict[str, Held]:
    """What we have of these ServiceNow records."""
    columns = [_STATEMENTS.c[name] for name in Held._fields]
    query = select(*columns).where(is_one_of(_STATEMENTS.c.sn_sys_id, sys_ids))
    return {row[0]: Held._make(row) for row in await (await tx.connection()).execute(query)}


async def take_over(tx: AsyncSession, moved: Sequence[tuple[Held, RemoteVersion]]) -> int:
    """Make these versions the baselines of statements without a local edit; gives back of how many.

    A statement that changed since it was looked at is left as it is.
    """
    if not moved:
        return 0
    rows = [
        {
            "held_id": held.id,
            "held_row_version": held.row_version,
            "content_token": None,
            **_baseline(version),
            "sn_created_on": version.stamp.created_on or held.sn_created_on,
        }
        for held, version in moved
    ]
    done = await (await tx.connection()).execute(_TAKE_OVER, rows)
    return done.rowcount


@dataclass(frozen=True)
class Arrivals:
    """Records that are new, or new where they are, packed so that a few statements store all of them with controls and systems."""

    versions: Sequence[RemoteVersion]
    systems: str
    controls: str
    statements: str

    @classmethod
    def of(cls, versions: Sequence[RemoteVersion], new_id: Callable[[], uuid.UUID]) -> "Arrivals":
        """Pack these records; where two of them name a control differently, the first one counts."""
        places: dict[tuple[str, str], tuple[str, str]] = {}
        statements = []
        for version in versions:
            place, stamp = _place_of(version), version.stamp
            if place not in places:
                places[place] = version.control_name, searched_names(*place, version.control_name)
            statements.append((
                *place, new_id(), version.sys_id, list_key(*place), places[place][1], version.text,
                stamp.mod_count, stamp.updated_on, stamp.updated_by, stamp.created_on,
            ))  # fmt: skip
        return cls(
            versions,
            packed((new_id(), system) for system in sorted({system for system, _ in places})),
            packed((new_id(), *place, *names) for place, names in places.items()),
            packed(statements),
        )

    async def insert(self, tx: AsyncSession, kind: TextKind, now: dt.datetime) -> int:
        """Insert them, but those that have come meanwhile; gives back how many. The names of controls follow ServiceNow's."""
        if not self.versions:
            return 0
        await self._add_places(tx)
        same = {"kind": kind.value, "sync_status": SyncStatus.SYNCED.value, "is_modified": False, "pulled_at": now}
        connection = await tx.connection()
        added = _prepared(connection, _ADD_STATEMENTS, _STATEMENT).bindparams(
            *(bindparam(name, type_=_STATEMENTS.c[name].type) for name in same)
        )
        return (await connection.execute(added, {"rows": self.statements, **same})).rowcount

    async def place(self, tx: AsyncSession) -> None:
        """Move those that we have to the controls and systems that they belong to now; their texts stay as they are."""
        if not self.versions:
            return
        await self._add_places(tx)
        places = [
            {
                "sn_sys_id": version.sys_id,
                "system": place[0],
                "number": place[1],
                "list_key": list_key(*place),
                "searched_names": searched_names(*place, version.control_name),
            }
            for version in self.versions
            for place in (_place_of(version),)
        ]
        await (await tx.connection()).execute(text(_PLACE), places)

    async def _add_places(self, tx: AsyncSession) -> None:
        """Make the systems and controls that we do not have, and give the others their present names."""
        connection = await tx.connection()
        await connection.execute(_prepared(connection, _ADD_SYSTEMS, _SYSTEM), {"rows": self.systems})
        renamed = _prepared(connection, _RENAMED, _CONTROL).columns(renamed_id=_CONTROLS.c.id.type)
        if found := (await connection.execute(renamed, {"rows": self.controls})).mappings().all():
            await connection.execute(_SEARCH_RENAMED, [dict(row) for row in found])
        await connection.execute(_prepared(connection, _ADD_CONTROLS, _CONTROL), {"rows": self.controls})


def _prepared(connection: AsyncConnection, query: str, columns: Mapping[str, TypeEngine[Any]]) -> TextClause:
    return text(query.format(rows=unpacked(columns, connection.dialect)))


def _place_of(version: RemoteVersion) -> tuple[str, str]:
    """The names of the system and of the control."""
    return version.system_name or "(no system)", version.control_number or version.sys_id


def _baseline(version: RemoteVersion) -> dict[str, Any]:
    return {
        "content": version.text,
        "sn_mod_count": version.stamp.mod_count,
        "sn_updated_on": version.stamp.updated_on,
        "sn_updated_by": version.stamp.updated_by,
        "sn_created_on": version.stamp.created_on,
        "sync_status": SyncStatus.SYNCED.value,
    }

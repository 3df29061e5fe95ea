"""A page of a pull in the tables: looked up, inserted and taken over with a few queries for all of its records together.

These rows do not go through the session: making an object of each of fifty thousand, and finding out what changed about
it, takes several times as long as storing it.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Table, bindparam, insert, select, text, update
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.statement import RemoteVersion, SyncStatus
from core.store.list_keys import list_key, searched_names
from core.store.parts import in_parts
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
_RENAME = update(_CONTROLS).where(_CONTROLS.c.id == bindparam("renamed_id")).values(name=bindparam("new_name"))
_SEARCH_RENAMED = (
    update(_STATEMENTS)
    .where(_STATEMENTS.c.control_id == bindparam("renamed_id"))
    .values(searched_names=bindparam("new_searched"))
)
# The controls of so many pairs of system and number. As a join, because SQLite uses no index for an `IN` of pairs; and in
# words, because SQLAlchemy would put a list of values together anew each time, which takes longer than the query.
_PAIRS = 250
_WANTED = ", ".join(f"(:s{at}, :n{at})" for at in range(_PAIRS))
_CONTROLS_AT = (
    text(
        f"WITH wanted (system_id, number) AS (VALUES {_WANTED}) "  # noqa: S608 -- names of parameters, no values
        "SELECT controls.system_id, controls.number, controls.id, controls.name FROM wanted JOIN controls "
        "ON controls.system_id = wanted.system_id AND controls.number = wanted.number"
    )
    .bindparams(*(bindparam(f"s{at}", type_=_CONTROLS.c.system_id.type) for at in range(_PAIRS)))
    .bindparams(*(bindparam(f"n{at}", type_=_CONTROLS.c.number.type) for at in range(_PAIRS)))
    .columns(_CONTROLS.c.system_id, _CONTROLS.c.number, _CONTROLS.c.id, _CONTROLS.c.name)
)


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


async def held_by_sys_id(tx: AsyncSession, sys_ids: Iterable[str]) -> dict[str, Held]:
    """What we have of these ServiceNow records."""
    wanted, found = list(sys_ids), {}
    columns = [_STATEMENTS.c[name] for name in Held._fields]
    connection = await tx.connection()
    for part in in_parts(wanted):
        query = select(*columns).where(_STATEMENTS.c.sn_sys_id.in_(part))
        found.update({row[0]: Held._make(row) for row in await connection.execute(query)})
    return found


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
class Newcomers:
    """Records that we do not have: rows for them, each with its control and system, which are made where they are new."""

    tx: AsyncSession
    kind: TextKind
    at: dt.datetime
    new_id: Callable[[], uuid.UUID]

    async def insert(self, versions: Sequence[RemoteVersion]) -> None:
        """Insert these records; the names of their controls follow ServiceNow's."""
        if not versions:
            return
        systems = await self._systems({_system_of(version) for version in versions})
        places = [(systems[_system_of(version)], _number_of(version)) for version in versions]
        names: dict[tuple[uuid.UUID, str], str] = {}
        for place, version in zip(places, versions, strict=True):
            names.setdefault(place, version.control_name)
        controls = await self._controls(names, {system_id: name for name, system_id in systems.items()})
        await self._execute(
            insert(_STATEMENTS),
            [self._row(version, controls[place]) for place, version in zip(places, versions, strict=True)],
        )

    def _row(self, version: RemoteVersion, control_id: uuid.UUID) -> dict[str, Any]:
        return {
            "id": self.new_id(),
            "sn_sys_id": version.sys_id,
            "control_id": control_id,
            "list_key": list_key(_system_of(version), _number_of(version)),
            "searched_names": searched_names(_system_of(version), _number_of(version), version.control_name),
            "kind": self.kind.value,
            **_baseline(version),
            "is_modified": False,
            "pulled_at": self.at,
            "row_version": 1,
        }

    async def _systems(self, names: set[str]) -> dict[str, uuid.UUID]:
        query = select(_SYSTEMS.c.name, _SYSTEMS.c.id).where(_SYSTEMS.c.name.in_(sorted(names)))
        rows = await (await self.tx.connection()).execute(query)
        found: dict[str, uuid.UUID] = {row.name: row.id for row in rows}
        made = {name: self.new_id() for name in sorted(names - found.keys())}
        await self._execute(insert(_SYSTEMS), [{"id": made[name], "name": name} for name in made])
        return found | made

    async def _controls(
        self, names: dict[tuple[uuid.UUID, str], str], systems: dict[uuid.UUID, str]
    ) -> dict[tuple[uuid.UUID, str], uuid.UUID]:
        """The id of the control of each (system, number), which gets this name."""
        found, renamed = {}, []
        wanted, connection = list(names), await self.tx.connection()
        for start in range(0, len(wanted), _PAIRS):
            for row in await connection.execute(_CONTROLS_AT, _at_places(wanted[start : start + _PAIRS])):
                place = row.system_id, row.number
                found[place] = row.id
                if row.name != names[place]:
                    searched = searched_names(systems[row.system_id], row.number, names[place])
                    renamed.append({"renamed_id": row.id, "new_name": names[place], "new_searched": searched})
        await self._execute(_RENAME, renamed)
        await self._execute(_SEARCH_RENAMED, renamed)
        made = {place: self.new_id() for place in wanted if place not in found}
        rows = [
            {"id": control_id, "system_id": system_id, "number": number, "name": names[system_id, number]}
            for (system_id, number), control_id in made.items()
        ]
        await self._execute(insert(_CONTROLS), rows)
        return found | made

    async def _execute(self, query: Any, rows: list[dict[str, Any]]) -> None:
        if rows:
            await (await self.tx.connection()).execute(query, rows)


def _at_places(places: Sequence[tuple[uuid.UUID, str]]) -> dict[str, Any]:
    """The parameters of `_CONTROLS_AT`; what is left of its pairs repeats the last one."""
    padded = [*places, *[places[-1]] * (_PAIRS - len(places))]
    return {f"{name}{at}": value for at, pair in enumerate(padded) for name, value in zip("sn", pair, strict=True)}


def _number_of(version: RemoteVersion) -> str:
    return version.control_number or version.sys_id


def _system_of(version: RemoteVersion) -> str:
    return version.system_name or "(no system)"


def _baseline(version: RemoteVersion) -> dict[str, Any]:
    return {
        "content": version.text,
        "sn_mod_count": version.stamp.mod_count,
        "sn_updated_on": version.stamp.updated_on,
        "sn_updated_by": version.stamp.updated_by,
        "sn_created_on": version.stamp.created_on,
        "sync_status": SyncStatus.SYNCED.value,
    }

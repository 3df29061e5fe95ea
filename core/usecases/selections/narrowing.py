"""What a list of modified statements can be narrowed to: the systems, families and owners that there are in it."""

import json
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from enum import StrEnum

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.actor import Actor
from core.errors import NotFound
from core.models.selections import Choices
from core.store.modified import count_by_family, count_by_owner, count_by_system
from core.store.selections import filter_from
from core.store.statements import StatementFilter
from core.store.tables import SystemRow
from core.usecases.people.actors import person_views
from core.usecases.selections.choosing import limit_to_owner, narrow, own_selection
from core.wiring import Core

ANY = "*"
"""The choice that does not limit."""
_OFFERED = 99


class Filter(StrEnum):
    """What a list can be narrowed by; each is the name of a field of the filter, but for the owner."""

    SYSTEM = "system"
    FAMILY = "family"
    OWNER = "owner"
    STATUS = "status"


async def list_choices(core: Core, actor: Actor, selection_id: uuid.UUID, what: Filter, typed: str) -> Choices:
    """What the list can be narrowed to, given what it is narrowed to otherwise; those that hold what was typed.

    At most 99, because a menu of Slack's holds a hundred and the first one takes the limit off. Raises NotFound when
    the selection is not the actor's.
    """
    async with core.db.reading() as tx:
        row = await own_selection(tx, actor, selection_id)
        entries = await _COUNTING[what](tx, filter_from(json.loads(row.query)))
    near = typed.strip().casefold()
    return Choices(tuple(entry for entry in entries if near in entry[1].casefold())[:_OFFERED])


async def choose_filter(core: Core, actor: Actor, selection_id: uuid.UUID, what: Filter, value: str) -> None:
    """Narrow the list to one choice, or (ANY) take the limit off. Raises NotFound."""
    chosen = "" if value == ANY else value
    if what is Filter.OWNER:
        await limit_to_owner(core, actor, selection_id, owner_id=uuid.UUID(chosen) if chosen else None)
        return
    if what is Filter.SYSTEM and chosen:
        chosen = await system_name(core, uuid.UUID(chosen))
    await narrow(core, actor, selection_id, lambda wanted: _limited(wanted, what, chosen))


async def search(core: Core, actor: Actor, selection_id: uuid.UUID, text: str) -> None:
    """Narrow the list to the statements that hold these words in number, name, system, or the beginning of the text."""
    await narrow(core, actor, selection_id, lambda wanted: replace(wanted, text=text.strip()))


async def clear_filters(core: Core, actor: Actor, selection_id: uuid.UUID) -> None:
    """List every modified statement."""
    await narrow(core, actor, selection_id, lambda _wanted: StatementFilter())


async def known_names(core: Core) -> tuple[list[str], list[str]]:
    """The names of all systems, and the families of all modified statements, as people may type them."""
    async with core.db.reading() as tx:
        systems = (await tx.exec(select(SystemRow.name).order_by(func.lower(SystemRow.name)))).all()
        families = await count_by_family(tx, StatementFilter())
    return list(systems), [letters for letters, _ in families]


async def system_id(core: Core, name: str) -> uuid.UUID:
    """The system of exactly this name. Raises NotFound."""
    async with core.db.reading() as tx:
        found = (await tx.exec(select(SystemRow.id).where(SystemRow.name == name))).first()
    if found is None:
        raise NotFound("There is no such system any more.", next_step="Choose another one.")
    return found


async def system_name(core: Core, system_id: uuid.UUID) -> str:
    """What the system is called. Raises NotFound."""
    async with core.db.reading() as tx:
        name = (await tx.exec(select(SystemRow.name).where(col(SystemRow.id) == system_id))).first()
    if name is None:
        raise NotFound("There is no such system any more.", next_step="Choose another one.")
    return name


def _limited(wanted: StatementFilter, what: Filter, chosen: str) -> StatementFilter:
    if what is Filter.SYSTEM:
        return replace(wanted, system=chosen)
    return replace(wanted, family=chosen) if what is Filter.FAMILY else replace(wanted, status=chosen)


_Entries = Sequence[tuple[str, str, int]]


async def _systems(tx: AsyncSession, wanted: StatementFilter) -> _Entries:
    systems = await count_by_system(tx, replace(wanted, system=""))
    return [(system.id.hex, system.name, count) for system, count in systems]


async def _families(tx: AsyncSession, wanted: StatementFilter) -> _Entries:
    return [(letters, letters, count) for letters, count in await count_by_family(tx, replace(wanted, family=""))]


async def _owners(tx: AsyncSession, wanted: StatementFilter) -> _Entries:
    owners = await count_by_owner(tx, replace(wanted, owner_id=None))
    people = await person_views(tx, [owner for owner, _ in owners])
    return [(owner.hex, people[owner].name, count) for owner, count in owners if owner in people]


_COUNTING: dict[Filter, Callable[[AsyncSession, StatementFilter], Awaitable[_Entries]]] = {
    Filter.SYSTEM: _systems,
    Filter.FAMILY: _families,
    Filter.OWNER: _owners,
}

"""Who acts: remembering people, and finding the actor of the command line."""

import uuid
from collections.abc import Iterable

from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.actor import Actor, Grant, Identity, Role
from core.domain.audit import AuditActor
from core.domain.origin import Origin, Via
from core.errors import NotAllowed
from core.models.requests import PersonView
from core.store.people import find_person, people_by_id, save_person
from core.wiring import Core


async def remember(core: Core, identity: Identity) -> uuid.UUID:
    """The id under which grcpush knows the person; made at the first meeting."""
    async with core.db.transaction() as tx:
        return (await save_person(tx, identity, new_id=core.new_id(), now=core.clock.now())).id


async def command_line_actor(core: Core, email: str | None, operating_system_user: str) -> Actor:
    """The actor of a command: the person GRCPUSH_ACTOR names, who may edit and request but never approve.

    Raises NotAllowed when nobody is named. Roles named by user group cannot be read without Slack and do not count.
    """
    if not email:
        raise NotAllowed(
            "The command line does not know who you are.",
            gate="actor",
            next_step="Set GRCPUSH_ACTOR to your e-mail address.",
        )
    grants = tuple(grant for grant in configured_grants(core, {email}) if grant.role is not Role.APPROVER)
    if not grants:
        raise NotAllowed(
            f"{email} has no role in grcpush.",
            gate="actor",
            next_step="Ask an admin to add the address to EDITORS or REQUESTERS.",
        )
    async with core.db.reading() as tx:
        known = await find_person(tx, email=email)
    identity = Identity(name=known.name if known else email, email=email, time_zone=known.time_zone if known else "UTC")
    person_id = known.id if known else await remember(core, identity)
    return Actor(
        id=person_id,
        name=identity.name,
        email=email,
        slack_user_id=known.slack_user_id if known else None,
        grants=grants,
        origin=Origin(Via.CLI, operating_system_user=operating_system_user),
    )


def configured_grants(core: Core, names: Iterable[str]) -> tuple[Grant, ...]:
    """The roles the configuration gives to a person known by these names (Slack id, e-mail, `@group` handles)."""
    known = {name.casefold() for name in names}
    return tuple(
        Grant(entry.role, entry.systems)
        for entry in core.settings.role_grants
        if known & {name.casefold() for name in entry.people}
    )


def audit_actor(actor: Actor) -> AuditActor:
    """The actor as the audit trail keeps it, with the place of the act."""
    origin = actor.origin
    return AuditActor(str(actor.id), actor.name, actor.email or "", origin.via_words, origin.place)


async def person_views(tx: AsyncSession, ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, PersonView]:
    """The people with these ids, as shown."""
    rows = await people_by_id(tx, ids)
    return {person_id: PersonView(person_id, row.name, row.slack_user_id) for person_id, row in rows.items()}

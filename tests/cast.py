"""The people of the sandbox as actors, and short ways to make them do things."""

import asyncio
import uuid
from dataclasses import dataclass, replace

from sqlmodel import col, select

from core.config import Settings
from core.domain.actor import Actor, Grant, Identity, Role
from core.domain.push import OPEN_STATES
from core.models.requests import RequestCard
from core.store.modified import list_ids
from core.store.tables import EditRow
from core.usecases.approvals.deciding import approve_push
from core.usecases.people.actors import remember
from core.usecases.requests.asking import request_push
from core.usecases.requests.cards import request_card
from core.usecases.requests.drafts import prepare_push
from core.usecases.statements.edits import get_statement, save_edit
from core.wiring import Core
from sandbox.data import Sample


@dataclass(frozen=True)
class Cast:
    """One actor for each part in the play."""

    editor: Actor
    requester: Actor
    approver: Actor
    second: Actor
    admin: Actor
    stranger: Actor


async def meet_everybody(core: Core) -> Cast:
    """Everybody, known to the bot, with the roles their names say."""

    async def meet(name: str, slack_id: str, *roles: Role) -> Actor:
        email = f"{name}@example.com"
        person_id = await remember(core, Identity(name.title(), email, slack_id))
        return Actor(person_id, name.title(), email, slack_id, tuple(Grant(role) for role in roles))

    return Cast(
        editor=await meet("editor", "U0EDITOR", Role.EDITOR),
        requester=await meet("requester", "U0REQUEST", Role.REQUESTER, Role.EDITOR, Role.APPROVER),
        approver=await meet("approver", "U0APPROVE", Role.APPROVER),
        second=await meet("second", "U0SECOND", Role.APPROVER),
        admin=await meet("admin", "U0ADMIN", Role.ADMIN),
        stranger=await meet("stranger", "U0NOBODY"),
    )


async def make_local_edits(core: Core, actor: Actor, sample: Sample, count: int | None = None) -> list[uuid.UUID]:
    """Save the sample's local edits; gives back the ids of the modified statements in list order."""
    for edit in sample.local_edits[:count]:
        statement = await get_statement(core, edit.sys_id)
        await save_edit(core, actor, statement.id, edit.html, source="test")
    async with core.db.reading() as tx:
        return await list_ids(tx, [])


async def a_request(core: Core, cast: Cast, sample: Sample, count: int = 2) -> RequestCard:
    """The requester asks for a push of so many of the sample's edits, which the editor made; it waits for approval."""
    ids = await make_local_edits(core, cast.editor, sample, count)
    preview = await prepare_push(core, cast.requester, ids)
    return await request_push(core, cast.requester, preview.request_id)


async def an_approved_request(core: Core, cast: Cast, sample: Sample, count: int) -> RequestCard:
    """A push of so many statements that was approved, and waits for an engine."""
    card = await a_request(core, cast, sample, count)
    return await approve_push(core, cast.approver, card.id, shown_digest=card.content_digest)


async def list_edits(core: Core, statement_id: uuid.UUID) -> list[EditRow]:
    """Every text that was saved for a statement, newest first."""
    query = select(EditRow).where(EditRow.statement_id == statement_id).order_by(col(EditRow.saved_at).desc())
    async with core.db.reading() as tx:
        return list((await tx.exec(query)).all())


def with_settings(core: Core, **changes: object) -> Core:
    """The same core under other settings."""
    return replace(core, settings=Settings(**{**dict(core.settings), **changes}))


async def until_ended(core: Core, request_id: uuid.UUID, *, seconds: float = 60) -> RequestCard:
    """The request once it is no longer open."""
    async with asyncio.timeout(seconds):
        while (card := await request_card(core, request_id)).state in OPEN_STATES:  # noqa: ASYNC110 -- another process may end it
            await asyncio.sleep(0.02)
    return card

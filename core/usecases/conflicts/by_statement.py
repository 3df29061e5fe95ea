"""Checking and settling conflicts by statement, for programs: they see no cards, and name a statement, not a conflict."""

import uuid
from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.actor import Actor, Role
from core.domain.conflict import Choice, ConflictKind, Finding
from core.errors import NotAllowed, StaleCard
from core.models.requests import ConflictCard
from core.store.conflicts import find_latest
from core.store.statements import get_many, get_row
from core.store.tables import ConflictRow
from core.usecases.conflicts.settling import SeenConflict, resolve_conflict
from core.usecases.requests.drafts import check_statements
from core.wiring import Core


async def check_conflicts(core: Core, actor: Actor, statement_ids: Sequence[uuid.UUID]) -> list[Finding]:
    """How these statements stand towards ServiceNow now, in the order asked; conflicts found are stored.

    Raises NotAllowed for a system the person neither edits nor pushes, NotFound, RemoteError.
    """
    async with core.db.reading() as tx:
        rows = await get_many(tx, statement_ids)
    for system in sorted({system.name for _, _, system in rows.values()}):
        if not (actor.may(Role.EDITOR, system) or actor.may(Role.REQUESTER, system)):
            raise NotAllowed(
                f"You are neither editor nor requester for {system}.",
                gate="check",
                next_step="Ask an admin, or choose only statements of systems you have a role for.",
            )
    return await check_statements(core, actor, statement_ids)


async def settle_conflict(
    core: Core, actor: Actor, statement_id: uuid.UUID, choice: Choice, *, remote_token: str | None
) -> ConflictCard:
    """Settle the statement's open conflict, for exactly the remote text of `remote_token` if that is given.

    Raises StaleCard when there is no open conflict or ServiceNow moved on, and what settling by card raises.
    """
    async with core.db.reading() as tx:
        await get_row(tx, statement_id)
        conflict = await _open_conflict(tx, statement_id, remote_token)
    if remote_token is not None and conflict.remote_token != remote_token:
        raise StaleCard(
            "ServiceNow's text is not the one of this token any more.", next_step="Check the conflicts again."
        )
    return await resolve_conflict(core, actor, SeenConflict(conflict.id, conflict.revision), choice)


async def _open_conflict(tx: AsyncSession, statement_id: uuid.UUID, remote_token: str | None) -> ConflictRow:
    """The open conflict meant: the one of the token, else the one with the present local text, else the last settled."""
    query = select(ConflictRow).where(ConflictRow.statement_id == statement_id, col(ConflictRow.is_open).is_(True))
    rows = (await tx.exec(query.order_by(col(ConflictRow.found_at)))).all()
    ordered = sorted(rows, key=lambda row: (row.remote_token != remote_token, row.kind != ConflictKind.CHANGED))
    found = ordered[0] if ordered else await find_latest(tx, statement_id)
    if found is None:
        raise StaleCard("This statement is not in conflict.", next_step="Check the conflicts again.")
    return found

"""Remembering where each drawing stands in Slack. The drawing itself is the bot's business."""

import uuid

from core.store.messages import Place, find_message, list_outdated
from core.store.tables import SlackMessageRow
from core.wiring import Core


async def place_of(core: Core, kind: str, entity_id: uuid.UUID) -> tuple[Place, str] | None:
    """Where the drawing of a thing is, and the hash of what was drawn; None when there is none yet."""
    async with core.db.reading() as tx:
        row = await find_message(tx, kind, entity_id)
    return (Place(row.channel, row.ts), row.drawn_hash) if row is not None else None


async def remember_drawing(
    core: Core, kind: str, entity_id: uuid.UUID, place: Place, *, drawn_hash: str, request_id: uuid.UUID | None = None
) -> None:
    """Note that the thing is drawn there, so."""
    async with core.db.transaction() as tx:
        row = await find_message(tx, kind, entity_id) or SlackMessageRow(
            id=core.new_id(), kind=kind, entity_id=entity_id, request_id=request_id, channel="", ts=""
        )
        row.channel, row.ts, row.drawn_hash = place.channel, place.ts, drawn_hash
        tx.add(row)


async def note_drawn_version(core: Core, kind: str, entity_id: uuid.UUID, version: int) -> None:
    """Note which version of the thing everything in Slack shows now."""
    async with core.db.transaction() as tx:
        row = await find_message(tx, kind, entity_id)
        if row is not None:
            row.drawn_version = version
            tx.add(row)


async def outdated_requests(core: Core) -> list[uuid.UUID]:
    """Requests whose card is missing or older than they are: after a restart, or a change made by another process."""
    async with core.db.reading() as tx:
        return await list_outdated(tx)

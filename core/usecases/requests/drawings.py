"""Remembering where each drawing stands in Slack. The drawing itself is the bot's business."""

import datetime as dt
import uuid
from dataclasses import dataclass

from core.store import drawing_leases
from core.store.messages import Place, find_message, forget_open_drawings, list_outdated
from core.store.tables import SlackMessageRow
from core.wiring import Core


@dataclass(frozen=True)
class Posting:
    """One message that is to be posted, from before it is sent until its place is known.

    `is_repeated` says that an earlier attempt to post it has no known end: it may be in Slack already.
    """

    id: uuid.UUID
    since: dt.datetime
    is_repeated: bool


def shows_titles_only(core: Core, channel: str) -> bool:
    """Whether a channel, by its id, shows the titles and sizes of statements, and never their texts."""
    return channel in core.settings.slack_titles_only_channels


async def place_of(core: Core, kind: str, entity_id: uuid.UUID) -> tuple[Place, str] | None:
    """Where the drawing of a thing is, and the hash of what was drawn; None when there is none yet."""
    async with core.db.reading() as tx:
        row = await find_message(tx, kind, entity_id)
    return (Place(row.channel, row.ts), row.drawn_hash) if row is not None else None


async def begin_posting(core: Core, kind: str, entity_id: uuid.UUID) -> Posting:
    """Note that the thing is about to be posted, before it is: a process that dies in between must be noticed."""
    async with core.db.transaction() as tx:
        row = await find_message(tx, kind, entity_id) or _new_row(core, kind, entity_id)
        is_repeated = row.posting_id is not None
        if row.posting_id is None or row.posting_since is None:
            row.posting_id, row.posting_since = core.new_id(), core.clock.now()
        tx.add(row)
    return Posting(row.posting_id, row.posting_since, is_repeated)


async def end_posting(core: Core, kind: str, entity_id: uuid.UUID) -> None:
    """Note that the post surely did not happen."""
    async with core.db.transaction() as tx:
        row = await find_message(tx, kind, entity_id)
        if row is not None:
            row.posting_id = row.posting_since = None
            tx.add(row)


async def remember_drawing(core: Core, kind: str, entity_id: uuid.UUID, place: Place, *, drawn_hash: str) -> None:
    """Note that the thing is drawn there, so."""
    async with core.db.transaction() as tx:
        row = await find_message(tx, kind, entity_id) or _new_row(core, kind, entity_id)
        row.channel, row.ts, row.drawn_hash = place.channel, place.ts, drawn_hash
        row.posting_id = row.posting_since = None
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


async def doubt_open_drawings(core: Core) -> None:
    """Count everything that still has buttons as outdated.

    At a start nobody knows what became of it: another version of the product may have drawn it, and somebody may have
    deleted it.
    """
    async with core.db.transaction() as tx:
        await forget_open_drawings(tx)


async def may_draw(core: Core, request_id: uuid.UUID, holder: str, seconds: float) -> bool:
    """Take the right to draw the request for so long; False while another process has it."""
    return await drawing_leases.take(core.db, request_id, holder, seconds, local_time=core.clock.now())


async def end_drawing(core: Core, request_id: uuid.UUID, holder: str) -> None:
    """Give the right back."""
    await drawing_leases.give_back(core.db, request_id, holder)


def _new_row(core: Core, kind: str, entity_id: uuid.UUID) -> SlackMessageRow:
    return SlackMessageRow(id=core.new_id(), kind=kind, entity_id=entity_id, channel="", ts="")

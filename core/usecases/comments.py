"""What people say in the thread of a push request: kept, and every wording of it in the audit trail."""

import datetime as dt
from dataclasses import dataclass

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.actor import Actor
from core.domain.audit import AuditEvent, AuditKind
from core.store import audit
from core.store.messages import REQUEST, Place, find_by_place
from core.store.push_tables import CommentRow
from core.usecases.people import audit_actor
from core.wiring import Core


@dataclass(frozen=True)
class Said:
    """A reply in a thread: where it stands, whose thread it is (`parent_ts`), and what it says."""

    channel: str
    ts: str
    parent_ts: str
    text: str


async def keep_comment(core: Core, actor: Actor, said: Said) -> bool:
    """Keep what was said, or how it reads now; whether that was new. False for threads that are not ours.

    Slack delivers twice what it is not sure of: the same words of the same reply are kept once.
    """
    async with core.db.transaction() as tx:
        card = await find_by_place(tx, Place(said.channel, said.parent_ts))
        if card is None or card.kind != REQUEST:
            return False
        row = await _find(tx, said.channel, said.ts)
        if row is not None and row.text == said.text and not row.is_deleted:
            return False
        kind = AuditKind.COMMENT_MADE if row is None else AuditKind.COMMENT_CHANGED
        row = row or CommentRow(
            id=core.new_id(),
            request_id=card.entity_id,
            person_id=actor.id,
            channel=said.channel,
            ts=said.ts,
            text="",
            said_at=dt.datetime.fromtimestamp(float(said.ts), dt.UTC),
        )
        row.text, row.is_deleted = said.text, False
        tx.add(row)
        await _tell(core, tx, kind, actor, row)
    return True


async def forget_comment(core: Core, actor: Actor, channel: str, ts: str) -> bool:
    """Note that a reply was deleted in Slack; what it said stays. Whether it was one of ours."""
    async with core.db.transaction() as tx:
        row = await _find(tx, channel, ts)
        if row is None or row.is_deleted:
            return False
        row.is_deleted = True
        tx.add(row)
        await _tell(core, tx, AuditKind.COMMENT_DELETED, actor, row)
    return True


async def _find(tx: AsyncSession, channel: str, ts: str) -> CommentRow | None:
    return (await tx.exec(select(CommentRow).where(CommentRow.channel == channel, CommentRow.ts == ts))).first()


async def _tell(core: Core, tx: AsyncSession, kind: AuditKind, actor: Actor, row: CommentRow) -> None:
    details = {"text": row.text, "channel": row.channel, "ts": row.ts}
    event = AuditEvent(kind, audit_actor(actor), "push_request", str(row.request_id), details)
    await audit.append(tx, core.clock.now(), event)

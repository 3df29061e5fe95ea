"""What people say in the thread of a push request: kept, and every wording of it in the audit trail."""

import datetime as dt
import uuid
from dataclasses import dataclass, replace

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.actor import Actor
from core.domain.audit import SYSTEM_ACTOR, AuditActor, AuditEvent, AuditKind
from core.domain.origin import Origin, Surface, Via
from core.store import audit
from core.store.messages import REQUEST, Place, find_by_place
from core.store.push_tables import CommentRow
from core.usecases.people.actors import audit_actor
from core.wiring import Core


@dataclass(frozen=True)
class Said:
    """A reply in a thread: where it stands, whose thread it is (`parent_ts`), and what it says.

    `edited_ts` is Slack's stamp of the edit that gave it these words; empty for those it was made with.
    """

    channel: str
    ts: str
    parent_ts: str
    text: str
    edited_ts: str = ""


async def keep_comment(core: Core, actor: Actor, said: Said) -> bool:
    """Keep what was said, or how it reads now; whether that was new. False for threads that are not ours.

    Slack delivers twice what it is not sure of, and not always in order: the words of a reply change only by an edit that
    is newer than the last one. One that comes late is kept in the audit trail all the same.
    """
    async with core.db.transaction() as tx:
        row = await _find(tx, said.channel, said.ts)
        if row is not None and (not said.edited_ts or said.edited_ts == row.edited_ts):
            return False
        if row is None:
            card = await find_by_place(tx, Place(said.channel, said.parent_ts))
            if card is None or card.kind != REQUEST:
                return False
            kind, row = AuditKind.COMMENT_MADE, _new_row(core, actor, card.entity_id, said)
        else:
            kind = AuditKind.COMMENT_CHANGED
            if float(said.edited_ts) > float(row.edited_ts or 0):
                row.text, row.edited_ts = said.text, said.edited_ts
        tx.add(row)
        details = {"text": said.text, "channel": row.channel, "ts": row.ts}
        await _tell(core, tx, kind, audit_actor(actor), row, details | _edit_of(said))
    return True


async def forget_comment(core: Core, channel: str, ts: str) -> bool:
    """Note that a reply was deleted in Slack, which does not tell by whom; what it said stays. Whether it was one of ours."""
    async with core.db.transaction() as tx:
        row = await _find(tx, channel, ts)
        if row is None or row.is_deleted:
            return False
        row.is_deleted = True
        tx.add(row)
        actor = replace(SYSTEM_ACTOR, via=Via.SLACK.value, place=Origin(Via.SLACK, Surface.REPLY, channel, ts).place)
        details = {"text": row.text, "channel": channel, "ts": ts, "said_by": str(row.person_id)}
        await _tell(core, tx, AuditKind.COMMENT_DELETED, actor, row, details)
    return True


def _new_row(core: Core, actor: Actor, request_id: uuid.UUID, said: Said) -> CommentRow:
    return CommentRow(
        id=core.new_id(),
        request_id=request_id,
        person_id=actor.id,
        channel=said.channel,
        ts=said.ts,
        text=said.text,
        edited_ts=said.edited_ts,
        said_at=dt.datetime.fromtimestamp(float(said.ts), dt.UTC),
    )


def _edit_of(said: Said) -> dict[str, str]:
    return {"edited_ts": said.edited_ts} if said.edited_ts else {}


async def _find(tx: AsyncSession, channel: str, ts: str) -> CommentRow | None:
    return (await tx.exec(select(CommentRow).where(CommentRow.channel == channel, CommentRow.ts == ts))).first()


async def _tell(
    core: Core, tx: AsyncSession, kind: AuditKind, actor: AuditActor, row: CommentRow, details: dict[str, str]
) -> None:
    event = AuditEvent(kind, actor, "push_request", str(row.request_id), details)
    await audit.append(tx, core.clock.now(), event)

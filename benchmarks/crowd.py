"""A large deployment, made in seconds: many statements, edits by many owners, jobs that wait, a long audit trail."""

import random
import uuid
from dataclasses import dataclass

from sqlalchemy import Table, insert, update
from sqlmodel import select

from core.domain.audit import SYSTEM_ACTOR, AuditEvent, AuditKind
from core.domain.push import ItemState, JobState, Readiness, RequestState, sha256_of
from core.domain.statement import SyncStatus
from core.store import audit
from core.store.list_keys import folded
from core.store.push_tables import PushItemRow, PushJobRow, PushRequestRow, RequestItemRow
from core.store.tables import EditRow, PersonRow, StatementRow
from core.text.content import TextKind
from core.usecases.statements.modified import local_preview
from core.wiring import Core

_AT_ONCE = 1_000


@dataclass(frozen=True)
class Size:
    modified: int = 10_000
    owners: int = 1_000
    waiting_jobs: int = 20
    events: int = 100_000


async def populate(core: Core, size: Size) -> list[uuid.UUID]:
    """Fill a database in which everything is pulled already; gives back the ids of the modified statements."""
    chance = random.Random(7)
    owners = [uuid.UUID(int=chance.getrandbits(128)) for _ in range(size.owners)]
    now = core.clock.now()
    people = [
        {
            "id": owner,
            "email": f"owner{n}@example.com",
            "name": f"Owner {n}",
            "slack_user_id": f"U{n:05d}",
            "time_zone": "UTC",
            "created_at": now,
        }
        for n, owner in enumerate(owners)
    ]
    await _insert(core, PersonRow, people)
    async with core.db.reading() as tx:
        rows = (await tx.exec(select(StatementRow.id, StatementRow.content))).all()
    chosen = chance.sample(list(rows), size.modified)
    edits = []
    for start in range(0, len(chosen), _AT_ONCE):
        async with core.db.transaction() as tx:
            table = _table(StatementRow)
            for statement_id, content in chosen[start : start + _AT_ONCE]:
                text, owner = content + "<p>Edited by hand.</p>", chance.choice(owners)
                preview = local_preview(text, TextKind.HTML) or ""
                values = {
                    "local_content": text, "local_preview": preview, "searched_preview": folded(preview), "local_since": now,
                    "edited_by": owner, "edited_at": now, "is_modified": True, "sync_status": SyncStatus.MODIFIED.value,
                }  # fmt: skip
                await (await tx.connection()).execute(update(table).where(table.c.id == statement_id).values(values))
                edits.append(
                    {
                        "id": core.new_id(),
                        "statement_id": statement_id,
                        "person_id": owner,
                        "source": "slack",
                        "content": text,
                        "saved_at": now,
                    }
                )
    await _insert(core, EditRow, edits)
    await _waiting_jobs(core, size.waiting_jobs, chosen, owners[0])
    await _events(core, size.events, [statement_id for statement_id, _ in chosen])
    return [statement_id for statement_id, _ in chosen]


async def _waiting_jobs(core: Core, count: int, statements: list[tuple[uuid.UUID, str]], person: uuid.UUID) -> None:
    """Requests of a hundred statements each that nobody has approved yet."""
    requests, items, jobs, pushes = [], [], [], []
    now = core.clock.now()
    for number in range(1, count + 1):
        request_id, job_id = core.new_id(), core.new_id()
        requests.append({
            "id": request_id, "number": number, "state": RequestState.WAITING.value, "requested_by": person, "reason": "",
            "approvals_required": 1, "expires_hours": 24.0, "in_chat": True, "content_digest": "", "created_at": now,
            "note": "", "version": 1,
        })  # fmt: skip
        jobs.append(
            {
                "id": job_id,
                "request_id": request_id,
                "state": JobState.PENDING.value,
                "created_by": person,
                "created_at": now,
                "failure": "",
            }
        )
        for position, (statement_id, content) in enumerate(statements[(number - 1) * 100 : number * 100]):
            item_id, text = core.new_id(), content + "<p>Edited by hand.</p>"
            items.append({
                "id": item_id, "request_id": request_id, "statement_id": statement_id, "position": position,
                "readiness": Readiness.READY.value, "reason": "", "local_content": text, "local_sha256": sha256_of(text),
                "remote_content": content, "remote_token": "",
            })  # fmt: skip
            pushes.append({
                "id": core.new_id(), "job_id": job_id, "request_item_id": item_id, "statement_id": statement_id,
                "position": position, "state": ItemState.PENDING.value, "attempts": 0, "detail": "",
            })  # fmt: skip
    for row, values in ((PushRequestRow, requests), (PushJobRow, jobs), (RequestItemRow, items), (PushItemRow, pushes)):
        await _insert(core, row, values)


async def _events(core: Core, count: int, statements: list[uuid.UUID]) -> None:
    for start in range(0, count, _AT_ONCE):
        events = [
            AuditEvent(AuditKind.STATEMENT_EDITED, SYSTEM_ACTOR, "statement", str(statements[at % len(statements)]), {"number": at, "text": "x" * 300})
            for at in range(start, min(start + _AT_ONCE, count))
        ]  # fmt: skip
        async with core.db.transaction() as tx:
            await audit.append(tx, core.clock.now(), *events)


async def _insert(core: Core, row: type, values: list[dict[str, object]]) -> None:
    for start in range(0, len(values), _AT_ONCE):
        async with core.db.transaction() as tx:
            await (await tx.connection()).execute(insert(_table(row)), values[start : start + _AT_ONCE])


def _table(row: type) -> Table:
    return row.__table__

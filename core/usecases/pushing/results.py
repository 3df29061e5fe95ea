"""Recording what became of each statement: result, baseline and audit event in one transaction."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.audit import SYSTEM_ACTOR, AuditEvent, AuditKind
from core.domain.conflict import ConflictKind, compare
from core.domain.evidence import Lost
from core.domain.outcome import SUCCESSES, WRITTEN, Level, Outcome
from core.domain.push import ItemState, sha256_of
from core.domain.statement import RemoteVersion, SyncStatus
from core.store import audit
from core.store.conflicts import find_overwritten
from core.store.push_tables import PushItemRow, PushJobRow, PushRequestRow, RequestItemRow
from core.store.statements import to_statement
from core.store.tables import ConflictRow, StatementRow
from core.text.content import TextKind, fingerprint
from core.usecases.conflicts.findings import record
from core.usecases.pushing.claims import Candidate, candidate_of
from core.usecases.pushing.endings import finish_request
from core.usecases.statements.rows import adopt_baseline, clear_local, label_of
from core.usecases.texts import for_length, in_thread
from core.wiring import Core


@dataclass(frozen=True)
class Result:
    """What became of one attempt. `stored` is the newest version seen in ServiceNow, when one was seen.

    `lost` are texts by others that our write replaced; `check_again_at` asks for one more look, because an earlier
    write of the same text may still be under way over there. `is_correction` marks what such a look found.
    """

    candidate: Candidate
    token: str | None
    outcome: Outcome
    level: Level | None = None
    detail: str = ""
    stored: RemoteVersion | None = None
    needs_settling: bool = False
    lost: tuple[Lost, ...] = ()
    check_again_at: dt.datetime | None = None
    is_correction: bool = False


# The record holds our text, or what ServiceNow made of it: it becomes the baseline, and the local edit is done with.
_OURS = SUCCESSES | {Outcome.OVERWROTE}
# The record holds somebody else's text: a conflict to be settled.
_THEIRS = frozenset({Outcome.CHANGED_SINCE_CHECK, Outcome.OVERTAKEN})


@dataclass
class _Batch:
    """What a save works on, read in a few queries: results often come several at a time.

    `conflicts` are the open ones between a local text and ServiceNow's, by statement; overwritten texts are none of them.
    """

    tx: AsyncSession
    items: dict[uuid.UUID, PushItemRow]
    rows: dict[uuid.UUID, StatementRow]
    conflicts: dict[uuid.UUID, ConflictRow]
    requests: dict[uuid.UUID, PushRequestRow]


async def save(core: Core, results: Sequence[Result]) -> list[uuid.UUID]:
    """Commit the results together; gives back the requests whose cards look different now.

    A result whose attempt is no longer the item's own (another process took over) is dropped: the rows decide.
    """
    async with core.db.transaction() as tx:
        batch = await _load(tx, results)
        events = []
        touched: dict[uuid.UUID, bool] = {}
        for result in results:
            item = batch.items[result.candidate.item_id]
            if not _is_news(item, result):
                continue
            events.append(_ended(result, batch.rows[item.statement_id].sync_status))
            _fill(core, item, result)
            await _update_statement(core, batch, result)
            request_id = result.candidate.request_id
            touched[request_id] = touched.get(request_id, False) or result.is_correction
        await audit.append(tx, core.clock.now(), *events)
        for request_id, is_corrected in touched.items():
            batch.requests[request_id].version += 1
            await tx.flush()
            if is_corrected:
                await finish_request(core, tx, request_id)
    return list(touched)


def _is_news(item: PushItemRow, result: Result) -> bool:
    """Whether it is the first word on the item's own attempt, or a correction that is still due: two may look at once."""
    is_due = result.is_correction and item.check_again_at is not None
    return item.attempt_token == result.token and (item.state != ItemState.ENDED or is_due)


async def _load(tx: AsyncSession, results: Sequence[Result]) -> _Batch:
    candidates = [result.candidate for result in results]
    statement_ids = [candidate.statement_id for candidate in candidates]
    joined = (
        select(PushItemRow, StatementRow, PushRequestRow)
        .join(StatementRow, col(PushItemRow.statement_id) == col(StatementRow.id))
        .join(PushJobRow, col(PushItemRow.job_id) == col(PushJobRow.id))
        .join(PushRequestRow, col(PushJobRow.request_id) == col(PushRequestRow.id))
        .where(col(PushItemRow.id).in_([candidate.item_id for candidate in candidates]))
    )
    conflicts = select(ConflictRow).where(
        col(ConflictRow.statement_id).in_(statement_ids),
        col(ConflictRow.is_open),
        ConflictRow.kind == ConflictKind.CHANGED.value,
    )
    found = (await tx.exec(joined)).all()
    return _Batch(
        tx,
        {item.id: item for item, _, _ in found},
        {row.id: row for _, row, _ in found},
        {row.statement_id: row for row in (await tx.exec(conflicts)).all()},
        {request.id: request for _, _, request in found},
    )


async def end_unsent(core: Core, job_id: uuid.UUID, outcome: Outcome, *, failure: str = "") -> list[uuid.UUID]:
    """End every statement of the job that still waits, without having sent it."""
    async with core.db.reading() as tx:
        query = (
            select(PushItemRow, RequestItemRow, StatementRow)
            .join(RequestItemRow, col(PushItemRow.request_item_id) == col(RequestItemRow.id))
            .join(StatementRow, col(PushItemRow.statement_id) == col(StatementRow.id))
            .where(PushItemRow.job_id == job_id, PushItemRow.state == ItemState.PENDING.value)
        )
        rows = (await tx.exec(query)).all()
    results = [Result(candidate_of(*row), row[0].attempt_token, outcome, detail=failure) for row in rows]
    if failure:
        async with core.db.transaction() as tx:
            job = await tx.get_one(PushJobRow, job_id)
            job.failure = job.failure or failure
            tx.add(job)
    return await save(core, results)


def _fill(core: Core, item: PushItemRow, result: Result) -> None:
    item.state = (ItemState.WRITTEN if result.needs_settling else ItemState.ENDED).value
    item.outcome = result.outcome.value
    item.level = result.level.value if result.level else None
    item.detail = result.detail
    if result.stored is not None:
        stamp = result.stored.stamp
        item.stored_content, item.stored_mod_count = result.stored.text, stamp.mod_count
        item.stored_updated_on, item.stored_updated_by = stamp.updated_on, stamp.updated_by
        item.stored_created_on = stamp.created_on
    if result.outcome in WRITTEN and item.pushed_at is None:
        item.pushed_at = core.clock.now()
    if result.check_again_at is not None or result.is_correction:
        item.check_again_at = result.check_again_at


async def _update_statement(core: Core, batch: _Batch, result: Result) -> None:
    row = batch.rows[result.candidate.statement_id]
    stored, kind = result.stored, TextKind(row.kind)
    if row.sync_status == SyncStatus.PUSHING.value:
        row.sync_status = _resting_status(row, batch.conflicts.get(row.id))
    if stored is not None and (result.outcome in _OURS or result.outcome is Outcome.TRUNCATED):
        token = await for_length(len(stored.text), fingerprint, stored.text, kind)
        adopt_baseline(row, stored.text, stored.stamp, token.token)
        if result.outcome in _OURS:
            _clear_if_pushed(batch, row, result)
    elif result.outcome is Outcome.GONE:
        row.sync_status = SyncStatus.MISSING.value
    if stored is not None and result.outcome in _THEIRS:
        await batch.tx.flush()
        control, system = await label_of(batch.tx, row)
        finding = await in_thread(compare, to_statement(row, control, system), stored)
        opened = await record(core, batch.tx, {row.sn_sys_id: row}, [finding], SYSTEM_ACTOR)
        await _show_in_thread(batch.tx, result, opened.get(row.sn_sys_id))
    for lost in result.lost:
        await batch.tx.flush()
        await _show_in_thread(batch.tx, result, await keep_lost_text(core, batch.tx, row, result, lost))


def _resting_status(row: StatementRow, conflict: ConflictRow | None) -> str:
    """How the statement stands when no push has it in hand."""
    if not row.is_modified:
        return SyncStatus.SYNCED.value
    return (SyncStatus.MODIFIED if conflict is None else SyncStatus.CONFLICT).value


async def keep_lost_text(core: Core, tx: AsyncSession, row: StatementRow, result: Result, lost: Lost) -> ConflictRow:
    """Keep somebody's overwritten text as a conflict to be settled; theirs stands where ServiceNow's text would.

    A text that an earlier look at the same write found already is not kept twice.
    """
    item = await tx.get_one(PushItemRow, result.candidate.item_id)
    token = fingerprint(lost.text, result.candidate.approved.kind).token
    known = await find_overwritten(tx, row.id, token)
    if known is not None and item.intent_at is not None and known.found_at >= item.intent_at:
        return known
    stored = result.stored
    conflict = ConflictRow(
        id=core.new_id(),
        statement_id=row.id,
        kind=ConflictKind.OVERWROTE.value,
        baseline_content=item.intent_content or "",
        baseline_mod_count=item.intent_mod_count or 0,
        baseline_updated_on=item.intent_updated_on,
        baseline_updated_by=item.intent_updated_by or "",
        local_content=result.candidate.approved.text,
        remote_content=lost.text,
        remote_token=token,
        remote_mod_count=stored.stamp.mod_count if stored else row.sn_mod_count,
        remote_updated_on=stored.stamp.updated_on if stored else None,
        remote_updated_by=lost.author,
        found_at=core.clock.now(),
    )
    tx.add(conflict)
    await tx.flush()
    details = {"sn_sys_id": row.sn_sys_id, "kind": conflict.kind, "lost_text": lost.text, "lost_author": lost.author}
    event = AuditEvent(AuditKind.CONFLICT_OPENED, SYSTEM_ACTOR, "statement", str(row.id), details)
    await audit.append(tx, core.clock.now(), event)
    return conflict


async def _show_in_thread(tx: AsyncSession, result: Result, conflict: ConflictRow | None) -> None:
    """Have the conflict drawn in the thread of the push that met it."""
    if conflict is None:
        return
    item = await tx.get_one(PushItemRow, result.candidate.item_id)
    request_item = await tx.get_one(RequestItemRow, item.request_item_id)
    request_item.conflict_id = conflict.id
    tx.add(request_item)


def _clear_if_pushed(batch: _Batch, row: StatementRow, result: Result) -> None:
    """Drop the local edit if it still is what was pushed; one made meanwhile stays, on the new baseline.

    A conflict that was open is over either way: ServiceNow holds what was agreed on.
    """
    if (conflict := batch.conflicts.pop(row.id, None)) is not None:
        conflict.is_open = False
        conflict.revision += 1
        row.sync_status = SyncStatus.MODIFIED.value
    if row.local_content is None or sha256_of(row.local_content) == sha256_of(result.candidate.approved.text):
        clear_local(row)
        return
    row.local_since = batch.requests[result.candidate.request_id].frozen_at or row.local_since


def _ended(result: Result, previous_status: str) -> AuditEvent:
    stored = result.stored
    details = {
        "push_job": str(result.candidate.job_id),
        "attempts": result.candidate.attempts,
        "outcome": result.outcome.value,
        "level": result.level.value if result.level else None,
        "detail": result.detail,
        "sn_sys_id": result.candidate.approved.sys_id,
        "previous_status": previous_status,
        "content_pushed": result.candidate.approved.text if result.outcome in WRITTEN else None,
        "content_stored": stored.text if stored is not None and result.outcome in WRITTEN else None,
        "mod_count": stored.stamp.mod_count if stored is not None else None,
    }
    return AuditEvent(AuditKind.PUSH_ITEM_ENDED, SYSTEM_ACTOR, "statement", str(result.candidate.statement_id), details)

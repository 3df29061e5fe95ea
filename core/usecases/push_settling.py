"""After the writes: the settling read of a job, and the read-back of attempts a crash left open."""

import asyncio
import datetime as dt
import logging
import uuid

from sqlmodel import col, select

from core.domain.outcome import WRITTEN, Level, Outcome
from core.domain.push import ItemState, JobState
from core.domain.statement import RemoteVersion, Stamp
from core.domain.write_protocol import judge_later_look
from core.errors import RemoteError
from core.store.push_tables import PushItemRow, PushJobRow, RequestItemRow
from core.store.tables import StatementRow
from core.usecases.push_attempt import resolve_unknown
from core.usecases.push_claims import Candidate, Claim, candidate_of
from core.usecases.push_results import Result, finish_job, save
from core.usecases.texts import in_thread
from core.wiring import Core

log = logging.getLogger(__name__)

_READ_TRIES = 3


async def jobs_to_settle(core: Core) -> list[uuid.UUID]:
    """Running jobs of which nothing waits to be sent any more."""
    async with core.db.reading() as tx:
        jobs = (await tx.exec(select(PushJobRow.id).where(PushJobRow.state == JobState.RUNNING.value))).all()
        open_items = select(PushItemRow.job_id).where(
            col(PushItemRow.state).in_((ItemState.PENDING.value, ItemState.SENDING.value))
        )
        busy = set((await tx.exec(open_items)).all())
    return [job_id for job_id in jobs if job_id not in busy]


async def settle_job(core: Core, job_id: uuid.UUID) -> list[uuid.UUID]:
    """Read everything the job wrote once more, some seconds after its last write, and end the job.

    Gives back the requests whose cards look different now. When ServiceNow cannot be read, the results stay as the
    answers proved them, and say so.
    """
    written = await _items(core, ItemState.WRITTEN, job_id)
    touched: list[uuid.UUID] = []
    if written:
        last = max(item.pushed_at for item, _ in written if item.pushed_at is not None)
        due = last + dt.timedelta(seconds=core.settings.push_settle_seconds) - core.clock.now()
        await asyncio.sleep(max(0.0, due.total_seconds()))
        now = await _read([candidate.approved.sys_id for _, candidate in written], core)
        results = [await in_thread(_settled, item, candidate, now) for item, candidate in written]
        touched = await save(core, results)
    request_id = await finish_job(core, job_id)
    return touched + ([request_id] if request_id else [])


async def resolve_interrupted(core: Core, token: str) -> list[uuid.UUID]:
    """Find out what became of attempts that another run began and did not end, by reading the records back.

    What is found untouched waits again and will be sent; nothing is sent from here.
    """
    left = [(item, candidate) for item, candidate in await _items(core, ItemState.SENDING) if item.attempt_token != token]
    touched = await asyncio.gather(*(_resolve(core, item, candidate) for item, candidate in left))
    return [request_id for request_ids in touched for request_id in request_ids]


async def _resolve(core: Core, item: PushItemRow, candidate: Candidate) -> list[uuid.UUID]:
    intent = Stamp(item.intent_mod_count or 0, item.intent_updated_on, item.intent_updated_by or "")
    before = RemoteVersion(candidate.approved.sys_id, item.intent_content or "", intent)
    claim = Claim(candidate, item.attempt_token or "", before, checked_at=0.0)
    result = await resolve_unknown(core, claim, before)
    log.info("push.interrupted sys_id=%s outcome=%s", candidate.approved.sys_id, result.outcome if result else "not sent")
    return await save(core, [result]) if result is not None else await _wait_again(core, item)


async def _wait_again(core: Core, item: PushItemRow) -> list[uuid.UUID]:
    async with core.db.transaction() as tx:
        row = await tx.get_one(PushItemRow, item.id, populate_existing=True)
        if row.state == ItemState.SENDING and row.attempt_token == item.attempt_token:
            row.state, row.attempt_token = ItemState.PENDING.value, None
            tx.add(row)
        request_item = await tx.get_one(RequestItemRow, item.request_item_id)
        return [request_item.request_id]


async def _items(core: Core, state: ItemState, job_id: uuid.UUID | None = None) -> list[tuple[PushItemRow, Candidate]]:
    query = (
        select(PushItemRow, RequestItemRow, StatementRow)
        .join(RequestItemRow, col(PushItemRow.request_item_id) == col(RequestItemRow.id))
        .join(StatementRow, col(PushItemRow.statement_id) == col(StatementRow.id))
        .where(PushItemRow.state == state.value)
    )
    if job_id is not None:
        query = query.where(PushItemRow.job_id == job_id)
    async with core.db.reading() as tx:
        return [
            (item, candidate_of(item, request_item, statement))
            for item, request_item, statement in (await tx.exec(query)).all()
        ]


async def _read(sys_ids: list[str], core: Core) -> dict[str, RemoteVersion] | None:
    for attempt in range(_READ_TRIES):
        try:
            return await core.servicenow.read_many(sys_ids)
        except RemoteError as error:
            log.warning("push.settling_read_failed code=%s attempt=%s", error.code, attempt + 1)
            await asyncio.sleep(0.5 * 2**attempt)
    return None


def _settled(item: PushItemRow, candidate: Candidate, now: dict[str, RemoteVersion] | None) -> Result:
    outcome = Outcome(item.outcome or "")
    result = Result(candidate, item.attempt_token, outcome, _level(item), item.detail)
    if now is None or outcome not in WRITTEN:
        return result
    stored = RemoteVersion(candidate.approved.sys_id, item.stored_content or "", candidate.approved.stamp)
    later = judge_later_look(candidate.approved, stored, now.get(candidate.approved.sys_id))
    if later is None:
        return Result(candidate, item.attempt_token, outcome, _level(item), item.detail, now[candidate.approved.sys_id])
    return Result(candidate, item.attempt_token, later.outcome, later.level)


def _level(item: PushItemRow) -> Level | None:
    return Level(item.level) if item.level else None

"""After the writes: the settling read of a job with the audit look-up, and looks at what is still in doubt."""

import asyncio
import datetime as dt
import logging
import uuid
from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import col, select

from core.domain.outcome import WRITTEN, Level, Outcome
from core.domain.push import ItemState, JobState
from core.domain.settling import Change, Evidence, is_audit_complete, settle
from core.domain.statement import RemoteVersion, Stamp
from core.errors import RemoteError
from core.servicenow.audit import AuditRow
from core.store.push_tables import PushItemRow, PushJobRow, RequestItemRow
from core.store.tables import StatementRow
from core.text.content import fingerprint
from core.usecases.push_attempt import resolve_unknown
from core.usecases.push_claims import Candidate, Claim, candidate_of
from core.usecases.push_results import Result, finish_job, save
from core.usecases.texts import in_thread
from core.wiring import Core

log = logging.getLogger(__name__)

_READ_TRIES = 3
# ServiceNow may write its audit some seconds after the save: looks until our own change shows, in seconds.
_AUDIT_LOOKS = (0.0, 1.0, 3.0)
Pair = tuple[PushItemRow, Candidate]


async def jobs_to_settle(core: Core) -> list[uuid.UUID]:
    """Running jobs of which nothing waits to be sent any more."""
    async with core.db.reading() as tx:
        jobs = (await tx.exec(select(PushJobRow.id).where(PushJobRow.state == JobState.RUNNING.value))).all()
        open_states = (ItemState.PENDING.value, ItemState.SENDING.value)
        busy = set((await tx.exec(select(PushItemRow.job_id).where(col(PushItemRow.state).in_(open_states)))).all())
    return [job_id for job_id in jobs if job_id not in busy]


async def settle_job(core: Core, job_id: uuid.UUID) -> list[uuid.UUID]:
    """Read everything the job wrote once more, some seconds after its last write, and end the job.

    Gives back the requests whose cards look different now. When ServiceNow cannot be read, the results stay as the
    answers proved them.
    """
    written = await _items(core, PushItemRow.state == ItemState.WRITTEN.value, PushItemRow.job_id == job_id)
    touched: list[uuid.UUID] = []
    if written:
        last = max((item.pushed_at or item.intent_at or core.clock.now()) for item, _ in written)
        due = last + dt.timedelta(seconds=core.settings.push_settle_seconds) - core.clock.now()
        await asyncio.sleep(max(0.0, due.total_seconds()))
        touched = await save(core, await settled(core, written))
    request_id = await finish_job(core, job_id)
    return touched + ([request_id] if request_id else [])


async def settled(core: Core, pairs: Sequence[Pair]) -> list[Result]:
    """The final word on each of these writes, as far as ServiceNow can be read."""
    now = await _read(core, [candidate.approved.sys_id for _, candidate in pairs])
    if now is None:
        return [_unchanged(item, candidate) for item, candidate in pairs]
    preflight = await core.servicenow.preflight()
    return list(
        await asyncio.gather(
            *(
                _settled(
                    core, item, candidate, now.get(candidate.approved.sys_id), preflight.user_name, preflight.audit
                )
                for item, candidate in pairs
            )
        )
    )


async def resolve_interrupted(core: Core, token: str) -> list[uuid.UUID]:
    """Find out what became of attempts that another run began and did not end, by reading the records back.

    What is found untouched waits again and will be sent; nothing is sent from here.
    """
    left = await _items(core, PushItemRow.state == ItemState.SENDING.value)
    others = [(item, candidate) for item, candidate in left if item.attempt_token != token]
    if not others:
        return []
    service_user = (await core.servicenow.preflight()).user_name
    touched = await asyncio.gather(*(_resolve(core, item, candidate, service_user) for item, candidate in others))
    return [request_id for request_ids in touched for request_id in request_ids]


async def look_at_doubtful(core: Core) -> list[uuid.UUID]:
    """One more look at writes that may have landed late; corrects their results and gives back the requests touched."""
    now = core.clock.now()
    pairs = await _items(core, PushItemRow.state == ItemState.ENDED.value, col(PushItemRow.check_again_at) <= now)
    if not pairs:
        return []
    seen = await _read(core, [candidate.approved.sys_id for _, candidate in pairs])
    if seen is None:
        return []
    results = []
    for item, candidate in pairs:
        result = await _late_word(core, item, candidate, seen.get(candidate.approved.sys_id))
        results.append(replace(result, is_correction=True, check_again_at=None))
    return await save(core, results)


async def _late_word(core: Core, item: PushItemRow, candidate: Candidate, now: RemoteVersion | None) -> Result:
    """A write in doubt is decided by what the record holds; one already judged is only looked at for a late landing."""
    if item.outcome != Outcome.IN_DOUBT:
        if item.outcome in WRITTEN:
            preflight = await core.servicenow.preflight()
            return await _settled(core, item, candidate, now, preflight.user_name, preflight.audit)
        return _unchanged(item, candidate)
    if now is None:
        return Result(candidate, item.attempt_token, Outcome.GONE)
    current = await in_thread(fingerprint, now.text, candidate.approved.kind)
    if current == await in_thread(fingerprint, candidate.approved.text, candidate.approved.kind):
        return Result(candidate, item.attempt_token, Outcome.PUSHED, Level.VERIFIED_BY_READBACK, stored=now)
    if current == candidate.approved.remote:
        return Result(candidate, item.attempt_token, Outcome.UNAVAILABLE, detail="The write never arrived.")
    return Result(candidate, item.attempt_token, Outcome.CHANGED_SINCE_CHECK, stored=now)


async def _settled(
    core: Core,
    item: PushItemRow,
    candidate: Candidate,
    now: RemoteVersion | None,
    service_user: str | None,
    has_audit: bool,
) -> Result:
    result = _unchanged(item, candidate)
    evidence = Evidence(candidate.approved, _before(item, candidate), _stored(item, candidate), now, None, service_user)
    if result.outcome is Outcome.REFUSED:
        return await _refused_after_all(result, evidence)
    if result.outcome not in WRITTEN:
        return result
    if has_audit:
        evidence = await _with_audit(core, evidence)
    final = await in_thread(settle, evidence, result.outcome)
    is_still_ours = final.outcome is not Outcome.OVERWRITTEN_AFTER and now is not None
    return replace(
        result,
        outcome=final.outcome,
        level=final.level,
        detail=final.detail or result.detail,
        stored=now if is_still_ours else None,
        lost_text=final.lost_text,
        lost_author=final.lost_author,
    )


async def _with_audit(core: Core, evidence: Evidence) -> Evidence:
    """The evidence with the audited changes since the version we looked at; waits a little for our own to show."""
    since = evidence.before.stamp.updated_on or core.clock.now() - dt.timedelta(days=1)
    for seconds in _AUDIT_LOOKS:
        await asyncio.sleep(seconds)
        try:
            rows = await core.servicenow.audit_rows(evidence.approved.sys_id, since=since - dt.timedelta(seconds=2))
        except RemoteError as error:
            log.warning("push.audit_not_read sys_id=%s code=%s", evidence.approved.sys_id, error.code)
            return evidence
        evidence = replace(evidence, changes=None if rows is None else [_change(row) for row in rows])
        if await in_thread(is_audit_complete, evidence):
            break
    return evidence


async def _refused_after_all(result: Result, evidence: Evidence) -> Result:
    """A refusal whose text is stored all the same: a rule that ran after the save refused too late."""
    if evidence.now is None:
        return result
    stored = await in_thread(fingerprint, evidence.now.text, evidence.approved.kind)
    if stored != await in_thread(fingerprint, evidence.approved.text, evidence.approved.kind):
        return result
    detail = f"ServiceNow refused it only after it was stored. {result.detail}"
    return replace(result, outcome=Outcome.PUSHED, level=Level.VERIFIED_BY_READBACK, detail=detail, stored=evidence.now)


async def _resolve(core: Core, item: PushItemRow, candidate: Candidate, service_user: str | None) -> list[uuid.UUID]:
    before = _before(item, candidate)
    claim = Claim(candidate, item.attempt_token or "", before, checked_at=0.0)
    result = await resolve_unknown(core, claim, before, service_user)
    log.info(
        "push.interrupted sys_id=%s outcome=%s", candidate.approved.sys_id, result.outcome if result else "not sent"
    )
    return await save(core, [result]) if result is not None else await _wait_again(core, item)


async def _wait_again(core: Core, item: PushItemRow) -> list[uuid.UUID]:
    async with core.db.transaction() as tx:
        row = await tx.get_one(PushItemRow, item.id, populate_existing=True)
        if row.state == ItemState.SENDING and row.attempt_token == item.attempt_token:
            row.state, row.attempt_token = ItemState.PENDING.value, None
            tx.add(row)
        request_item = await tx.get_one(RequestItemRow, item.request_item_id)
        return [request_item.request_id]


async def _items(core: Core, *tests: object) -> list[Pair]:
    query = (
        select(PushItemRow, RequestItemRow, StatementRow)
        .join(RequestItemRow, col(PushItemRow.request_item_id) == col(RequestItemRow.id))
        .join(StatementRow, col(PushItemRow.statement_id) == col(StatementRow.id))
        .where(*tests)  # type: ignore[arg-type]
    )
    async with core.db.reading() as tx:
        rows = (await tx.exec(query)).all()
    return [(item, candidate_of(item, request_item, statement)) for item, request_item, statement in rows]


async def _read(core: Core, sys_ids: list[str]) -> dict[str, RemoteVersion] | None:
    for attempt in range(_READ_TRIES):
        try:
            return await core.servicenow.read_many(sys_ids)
        except RemoteError as error:
            log.warning("push.settling_read_failed code=%s attempt=%s", error.code, attempt + 1)
            await asyncio.sleep(0.5 * 2**attempt)
    return None


def _before(item: PushItemRow, candidate: Candidate) -> RemoteVersion:
    stamp = Stamp(item.intent_mod_count or 0, item.intent_updated_on, item.intent_updated_by or "")
    return RemoteVersion(candidate.approved.sys_id, item.intent_content or "", stamp)


def _stored(item: PushItemRow, candidate: Candidate) -> RemoteVersion:
    """What the answer said is stored; after the write the statement's own marks are the answer's."""
    return RemoteVersion(candidate.approved.sys_id, item.stored_content or "", candidate.approved.stamp)


def _unchanged(item: PushItemRow, candidate: Candidate) -> Result:
    level = Level(item.level) if item.level else None
    return Result(candidate, item.attempt_token, Outcome(item.outcome or ""), level, item.detail)


def _change(row: AuditRow) -> Change:
    return Change(row.user, row.old_text, row.new_text, row.created_on, row.checkpoint)

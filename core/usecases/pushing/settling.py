"""After the writes: the settling read of a job with the audit look-up, and looks at what is still in doubt."""

import asyncio
import datetime as dt
import logging
import uuid
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import update
from sqlmodel import col, select

from core.domain.crossing import are_cut_off
from core.domain.evidence import Change, Evidence
from core.domain.outcome import WRITTEN, Level, Outcome
from core.domain.push import ItemState, JobState, sha256_of
from core.domain.settling import Settled, is_audit_complete, settle, settle_late, unexplained
from core.domain.statement import RemoteVersion, Stamp
from core.errors import RemoteError, RemoteSignInFailed, RemoteThrottled
from core.servicenow.audit import AuditRow
from core.servicenow.remarks import Preflight
from core.store.push_tables import PushItemRow, PushJobRow, RequestItemRow
from core.store.tables import StatementRow
from core.text.content import Fingerprint
from core.usecases.pushing.attempt import StillOpen, resolve_unknown
from core.usecases.pushing.claims import Candidate, Claim, agreed_text, candidate_of, wait_again
from core.usecases.pushing.endings import finish_job
from core.usecases.pushing.results import Result, save
from core.usecases.texts import in_thread
from core.wiring import Core

log = logging.getLogger(__name__)

_READ_TRIES = 3
# How far back the audit is asked for: stamps can be forged and clocks go wrong, and the rows tell their update count.
_AUDIT_MARGIN = dt.timedelta(days=1)
Pair = tuple[PushItemRow, Candidate]


async def jobs_to_settle(core: Core) -> list[uuid.UUID]:
    """Released jobs that have not ended and of which nothing waits to be sent any more; some never sent anything."""
    live = (JobState.PENDING.value, JobState.RUNNING.value)
    open_states = (ItemState.PENDING.value, ItemState.SENDING.value)
    async with core.db.reading() as tx:
        query = select(PushJobRow.id).where(col(PushJobRow.state).in_(live), col(PushJobRow.released_at).is_not(None))
        jobs = (await tx.exec(query)).all()
        busy = set((await tx.exec(select(PushItemRow.job_id).where(col(PushItemRow.state).in_(open_states)))).all())
    return [job_id for job_id in jobs if job_id not in busy]


async def settle_job(core: Core, job_id: uuid.UUID) -> list[uuid.UUID]:
    """Read everything the job wrote once more, some seconds after its last write, and end the job.

    Gives back the requests whose cards look different now. When ServiceNow cannot be read, the results stay as the
    answers proved them, and are looked at again later.
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
    seen = await _read(core, [candidate.approved.sys_id for _, candidate in pairs])
    if seen is None:
        return [await _unseen(core, item, candidate) for item, candidate in pairs]
    preflight = await core.servicenow.preflight()
    evidence = await asyncio.gather(
        *(_evidence(core, item, candidate, seen.get(candidate.approved.sys_id), preflight) for item, candidate in pairs)
    )
    words = await asyncio.gather(
        *(
            in_thread(settle, found, Outcome(item.outcome or ""))
            for found, (item, _) in zip(evidence, pairs, strict=True)
        )
    )
    return [
        _with_word(item, candidate, word, found.now)
        for (item, candidate), found, word in zip(pairs, evidence, words, strict=True)
    ]


async def resolve_interrupted(core: Core, token: str, stopping: asyncio.Event | None = None) -> list[uuid.UUID]:
    """Find out what became of attempts that another run began and did not end, by reading the records back.

    What is found untouched waits again and will be sent; nothing is sent from here. Once `stopping` is set the rest is
    left as it is.
    """
    left = await _items(core, PushItemRow.state == ItemState.SENDING.value)
    others = [(item, candidate) for item, candidate in left if item.attempt_token != token]
    if not others:
        return []
    service_user = (await core.servicenow.preflight()).user_name
    touched = await asyncio.gather(*(_resolve(core, pair, service_user, stopping) for pair in others))
    return [request_id for request_ids in touched for request_id in request_ids]


async def look_at_doubtful(core: Core) -> list[uuid.UUID]:
    """One more look at writes that may have landed late; corrects their results and gives back the requests touched."""
    due = await _items(
        core, PushItemRow.state == ItemState.ENDED.value, col(PushItemRow.check_again_at) <= core.clock.now()
    )
    seen = await _read(core, [candidate.approved.sys_id for _, candidate in due]) if due else None
    if seen is None:
        return []
    preflight = await core.servicenow.preflight()
    results = []
    for item, candidate in due:
        known = Outcome(item.outcome or "")
        evidence = await _evidence(core, item, candidate, seen.get(candidate.approved.sys_id), preflight)
        evidence = replace(evidence, agreed=await _agreed_texts(core, candidate))
        word = await in_thread(_late_word, evidence, known, is_verified=item.level != Level.UNVERIFIED)
        if word.outcome is not known or word.lost or word.level is not None:
            corrected = _with_word(item, candidate, word, evidence.now)
            results.append(replace(corrected, is_correction=True, check_again_at=None))
    corrected_ids = {result.candidate.item_id for result in results}
    await _look_no_more(core, [item.id for item, _ in due if item.id not in corrected_ids])
    return await save(core, results)


def _late_word(evidence: Evidence, known: Outcome, *, is_verified: bool) -> Settled:
    """What one more look amounts to; a level only where it is news."""
    if is_verified or known not in WRITTEN:
        found = settle_late(evidence, known)
        return found if found.outcome is not known or found.lost else Settled(known)
    settled_now = settle(evidence, known)
    late = settle_late(evidence, known)
    return settled_now if late.outcome is known else late


async def _resolve(core: Core, pair: Pair, service_user: str | None, stopping: asyncio.Event | None) -> list[uuid.UUID]:
    item, candidate = pair
    before = _before(item, candidate)
    claim = Claim(candidate, item.attempt_token or "", before, checked_at=0.0)
    try:
        result = await resolve_unknown(core, claim, before, service_user, stopping=stopping)
    except StillOpen:
        return []
    log.info(
        "push.interrupted sys_id=%s outcome=%s", candidate.approved.sys_id, result.outcome if result else "not sent"
    )
    if result is not None:
        return await save(core, [result])
    # The intent may be much older than the send, and the sender may have died just now.
    lands_until = core.clock.now() + dt.timedelta(seconds=core.waits.late_landing)
    await wait_again(core, claim, look_again_at=lands_until)
    return [candidate.request_id]


async def _evidence(
    core: Core, item: PushItemRow, candidate: Candidate, now: RemoteVersion | None, preflight: Preflight
) -> Evidence:
    """What is known about the write, with the audited changes since the version it was to replace.

    The audit is asked whatever the answer was: a rule may refuse what is stored already, and a record that is gone was
    perhaps written before.
    """
    outcome = Outcome(item.outcome or "")
    stored = _stored(item, candidate) if outcome in WRITTEN else None
    evidence = Evidence(candidate.approved, _before(item, candidate), stored, now, None, preflight.user_name)
    return await _with_audit(core, evidence) if preflight.audit else evidence


async def _with_audit(core: Core, evidence: Evidence) -> Evidence:
    """The evidence with the audit; waits a little for our own change to show in it."""
    now = core.clock.now()
    since = min(evidence.before.stamp.updated_on or now, now) - _AUDIT_MARGIN
    sys_id = evidence.approved.sys_id
    try:
        for seconds in core.waits.audit:
            await asyncio.sleep(seconds)
            rows = await core.servicenow.audit_rows(sys_id, since=since)
            evidence = replace(evidence, changes=None if rows is None else [_change(row) for row in rows])
            if await in_thread(is_audit_complete, evidence):
                break
        if await in_thread(are_cut_off, evidence):
            return replace(evidence, changes=None)
        if await in_thread(unexplained, evidence):
            evidence = replace(evidence, saves=await core.servicenow.audited_saves(sys_id, since=since))
    except RemoteError as error:
        log.warning("push.audit_not_read sys_id=%s code=%s", sys_id, error.code)
    return evidence


async def _unseen(core: Core, item: PushItemRow, candidate: Candidate) -> Result:
    """The word on a write whose settling read failed: what its answer said, at the level it has, and one more look later."""
    outcome = Outcome(item.outcome or "")
    if outcome not in WRITTEN:
        again_at = item.check_again_at or core.clock.now() + dt.timedelta(seconds=core.waits.late_landing)
        return replace(_with_word(item, candidate, Settled(outcome), None), check_again_at=again_at)
    stored = _stored(item, candidate)
    evidence = Evidence(candidate.approved, _before(item, candidate), stored, stored, None, None)
    word = replace(await in_thread(settle, evidence, outcome), level=None)
    return replace(_with_word(item, candidate, word, None), check_again_at=item.check_again_at or core.clock.now())


def _with_word(item: PushItemRow, candidate: Candidate, word: Settled, now: RemoteVersion | None) -> Result:
    """The result with its final word; the version seen is taken over unless it is somebody else's later one."""
    return Result(
        candidate,
        item.attempt_token,
        word.outcome,
        word.level or (Level(item.level) if item.level else None),
        word.detail or item.detail,
        stored=None if word.outcome is Outcome.OVERWRITTEN_AFTER else now,
        lost=word.lost,
    )


async def _agreed_texts(core: Core, candidate: Candidate) -> frozenset[Fingerprint]:
    """Every text that some push of this very text was to replace: that one of them is gone is no loss."""
    query = select(RequestItemRow).where(
        RequestItemRow.statement_id == candidate.statement_id,
        RequestItemRow.local_sha256 == sha256_of(candidate.approved.text),
    )
    async with core.db.reading() as tx:
        return frozenset(agreed_text(item, candidate.approved.kind) for item in (await tx.exec(query)).all())


async def _look_no_more(core: Core, item_ids: Sequence[uuid.UUID]) -> None:
    if not item_ids:
        return
    async with core.db.transaction() as tx:
        await tx.exec(update(PushItemRow).where(col(PushItemRow.id).in_(item_ids)).values(check_again_at=None))


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
    """The records as they are now, None when they cannot be read. A pause that ServiceNow asks for is waited for."""
    for attempt in range(_READ_TRIES):
        try:
            return await core.servicenow.read_many(sys_ids)
        except RemoteSignInFailed as error:
            log.warning("push.settling_read_failed code=%s", error.code)
            return None
        except RemoteError as error:
            log.warning("push.settling_read_failed code=%s attempt=%s", error.code, attempt + 1)
            if isinstance(error, RemoteThrottled):
                await core.servicenow.pacing.ready()
        await asyncio.sleep(core.waits.again * 2**attempt)
    return None


def _before(item: PushItemRow, candidate: Candidate) -> RemoteVersion:
    stamp = Stamp(
        item.intent_mod_count or 0, item.intent_updated_on, item.intent_updated_by or "", item.intent_created_on
    )
    return RemoteVersion(candidate.approved.sys_id, item.intent_content or "", stamp)


def _stored(item: PushItemRow, candidate: Candidate) -> RemoteVersion:
    """The version that the answer showed, or a later look."""
    stamp = Stamp(
        item.stored_mod_count or 0, item.stored_updated_on, item.stored_updated_by or "", item.stored_created_on
    )
    return RemoteVersion(candidate.approved.sys_id, item.stored_content or "", stamp)


def _change(row: AuditRow) -> Change:
    return Change(row.user, row.old_text, row.new_text, row.created_on, row.checkpoint)

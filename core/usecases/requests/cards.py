"""Building what cards show, from the rows as they are now."""

import asyncio
import uuid
from collections.abc import Iterable, Mapping

from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.approval import DecisionKind
from core.domain.conflict import Choice, ConflictKind
from core.domain.diff import TextDiff
from core.domain.merge import Merged
from core.domain.outcome import Level, Outcome, is_success, may_retry, sentence_with, words
from core.domain.push import ItemState, JobState, Readiness, RequestState, seconds_left, sha256_of
from core.domain.statement import SyncStatus
from core.models.requests import (
    ApprovalView,
    ConflictCard,
    ItemResult,
    JobView,
    LeftOut,
    PersonView,
    PushPreview,
    RequestCard,
    RequestLine,
)
from core.store.conflicts import conflicts_by_id, get_conflict
from core.store.push_tables import ApprovalRow, PushItemRow, PushJobRow, PushRequestRow, RequestItemRow
from core.store.pushes import get_request, is_paused, list_decisions, list_items, list_jobs, list_push_items
from core.store.statements import Joined, get_many
from core.store.tables import ConflictRow
from core.text.content import TextKind
from core.usecases.people.actors import person_views
from core.usecases.pushing.waits import still_waits_until
from core.usecases.requests.life import may_decide_in_chat
from core.usecases.texts import diff_texts, merge_texts
from core.wiring import Core

_FLIGHT = (ItemState.SENDING.value, ItemState.WRITTEN.value)


async def conflict_card(core: Core, conflict_id: uuid.UUID) -> ConflictCard:
    """One conflict as it stands now. Raises NotFound."""
    async with core.db.reading() as tx:
        conflict = await get_conflict(tx, conflict_id)
        statements = await get_many(tx, [conflict.statement_id])
        people = await person_views(tx, (conflict.resolved_by, conflict.local_edited_by))
    return await _conflict_card(conflict, statements[conflict.statement_id], people)


async def push_preview(core: Core, request_id: uuid.UUID) -> PushPreview:
    """What the request would push, item by item. Raises NotFound."""
    async with core.db.reading() as tx:
        request = await get_request(tx, request_id)
        facts = await _line_facts(tx, request_id)
        paused = await is_paused(tx)
    lines = await _lines(facts)
    return PushPreview(
        request_id=request_id,
        host=core.servicenow.host,
        lines=lines,
        approvals_required=request.approvals_required,
        is_paused=paused or core.settings.read_only,
        is_read_only=core.settings.read_only,
        reason=request.reason,
    )


async def request_card(core: Core, request_id: uuid.UUID) -> RequestCard:
    """The request with its statements, decisions, runs and results. Raises NotFound."""
    async with core.db.reading() as tx:
        request = await get_request(tx, request_id)
        facts = await _line_facts(tx, request_id)
        decisions = await list_decisions(tx, request_id)
        jobs = await list_jobs(tx, request_id)
        items = await list_push_items(tx, [job.id for job in jobs])
        people = await person_views(tx, [request.requested_by, *(row.person_id for row in decisions)])
        paused = await is_paused(tx)
    lines = await _lines(facts)
    views = tuple(_job_view(job, [item for item in items if item.job_id == job.id], facts[1]) for job in jobs)
    return RequestCard(
        id=request.id,
        number=request.number or 0,
        version=request.version,
        state=RequestState(request.state),
        host=core.servicenow.host,
        requester=people[request.requested_by],
        reason=request.reason,
        created_at=request.created_at,
        expires_at=request.expires_at,
        content_digest=request.content_digest,
        lines=lines,
        decisions=_decisions(request, (row for row in decisions if row.withdrawn_at is None), people),
        approvals_required=request.approvals_required,
        in_chat=may_decide_in_chat(core, request),
        jobs=views,
        note=request.note,
        channel=request.channel,
        is_paused=paused or core.settings.read_only,
        is_read_only=core.settings.read_only,
        seconds_left=_seconds_left(core, views, items),
        waiting_until=still_waits_until(core, jobs) if request.state == RequestState.PUSHING else None,
        reminders=request.reminders,
        conflicts_shown=request.conflicts_shown,
        withdrawn_decline=_withdrawn_decline(request, decisions, people),
    )


_LineFacts = tuple[
    list[RequestItemRow], Mapping[uuid.UUID, Joined], Mapping[uuid.UUID, ConflictRow], Mapping[uuid.UUID, PersonView]
]


async def _line_facts(tx: AsyncSession, request_id: uuid.UUID) -> _LineFacts:
    items = await list_items(tx, request_id)
    statements = await get_many(tx, [item.statement_id for item in items])
    conflicts = await conflicts_by_id(tx, (item.conflict_id for item in items))
    ids = [person for row in conflicts.values() for person in (row.resolved_by, row.local_edited_by)]
    ids += [item.left_out_by for item in items]
    return items, statements, conflicts, await person_views(tx, ids)


async def _lines(facts: _LineFacts) -> tuple[RequestLine, ...]:
    items, statements, conflicts, people = facts
    lines = []
    for item in items:
        lines.append(await _line(item, statements, conflicts, people))
        # Short texts are compared at once: whatever else the event loop has to do comes in between.
        await asyncio.sleep(0)
    return tuple(lines)


async def _line(
    item: RequestItemRow,
    statements: Mapping[uuid.UUID, Joined],
    conflicts: Mapping[uuid.UUID, ConflictRow],
    people: Mapping[uuid.UUID, PersonView],
) -> RequestLine:
    row, control, system = joined = statements[item.statement_id]
    conflict = conflicts.get(item.conflict_id) if item.conflict_id else None
    is_shown = item.readiness in (Readiness.READY.value, Readiness.CONFLICT.value, Readiness.REFUSED.value)
    return RequestLine(
        statement_id=row.id,
        sn_sys_id=row.sn_sys_id,
        control_number=control.number,
        control_name=control.name,
        system_name=system.name,
        readiness=Readiness(item.readiness),
        reason=item.reason,
        change=await _change(item, TextKind(row.kind)) if is_shown else None,
        conflict=await _conflict_card(conflict, joined, people) if conflict is not None else None,
        left_out=_left_out(item, conflict, people),
    )


def _left_out(
    item: RequestItemRow, conflict: ConflictRow | None, people: Mapping[uuid.UUID, PersonView]
) -> LeftOut | None:
    """Who left the statement out; that is undone at its conflict, as long as this is open."""
    if item.readiness != Readiness.LEFT_OUT.value or item.left_out_by is None or item.left_out_at is None:
        return None
    may_be_undone = conflict is not None and conflict.is_open
    return LeftOut(people.get(item.left_out_by), item.left_out_at, may_be_undone)


async def _change(item: RequestItemRow, kind: TextKind) -> TextDiff:
    return await diff_texts(item.remote_content, item.local_content, kind)


async def _conflict_card(conflict: ConflictRow, joined: Joined, people: Mapping[uuid.UUID, PersonView]) -> ConflictCard:
    row, control, system = joined
    kind = TextKind(row.kind)
    to_local, remote_change, local_change = await asyncio.gather(
        diff_texts(conflict.remote_content, conflict.local_content, kind),
        diff_texts(conflict.baseline_content, conflict.remote_content, kind),
        diff_texts(conflict.baseline_content, conflict.local_content, kind),
    )
    return ConflictCard(
        id=conflict.id,
        revision=conflict.revision,
        statement_id=row.id,
        sn_sys_id=row.sn_sys_id,
        control_number=control.number,
        control_name=control.name,
        system_name=system.name,
        is_open=conflict.is_open,
        remote_updated_on=conflict.remote_updated_on,
        remote_updated_by=conflict.remote_updated_by,
        local_edited_at=conflict.local_edited_at,
        local_editor=people.get(conflict.local_edited_by) if conflict.local_edited_by else None,
        to_local=to_local,
        remote_change=remote_change,
        local_change=local_change,
        choice=Choice(conflict.choice) if conflict.choice else None,
        resolved_by=people.get(conflict.resolved_by) if conflict.resolved_by else None,
        resolved_at=conflict.resolved_at,
        may_be_undone=_may_be_undone(conflict, row.row_version, row.sync_status),
        kind=ConflictKind(conflict.kind),
        merge_digest=await _merge_digest(conflict, kind),
    )


async def _merge_digest(conflict: ConflictRow, kind: TextKind) -> str:
    """The digest of the text with both edits, while that can be chosen; empty where they clash."""
    if not conflict.is_open or conflict.kind != ConflictKind.CHANGED:
        return ""
    merged = await merge_texts(conflict.baseline_content, conflict.local_content, conflict.remote_content, kind)
    return sha256_of(merged.text) if isinstance(merged, Merged) else ""


def _may_be_undone(conflict: ConflictRow, row_version: int, sync_status: str) -> bool:
    was_chosen = not conflict.is_open and conflict.choice is not None and conflict.kind == ConflictKind.CHANGED
    return was_chosen and conflict.resolved_row_version == row_version and sync_status != SyncStatus.PUSHING.value


def _decisions(
    request: PushRequestRow, rows: Iterable[ApprovalRow], people: Mapping[uuid.UUID, PersonView]
) -> tuple[ApprovalView, ...]:
    return tuple(
        ApprovalView(people[row.person_id], DecisionKind(row.kind), row.comment, row.decided_at)
        for row in rows
        if row.content_digest == request.content_digest
    )


def _withdrawn_decline(
    request: PushRequestRow, rows: Iterable[ApprovalRow], people: Mapping[uuid.UUID, PersonView]
) -> ApprovalView | None:
    taken_back = {row.withdrawn_at: row for row in rows if row.withdrawn_at and row.kind == DecisionKind.DECLINE.value}
    views = _decisions(request, (row for _, row in sorted(taken_back.items())), people)
    return views[-1] if views else None


def _job_view(job: PushJobRow, items: list[PushItemRow], statements: Mapping[uuid.UUID, Joined]) -> JobView:
    results = tuple(item_result(job, item, statements[item.statement_id]) for item in items if item.outcome)
    return JobView(
        id=job.id,
        request_id=job.request_id,
        state=JobState(job.state),
        total=len(items),
        ended=len(results),
        succeeded=sum(result.is_success for result in results),
        failed=sum(not result.is_success for result in results),
        in_flight=sum(item.state in _FLIGHT and item.outcome is None for item in items),
        released_at=job.released_at,
        started_at=job.started_at,
        completed_at=job.completed_at,
        is_stopping=job.cancel_requested_at is not None and job.completed_at is None,
        failure=job.failure,
        results=results,
    )


def item_result(job: PushJobRow, item: PushItemRow, joined: Joined) -> ItemResult:
    """How the push of one statement ended in this job, in words; only for an item that has an outcome."""
    row, control, system = joined
    outcome = Outcome(item.outcome or "")
    level = Level(item.level) if item.level else None
    said = words(outcome, level)
    retryable = may_retry(outcome, stopped_its_job=bool(job.failure))
    return ItemResult(
        statement_id=row.id,
        sn_sys_id=row.sn_sys_id,
        control_number=control.number,
        system_name=system.name,
        outcome=outcome,
        is_success=is_success(outcome),
        sentence=sentence_with(said, outcome, item.detail),
        next_step=f"{said.next_step} Then retry." if retryable and not said.retryable else said.next_step,
        retryable=retryable,
        severity=said.severity,
        level=level,
        pushed_at=item.pushed_at,
        detail=item.detail,
    )


def _seconds_left(core: Core, jobs: Iterable[JobView], items: Iterable[PushItemRow]) -> float | None:
    released = [job for job in jobs if job.released_at is not None]
    running = {job.id for job in released if job.state in (JobState.PENDING, JobState.RUNNING)}
    ours = [item for item in items if item.job_id in running]
    done = [item.pushed_at or item.intent_at for item in ours if item.outcome]
    return seconds_left([at for at in done if at], sum(not item.outcome for item in ours), core.clock.now())

"""A push by the id of its job: where it stands, what came out, and what there is to decide about."""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.domain.approval import DecisionKind
from core.domain.outcome import Outcome, is_success
from core.domain.push import JobState, Readiness, RequestState
from core.errors import NotFound
from core.models.requests import ApprovalView, ItemResult, PersonView
from core.store.push_tables import PushJobRow, PushRequestRow
from core.store.pushes import get_job, get_request, is_paused, item_counts, list_approvals, list_items, list_push_items
from core.store.statements import get_many
from core.usecases.people.actors import person_views
from core.usecases.pushing.waits import still_waits_until
from core.usecases.requests.cards import item_result
from core.wiring import Core


@dataclass(frozen=True)
class PushStatus:
    """How far one job is, and where its request stands."""

    job_id: uuid.UUID
    request_id: uuid.UUID
    number: int
    state: JobState
    request_state: RequestState
    total: int
    completed: int
    succeeded: int
    failed: int
    is_paused: bool
    failure: str
    note: str
    released_at: dt.datetime | None
    started_at: dt.datetime | None
    completed_at: dt.datetime | None
    waiting_until: dt.datetime | None


@dataclass(frozen=True)
class ProposedWrite:
    """One statement of a request, with the exact text that would be sent and the one it would replace."""

    statement_id: uuid.UUID
    control_number: str
    system_name: str
    readiness: Readiness
    reason: str
    local_content: str
    remote_content: str
    local_sha256: str


@dataclass(frozen=True)
class ApprovalSheet:
    """What approvers decide about: `content_digest` stands for exactly these texts, and is empty while they may change."""

    request_id: uuid.UUID
    number: int
    state: RequestState
    content_digest: str
    requester: PersonView
    reason: str
    approvals_required: int
    expires_at: dt.datetime | None
    decisions: tuple[ApprovalView, ...]
    writes: tuple[ProposedWrite, ...]


async def get_request_id(core: Core, name: str) -> uuid.UUID:
    """The push request that a person means by its number, its id, or the id of one of its jobs. Raises NotFound."""
    async with core.db.reading() as tx:
        found = await _by_number(tx, name.removeprefix("#")) if len(name) < 16 else await _by_id(tx, name)
    if found is None:
        raise NotFound(f"There is no push request “{name}”.", next_step="Its card shows its number.")
    return found


async def push_status(core: Core, job_id: uuid.UUID) -> PushStatus:
    """Where the job stands. Raises NotFound."""
    async with core.db.reading() as tx:
        job = await get_job(tx, job_id)
        request = await get_request(tx, job.request_id)
        counts = await item_counts(tx, [job_id])
        paused = await is_paused(tx)
    ended = {Outcome(outcome): 0 for _, _, outcome in counts if outcome is not None}
    for (_, _, outcome), count in counts.items():
        if outcome is not None:
            ended[Outcome(outcome)] += count
    succeeded = sum(count for outcome, count in ended.items() if is_success(outcome))
    return PushStatus(
        job_id=job_id,
        request_id=request.id,
        number=request.number or 0,
        state=JobState(job.state),
        request_state=RequestState(request.state),
        total=sum(counts.values()),
        completed=sum(ended.values()),
        succeeded=succeeded,
        failed=sum(ended.values()) - succeeded,
        is_paused=paused or core.settings.read_only,
        failure=job.failure,
        note=request.note,
        released_at=job.released_at,
        started_at=job.started_at,
        completed_at=job.completed_at,
        waiting_until=still_waits_until(core, [job]),
    )


async def push_results(core: Core, job_id: uuid.UUID) -> list[ItemResult]:
    """How each statement of the job ended, as far as it did, in order. Raises NotFound."""
    async with core.db.reading() as tx:
        job = await get_job(tx, job_id)
        items = [item for item in await list_push_items(tx, [job_id]) if item.outcome is not None]
        statements = await get_many(tx, [item.statement_id for item in items])
    return [item_result(job, item, statements[item.statement_id]) for item in items]


async def approval_sheet(core: Core, job_id: uuid.UUID) -> ApprovalSheet:
    """What there is to decide about the job's request, and the decisions that cover it. Raises NotFound."""
    async with core.db.reading() as tx:
        request = await get_request(tx, (await get_job(tx, job_id)).request_id)
        items = await list_items(tx, request.id)
        statements = await get_many(tx, [item.statement_id for item in items])
        approvals = [
            row for row in await list_approvals(tx, request.id) if row.content_digest == request.content_digest
        ]
        people = await person_views(tx, [request.requested_by, *(row.person_id for row in approvals)])
    writes = [
        ProposedWrite(
            statement_id=item.statement_id,
            control_number=statements[item.statement_id][1].number,
            system_name=statements[item.statement_id][2].name,
            readiness=Readiness(item.readiness),
            reason=item.reason,
            local_content=item.local_content,
            remote_content=item.remote_content,
            local_sha256=item.local_sha256,
        )
        for item in items
    ]
    decisions = [
        ApprovalView(people[row.person_id], DecisionKind(row.kind), row.comment, row.decided_at) for row in approvals
    ]
    return ApprovalSheet(
        request_id=request.id,
        number=request.number or 0,
        state=RequestState(request.state),
        content_digest=request.content_digest,
        requester=people[request.requested_by],
        reason=request.reason,
        approvals_required=request.approvals_required,
        expires_at=request.expires_at,
        decisions=tuple(decisions),
        writes=tuple(writes),
    )


async def _by_number(tx: AsyncSession, text: str) -> uuid.UUID | None:
    if not (text.isascii() and text.isdigit()):
        return None
    return (await tx.exec(select(PushRequestRow.id).where(PushRequestRow.number == int(text)))).first()


async def _by_id(tx: AsyncSession, text: str) -> uuid.UUID | None:
    try:
        known = uuid.UUID(text)
    except ValueError:
        return None
    job = await tx.get(PushJobRow, known)
    request = await tx.get(PushRequestRow, job.request_id if job is not None else known)
    return request.id if request is not None and request.number is not None else None

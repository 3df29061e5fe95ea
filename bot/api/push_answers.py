"""From read models to the bodies of the push endpoints."""

import uuid

from bot.api.push_schemas import (
    ApprovalDecision,
    ApprovalResponse,
    ConflictInfo,
    LeftAlone,
    LeftOut,
    ProposedWriteItem,
    PushResultItem,
    PushStatusResponse,
    ResolveConflictResponse,
    RetriedPushResponse,
    StartPushResponse,
    UndonePushResponse,
)
from core.domain.actor import Actor
from core.domain.conflict import Finding, Standing
from core.errors import StaleCard
from core.models.requests import ConflictCard, ItemResult, RequestCard
from core.usecases.requests.asking_directly import AskedPush
from core.usecases.requests.lookup import ApprovalSheet, PushStatus
from core.usecases.requests.undo import Undone


def conflict_info(finding: Finding) -> ConflictInfo:
    """How a statement stands."""
    statement, remote = finding.statement, finding.remote
    return ConflictInfo(
        statement_id=statement.id,
        control_id=statement.control_number,
        has_conflict=finding.standing is Standing.CONFLICT,
        standing=finding.standing,
        local_content=statement.local,
        remote_content=remote.text if remote else None,
        local_updated_at=statement.edited_at,
        remote_updated_at=remote.stamp.updated_on if remote else None,
        remote_updated_by=remote.stamp.updated_by if remote else None,
        remote_token=finding.remote_fingerprint.token if finding.remote_fingerprint else None,
    )


def resolved_response(card: ConflictCard, caller: Actor) -> ResolveConflictResponse:
    """The choice that was just recorded. Raises StaleCard when it was undone in the same moment."""
    if card.choice is None or card.resolved_at is None:
        raise StaleCard("This choice was undone already.", next_step="Check the conflicts again.")
    return ResolveConflictResponse(
        statement_id=card.statement_id,
        control_id=card.control_number,
        resolution=card.choice,
        resolved_by=card.resolved_by.name if card.resolved_by else caller.name,
        resolved_at=card.resolved_at,
    )


def started_response(asked: AskedPush) -> StartPushResponse:
    """The job that was made; a request of at most a hundred statements has one."""
    card = asked.card
    return StartPushResponse(
        job_id=card.jobs[0].id,
        status=card.jobs[0].state,
        number=card.number,
        approvals_required=card.approvals_required,
        content_digest=card.content_digest,
        left_out=[
            LeftOut(
                statement_id=line.statement_id,
                control_id=line.control_number,
                readiness=line.readiness,
                reason=line.reason,
            )
            for line in asked.left_out
        ],
    )


def status_response(status: PushStatus) -> PushStatusResponse:
    """How far a job is."""
    return PushStatusResponse(
        job_id=status.job_id,
        status=status.state,
        total=status.total,
        completed=status.completed,
        succeeded=status.succeeded,
        failed=status.failed,
        number=status.number,
        request_status=status.request_state,
        is_paused=status.is_paused,
        note=status.note,
        failure=status.failure,
        released_at=status.released_at,
        started_at=status.started_at,
        completed_at=status.completed_at,
        waiting_until=status.waiting_until,
    )


def retried_response(card: RequestCard) -> RetriedPushResponse:
    """The jobs that were just made to try again: the newest, of which nothing has ended the request yet."""
    newest = max(job.released_at for job in card.jobs if job.released_at is not None)
    jobs = [job for job in card.jobs if job.released_at == newest]
    return RetriedPushResponse(
        job_ids=[job.id for job in jobs], number=card.number, statements=sum(job.total for job in jobs)
    )


def undone_response(undone: Undone) -> UndonePushResponse:
    """What was brought back, and what was not."""
    left = [LeftAlone(statement=label, reason=reason) for label, reason in undone.left_alone]
    return UndonePushResponse(number=undone.number, statement_ids=list(undone.statement_ids), left_alone=left)


def result_item(result: ItemResult) -> PushResultItem:
    """How one statement ended."""
    return PushResultItem(
        statement_id=result.statement_id,
        control_id=result.control_number,
        success=result.is_success,
        error=None if result.is_success else result.sentence,
        pushed_at=result.pushed_at,
        outcome=result.outcome,
        sentence=result.sentence,
        next_step=result.next_step,
        retryable=result.retryable,
        severity=result.severity,
        verification=result.level,
    )


def approval_response(job_id: uuid.UUID, sheet: ApprovalSheet) -> ApprovalResponse:
    """What there is to decide."""
    return ApprovalResponse(
        job_id=job_id,
        number=sheet.number,
        status=sheet.state,
        requested_by=sheet.requester.name,
        reason=sheet.reason,
        content_digest=sheet.content_digest,
        approvals_required=sheet.approvals_required,
        approvals_given=sum(decision.is_approval for decision in sheet.decisions),
        expires_at=sheet.expires_at,
        decisions=[
            ApprovalDecision(
                person=decision.person.name,
                decision=decision.kind.value,
                comment=decision.comment,
                decided_at=decision.decided_at,
            )
            for decision in sheet.decisions
        ],
        statements=[
            ProposedWriteItem(
                statement_id=write.statement_id,
                control_id=write.control_number,
                system_name=write.system_name,
                readiness=write.readiness,
                reason=write.reason,
                local_content=write.local_content,
                remote_content=write.remote_content,
                local_sha256=write.local_sha256,
            )
            for write in sheet.writes
        ],
    )

"""The push endpoints: check, settle, ask, look, decide."""

import uuid

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from bot.api.callers import Caller, Its, needs_one_of
from bot.api.once import Done, OnceOnly
from bot.api.problems import responses
from bot.api.push_answers import (
    approval_response,
    conflict_info,
    resolved_response,
    result_item,
    started_response,
    status_response,
)
from bot.api.push_schemas import (
    ApprovalResponse,
    CheckConflictsRequest,
    CheckConflictsResponse,
    DecideRequest,
    PushResultsResponse,
    PushStatusResponse,
    ResolveConflictRequest,
    ResolveConflictResponse,
    StartPushRequest,
    StartPushResponse,
    WithdrawRequest,
)
from core.domain.actor import Role
from core.domain.conflict import Choice
from core.errors import TooMuch
from core.usecases.approvals.deciding import approve_push, ask_for_changes, decline_push, withdraw_decline
from core.usecases.conflicts.by_statement import check_conflicts, settle_conflict
from core.usecases.requests.asking_directly import ask_for_push
from core.usecases.requests.lookup import approval_sheet, push_results, push_status

router = APIRouter(prefix="/api/v1/push", tags=["push"])

_READ = responses(401, 403, 404, 422, 429, 500, 503)
_ASK_SERVICENOW = responses(400, 401, 403, 404, 409, 413, 422, 429, 500, 502, 503)
_CHANGE = responses(400, 401, 403, 404, 409, 413, 422, 429, 500, 503)


@router.post("/check-conflicts", response_model=CheckConflictsResponse, responses=_ASK_SERVICENOW)
async def check(body: CheckConflictsRequest, caller: Caller, its: Its, once: OnceOnly) -> Response:
    """Compare statements with ServiceNow as it is now. Conflicts that are found are recorded."""

    async def work() -> Done:
        findings = await check_conflicts(its.core, caller, body.statement_ids)
        return Done(200, CheckConflictsResponse(conflicts=[conflict_info(finding) for finding in findings]))

    return await once(work)


@router.post("/resolve-conflict/{statement_id}", response_model=ResolveConflictResponse, responses=_CHANGE)
async def resolve(
    statement_id: uuid.UUID, body: ResolveConflictRequest, caller: Caller, its: Its, once: OnceOnly
) -> Response:
    """Settle a statement's conflict: push the local text over ServiceNow's, or take ServiceNow's over."""

    async def work() -> Done:
        needs_one_of(caller, Role.EDITOR, Role.REQUESTER)
        choice = Choice(body.resolution)
        card = await settle_conflict(its.core, caller, statement_id, choice, remote_token=body.remote_token)
        return Done(200, resolved_response(card, caller))

    return await once(work)


@router.post("", status_code=202, response_model=StartPushResponse, responses=_ASK_SERVICENOW)
@router.post("/", status_code=202, include_in_schema=False)
async def start(body: StartPushRequest, caller: Caller, its: Its, once: OnceOnly) -> Response:
    """Ask for a push. It waits, pending, until it is approved; where no approval is needed it begins at once."""
    if len(set(body.statement_ids)) > its.core.settings.push_max_statements:
        raise TooMuch(
            f"A push takes at most {its.core.settings.push_max_statements} statements.",
            next_step="Ask for several pushes.",
        )

    async def work() -> Done:
        asked = await ask_for_push(its.core, caller, body.statement_ids, reason=body.reason.strip())
        answer = started_response(asked)
        return Done(202, answer, location=f"/api/v1/push/{answer.job_id}")

    return await once(work)


@router.get("/check-conflicts", include_in_schema=False)
async def no_job() -> None:
    """Refuse what would else be taken for the id of a job."""
    raise HTTPException(405)


@router.get("/{job_id}", response_model_exclude_none=True, responses=_READ)
async def status(job_id: uuid.UUID, _caller: Caller, its: Its) -> PushStatusResponse:
    """How far a push job is."""
    return status_response(await push_status(its.core, job_id))


@router.get("/{job_id}/results", response_model_exclude_none=True, responses=_READ)
async def results(job_id: uuid.UUID, _caller: Caller, its: Its) -> PushResultsResponse:
    """How each statement of a push job ended, as far as it did."""
    return PushResultsResponse(results=[result_item(result) for result in await push_results(its.core, job_id)])


@router.get("/{job_id}/approval", response_model_exclude_none=True, responses=_READ)
async def approval(job_id: uuid.UUID, _caller: Caller, its: Its) -> ApprovalResponse:
    """What there is to approve, and who decided what."""
    return approval_response(job_id, await approval_sheet(its.core, job_id))


@router.post("/{job_id}/approval", response_model=ApprovalResponse, responses=_CHANGE)
async def decide(job_id: uuid.UUID, body: DecideRequest, caller: Caller, its: Its, once: OnceOnly) -> Response:
    """Approve, decline or ask for changes in exactly the content of the digest, or withdraw one's own decline.

    Nobody decides about what they asked for or wrote.
    """

    async def work() -> Done:
        request_id, digest = (await push_status(its.core, job_id)).request_id, body.content_digest
        if isinstance(body, WithdrawRequest):
            await withdraw_decline(its.core, caller, request_id, shown_digest=digest)
        else:
            deed = {"approve": approve_push, "decline": decline_push, "changes": ask_for_changes}[body.decision]
            await deed(its.core, caller, request_id, shown_digest=digest, comment=body.comment.strip())
        return Done(200, approval_response(job_id, await approval_sheet(its.core, job_id)))

    return await once(work)

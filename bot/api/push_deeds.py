"""What is done with a push that was asked for: called off, tried again, undone. Each is about the job's whole push request."""

import uuid

from fastapi import APIRouter
from starlette.responses import Response

from bot.api.callers import Caller, Its, needs_one_of
from bot.api.once import Done, OnceOnly
from bot.api.problems import responses
from bot.api.push_answers import retried_response, status_response, undone_response
from bot.api.push_schemas import PushStatusResponse, RetriedPushResponse, UndonePushResponse
from core.domain.actor import Role
from core.usecases.requests.asking import cancel_push, retry_failed
from core.usecases.requests.lookup import push_status
from core.usecases.requests.undo import undo_push

router = APIRouter(prefix="/api/v1/push/{job_id}", tags=["push"])

_CHANGE = responses(400, 401, 403, 404, 409, 413, 422, 429, 500, 503)


@router.post("/cancel", response_model=PushStatusResponse, responses=_CHANGE)
async def cancel(job_id: uuid.UUID, caller: Caller, its: Its, once: OnceOnly) -> Response:
    """Call the push off. Where it runs already, what waits is stopped, and writes under way are finished."""

    async def work() -> Done:
        needs_one_of(caller, Role.REQUESTER, Role.ADMIN)
        await cancel_push(its.core, caller, (await push_status(its.core, job_id)).request_id)
        return Done(200, status_response(await push_status(its.core, job_id)))

    return await once(work)


@router.post("/retry", status_code=202, response_model=RetriedPushResponse, responses=_CHANGE)
async def retry(job_id: uuid.UUID, caller: Caller, its: Its, once: OnceOnly) -> Response:
    """Push again what failed and may succeed now, in new jobs, under the approval that stands; nothing else is touched."""

    async def work() -> Done:
        needs_one_of(caller, Role.REQUESTER, Role.ADMIN)
        card = await retry_failed(its.core, caller, (await push_status(its.core, job_id)).request_id)
        answer = retried_response(card)
        return Done(202, answer, location=f"/api/v1/push/{answer.job_ids[0]}")

    return await once(work)


@router.post("/undo", response_model=UndonePushResponse, responses=_CHANGE)
async def undo(job_id: uuid.UUID, caller: Caller, its: Its, once: OnceOnly) -> Response:
    """Make the texts that an ended push replaced local edits of the caller's. Nothing is sent: the next step is a push of them."""

    async def work() -> Done:
        caller.require(Role.EDITOR)
        caller.require(Role.REQUESTER)
        undone = await undo_push(its.core, caller, (await push_status(its.core, job_id)).request_id)
        return Done(200, undone_response(undone))

    return await once(work)

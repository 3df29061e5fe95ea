"""Letting a fault happen to a request: wrong, late or no answer."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.responses import JSONResponse, PlainTextResponse, Response

from sandbox.slack.cut import CutConnection
from sandbox.slack.faults import Fault
from sandbox.slack.refusal import Refusal
from sandbox.slack.tiers import ratelimited


def refusal_of(fault: Fault) -> Refusal:
    """The refusal an "error" fault answers with."""
    if fault.error == "ratelimited":
        return ratelimited(fault.retry_after)
    return Refusal(fault.error, status=fault.status)


def spoilt_answer(fault: Fault) -> Response:
    """What a fault answers, instead of what was asked for."""
    if fault.kind == "reset":
        return CutConnection()
    if fault.kind == "status":
        return PlainTextResponse("the workspace is not well", fault.status, media_type="text/html")
    refusal = refusal_of(fault)
    return JSONResponse(refusal.body(), refusal.status, refusal.headers)


async def answered_with(fault: Fault | None, do: Callable[[], Awaitable[Response]]) -> Response:
    """The answer of `do`, or what the fault makes of it."""
    if fault is None:
        return await do()
    answer = await do() if fault.after_doing else None
    if fault.kind == "slow" and answer is not None:
        await asyncio.sleep(fault.seconds)
        return answer
    return spoilt_answer(fault)

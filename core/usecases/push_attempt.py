"""One attempt to push one statement: send, judge the answer, and find out what became of it when there is none."""

import asyncio
import logging

from core.domain.outcome import Level, Outcome
from core.domain.statement import RemoteVersion
from core.domain.write_protocol import Approved, ReadBack, decide, judge_answer, judge_unknown
from core.errors import (
    OutcomeUnknown,
    RemoteError,
    RemoteForbidden,
    RemoteMalformed,
    RemoteMissing,
    RemoteRefusedRequest,
    RemoteSignInFailed,
    RemoteThrottled,
    RemoteUnavailable,
)
from core.usecases.push_claims import Claim
from core.usecases.push_results import Result
from core.usecases.texts import in_thread
from core.wiring import Core

log = logging.getLogger(__name__)

# Waits before each look at a record whose write got no trustworthy answer, in seconds. Together they stay below the
# 60 seconds a Table API transaction may take, so a write that is still running is found by the later check.
LOOKS_AFTER_SECONDS = (1.0, 3.0, 9.0)
SENDS = 3

_OUTCOMES: tuple[tuple[type[RemoteError], Outcome], ...] = (
    (RemoteSignInFailed, Outcome.SIGN_IN_LOST),
    (RemoteForbidden, Outcome.REFUSED),
    (RemoteMissing, Outcome.GONE),
    (RemoteRefusedRequest, Outcome.INVALID_REQUEST),
    (RemoteThrottled, Outcome.THROTTLED),
    (RemoteUnavailable, Outcome.UNAVAILABLE),
    (RemoteMalformed, Outcome.UNREADABLE),
)


def outcome_of(error: RemoteError) -> Outcome:
    """The outcome that a certain failure amounts to."""
    return next((outcome for kind, outcome in _OUTCOMES if isinstance(error, kind)), Outcome.UNAVAILABLE)


async def attempt(core: Core, claim: Claim, lane: int, *, oldest_check_seconds: float) -> Result:
    """Send the claimed text and give back what became of it.

    A look at the record that is older than `oldest_check_seconds` is made again before anything is sent. Certain
    failures that pass by themselves are sent again, at most `SENDS` times in all; an unknown outcome never is, unless
    the record was read back and still is what it was.
    """
    before = claim.before
    for send in range(1, SENDS + 1):
        if asyncio.get_running_loop().time() - claim.checked_at > oldest_check_seconds or send > 1:
            verdict = await _look_again(core, claim)
            if isinstance(verdict, Result):
                return verdict
            before = verdict
        try:
            after = await core.servicenow.write(lane, claim.candidate.approved.sys_id, claim.candidate.approved.text)
            return await judged(claim, before, after)
        except OutcomeUnknown as error:
            log.warning("push.outcome_unknown sys_id=%s", claim.candidate.approved.sys_id)
            found = await resolve_unknown(core, claim, before)
            if found is not None:
                return found
            failure: RemoteError = error
        except (RemoteThrottled, RemoteUnavailable) as error:
            failure = error
            await asyncio.sleep(0 if core.servicenow.pacing.waiting_seconds else 0.2 * send)
            await core.servicenow.ready()
        except RemoteError as error:
            return _failed(claim, error)
    return _failed(claim, failure)


async def judged(claim: Claim, before: RemoteVersion, after: RemoteVersion) -> Result:
    """What the stored version proves about our write."""
    approved = claim.candidate.approved
    verdict = await in_thread(judge_answer, approved, before, after, service_user="")
    is_written = verdict.outcome in (Outcome.PUSHED, Outcome.PUSHED_ALTERED, Outcome.TRUNCATED)
    return Result(
        claim.candidate, claim.token, verdict.outcome, verdict.level, verdict.detail, after, needs_settling=is_written
    )


async def resolve_unknown(core: Core, claim: Claim, before: RemoteVersion) -> Result | None:
    """Read the record back until its state says what became of the write; None when it may be sent again."""
    approved = claim.candidate.approved
    reading = ReadBack(landed=False, may_send_again=False)
    now: RemoteVersion | None = None
    is_seen = False
    for seconds in LOOKS_AFTER_SECONDS:
        await asyncio.sleep(seconds)
        try:
            now = await core.servicenow.read_one(approved.sys_id)
        except RemoteError:
            continue
        is_seen = True
        reading = judge_unknown(approved, before, now)
        if reading.landed:
            return await judged(claim, before, now) if now is not None else None
        if not reading.may_send_again:
            break
    if not is_seen:
        return Result(claim.candidate, claim.token, Outcome.IN_DOUBT)
    if reading.may_send_again:
        return None
    return Result(
        claim.candidate, claim.token, Outcome.GONE if now is None else Outcome.CHANGED_SINCE_CHECK, stored=now
    )


async def _look_again(core: Core, claim: Claim) -> RemoteVersion | Result:
    """A fresh version the write may replace, or the result that says why it may not."""
    try:
        now = await core.servicenow.read_one(claim.candidate.approved.sys_id)
    except RemoteError as error:
        return _failed(claim, error)
    refused = await looked(claim.candidate.approved, now)
    if refused is not None:
        outcome, level = refused
        return Result(claim.candidate, claim.token, outcome, level, stored=now)
    if now is None:
        return Result(claim.candidate, claim.token, Outcome.GONE)
    return now


async def looked(approved: Approved, now: RemoteVersion | None) -> tuple[Outcome, Level | None] | None:
    """The outcome that forbids the write after a look at the record, or None when it may be sent."""
    verdict = await in_thread(decide, approved, now)
    return None if verdict is None else (verdict.outcome, verdict.level)


def _failed(claim: Claim, error: RemoteError) -> Result:
    return Result(claim.candidate, claim.token, outcome_of(error), detail=error.sentence)

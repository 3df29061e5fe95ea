"""One attempt to push one statement: send, judge the answer, and find out what became of it when there is none."""

import asyncio
import datetime as dt
import logging
from dataclasses import dataclass, replace

from core.domain.outcome import WRITTEN, Outcome
from core.domain.statement import RemoteVersion
from core.domain.write_protocol import ReadBack, Verdict, decide, judge_answer, judge_unknown
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

# Waits before each look at a record whose write got no trustworthy answer, in seconds.
LOOKS_AFTER_SECONDS = (1.0, 3.0, 9.0)
# A Table API transaction is cancelled after 60 seconds by default, on some instances after 300: until then a write
# whose answer never came may still land.
LATEST_LANDING = dt.timedelta(seconds=300)
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


@dataclass(frozen=True)
class Limits:
    """What holds for every attempt of a run: how old a look may be when the write is sent, and under whose login."""

    oldest_check_seconds: float
    service_user: str | None


def outcome_of(error: RemoteError) -> Outcome:
    """The outcome that a certain failure amounts to."""
    return next((outcome for kind, outcome in _OUTCOMES if isinstance(error, kind)), Outcome.UNAVAILABLE)


async def attempt(core: Core, claim: Claim, lane: int, limits: Limits) -> Result:
    """Send the claimed text and give back what became of it.

    A look at the record that is too old is made again before anything is sent. Certain failures that pass by themselves
    are sent again, at most `SENDS` times in all; an unknown outcome never is, unless the record was read back and still
    is what it was. Then the first write may still land later, so one more look is asked for.
    """
    approved, before, failure = claim.candidate.approved, claim.before, RemoteError("nothing was sent")
    again_at: dt.datetime | None = None
    for send in range(1, SENDS + 1):
        if send > 1 or asyncio.get_running_loop().time() - claim.checked_at > limits.oldest_check_seconds:
            looked = await _look_again(core, claim)
            if isinstance(looked, Result):
                return replace(looked, check_again_at=again_at)
            before = looked
        try:
            after = await core.servicenow.write(
                lane, approved.sys_id, approved.text, send_within=limits.oldest_check_seconds
            )
            return replace(await judged(claim, before, after, limits.service_user), check_again_at=again_at)
        except OutcomeUnknown as error:
            log.warning("push.outcome_unknown sys_id=%s send=%s", approved.sys_id, send)
            found = await resolve_unknown(core, claim, before, limits.service_user)
            if found is not None:
                return found
            failure, again_at = error, core.clock.now() + LATEST_LANDING
        except (RemoteThrottled, RemoteUnavailable) as error:
            failure = error
            if not await _wait_for_servicenow(core, send):
                break
        except RemoteError as error:
            return replace(_failed(claim, error), check_again_at=again_at)
    outcome = Outcome.IN_DOUBT if again_at is not None else outcome_of(failure)
    return replace(_failed(claim, failure), outcome=outcome, check_again_at=again_at)


async def judged(claim: Claim, before: RemoteVersion, after: RemoteVersion, service_user: str | None) -> Result:
    """What the stored version proves about our write."""
    approved = claim.candidate.approved
    verdict = await in_thread(judge_answer, approved, before, after, service_user=service_user)
    is_written = verdict.outcome in WRITTEN
    result = Result(claim.candidate, claim.token, verdict.outcome, verdict.level, verdict.detail, after)
    return replace(result, needs_settling=is_written)


async def resolve_unknown(core: Core, claim: Claim, before: RemoteVersion, service_user: str | None) -> Result | None:
    """Read the record back until its state says what became of the write; None when it may be sent again."""
    approved = claim.candidate.approved
    reading: ReadBack | None = None
    now: RemoteVersion | None = None
    for seconds in LOOKS_AFTER_SECONDS:
        await asyncio.sleep(seconds)
        try:
            now = await core.servicenow.read_one(approved.sys_id)
        except RemoteError as error:
            log.warning("push.read_back_failed sys_id=%s code=%s", approved.sys_id, error.code)
            continue
        reading = await in_thread(judge_unknown, approved, before, now)
        if reading.landed and now is not None:
            return await judged(claim, before, now, service_user)
        break
    if reading is None:
        return Result(claim.candidate, claim.token, Outcome.IN_DOUBT, check_again_at=core.clock.now() + LATEST_LANDING)
    if reading.may_send_again:
        return None
    outcome = Outcome.GONE if now is None else Outcome.CHANGED_SINCE_CHECK
    return Result(claim.candidate, claim.token, outcome, stored=now, check_again_at=core.clock.now() + LATEST_LANDING)


async def _look_again(core: Core, claim: Claim) -> RemoteVersion | Result:
    """A fresh version the write may replace, or the result that says why it may not."""
    try:
        now = await core.servicenow.read_one(claim.candidate.approved.sys_id)
    except RemoteError as error:
        return _failed(claim, error)
    verdict: Verdict | None = await in_thread(decide, claim.candidate.approved, now)
    if verdict is not None:
        return Result(claim.candidate, claim.token, verdict.outcome, verdict.level, verdict.detail, now)
    if now is None:
        return Result(claim.candidate, claim.token, Outcome.GONE)
    return now


async def _wait_for_servicenow(core: Core, send: int) -> bool:
    """Wait out a pause, or a moment; whether it is worth another try."""
    if not core.servicenow.pacing.waiting_seconds:
        await asyncio.sleep(0.3 * 2**send)
    try:
        await core.servicenow.ready()
    except RemoteSignInFailed:
        return False
    except RemoteError as error:
        log.warning("push.not_ready code=%s", error.code)
    return True


def _failed(claim: Claim, error: RemoteError) -> Result:
    """A refusal is looked at once more in the end: a rule that runs after the save may refuse what is already stored."""
    outcome = outcome_of(error)
    needs_settling = outcome is Outcome.REFUSED
    return Result(claim.candidate, claim.token, outcome, detail=error.sentence, needs_settling=needs_settling)

"""One attempt to push one statement: send, judge the answer, and find out what became of it when there is none."""

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from core.domain.outcome import WRITTEN, Level, Outcome
from core.domain.statement import RemoteVersion
from core.domain.write_protocol import Trace, decide, judge_answer, judge_unknown
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
from core.usecases.pushing.claims import Claim, renew_intent
from core.usecases.pushing.results import Result
from core.usecases.texts import for_length, in_thread
from core.wiring import Core

log = logging.getLogger(__name__)

SENDS = 3
# When ServiceNow asks for a pause the statement waits again, where people can still call it off; after so many attempts
# it ends as throttled. Only a write in doubt is waited for in the lane, and only this long.
LONGEST_PAUSE_IN_LANE_SECONDS = 5.0
MOST_ATTEMPTS = 10

_OUTCOMES: tuple[tuple[type[RemoteError], Outcome], ...] = (
    (RemoteSignInFailed, Outcome.SIGN_IN_LOST),
    (RemoteForbidden, Outcome.REFUSED),
    (RemoteMissing, Outcome.GONE),
    (RemoteRefusedRequest, Outcome.INVALID_REQUEST),
    (RemoteThrottled, Outcome.THROTTLED),
    (RemoteUnavailable, Outcome.UNAVAILABLE),
    (RemoteMalformed, Outcome.UNREADABLE),
)
_TRACES = {Trace.SAVED_AGAIN: Outcome.IN_DOUBT, Trace.OTHER_TEXT: Outcome.OVERTAKEN, Trace.GONE: Outcome.GONE}
# Outcomes that say that nothing was written; not to be said while an earlier send may still land.
_CLAIMING_NOTHING = frozenset({Outcome.THROTTLED, Outcome.UNAVAILABLE})
NO_ANSWER = "No answer came to our write."


@dataclass(frozen=True)
class Limits:
    """What holds for every attempt of a run.

    How old a look may be when the write is sent, in seconds; under which login we write; whether this process may
    write at all at this moment; and what is set when the run has to end soon.
    """

    oldest_check_seconds: float
    service_user: str | None
    may_write: Callable[[], bool] = lambda: True
    stopping: asyncio.Event = field(default_factory=asyncio.Event)


class StillOpen(Exception):
    """The run has to end before it is known what became of a write; the next run finds out, as after a crash."""


async def attempt(core: Core, claim: Claim, lane: int, limits: Limits) -> Result | None:
    """Send the claimed text and give back what became of it; None when nothing was sent and nothing will be.

    That is so when this process may not write any more, and when ServiceNow asked for a pause: then the statement can
    wait again. A look at the record that is too old is made again before anything is sent. Certain failures that
    pass by themselves are sent again, at most `SENDS` times in all. An unknown outcome is not, unless the record was
    read back and still is what it was; the first write may still land later then, so one more look is asked for.
    Raises StillOpen.
    """
    try:
        return await _Attempt(core, claim, lane, limits).run()
    except _Unsent:
        return None


async def judged(claim: Claim, before: RemoteVersion, after: RemoteVersion, service_user: str | None) -> Result:
    """What the version that ServiceNow shows proves about our write."""
    approved = claim.candidate.approved
    length = len(approved.text) + len(before.text) + len(after.text)
    verdict = await for_length(length, judge_answer, approved, before, after, service_user=service_user)
    was_moved = not after.stamp.is_same_version(before.stamp)
    result = Result(claim.candidate, claim.token, verdict.outcome, verdict.level, verdict.detail, after)
    return replace(result, needs_settling=verdict.outcome in WRITTEN or was_moved)


async def resolve_unknown(
    core: Core, claim: Claim, before: RemoteVersion, service_user: str | None, *, stopping: asyncio.Event | None = None
) -> Result | None:
    """Read the record back until its state says what became of the write; None when it may be sent again.

    Raises StillOpen when `stopping` is set before that is known.
    """
    for seconds in core.waits.read_back:
        await _pass(seconds, stopping)
        try:
            now = await core.servicenow.read_one(claim.candidate.approved.sys_id)
        except RemoteError as error:
            log.warning("push.read_back_failed sys_id=%s code=%s", claim.candidate.approved.sys_id, error.code)
            continue
        return await _found(core, claim, before, now, service_user)
    return _in_doubt(core, Result(claim.candidate, claim.token, Outcome.IN_DOUBT, detail=NO_ANSWER))


async def _pass(seconds: float, stopping: asyncio.Event | None) -> None:
    """Let the time pass. Raises StillOpen when the run is to end first."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await (stopping or asyncio.Event()).wait()
            raise StillOpen


async def _found(
    core: Core, claim: Claim, before: RemoteVersion, now: RemoteVersion | None, service_user: str | None
) -> Result | None:
    """What a look after a write without an answer amounts to; None when the record is untouched."""
    trace = await in_thread(judge_unknown, claim.candidate.approved, before, now)
    if trace is Trace.UNTOUCHED:
        return None
    if trace is Trace.LANDED and now is not None:
        return await judged(claim, before, now, service_user)
    return _in_doubt(core, Result(claim.candidate, claim.token, _TRACES[trace], detail=NO_ANSWER, stored=now))


def _in_doubt(core: Core, result: Result) -> Result:
    """The result, to be held against the audit when the job is settled, and looked at again once nothing can land."""
    until = core.clock.now() + dt.timedelta(seconds=core.waits.late_landing)
    return replace(result, needs_settling=True, check_again_at=until)


def _failed(claim: Claim, error: RemoteError) -> Result:
    outcome = next((outcome for kind, outcome in _OUTCOMES if isinstance(error, kind)), Outcome.UNAVAILABLE)
    detail = error.message if outcome is Outcome.SIGN_IN_LOST else error.sentence  # each way to sign in has its remedy
    return Result(claim.candidate, claim.token, outcome, detail=detail)


class _Unsent(Exception):
    """Nothing was sent, and nothing of it can land later."""


class _Attempt:
    """One attempt: what was seen of the record last, and whether an earlier send may still land."""

    def __init__(self, core: Core, claim: Claim, lane: int, limits: Limits) -> None:
        self._core, self._claim, self._lane, self._limits = core, claim, lane, limits
        self._before = claim.before
        self._may_land_late = False

    async def run(self) -> Result:
        """What became of it. Raises _Unsent."""
        failure = RemoteError("nothing was sent")
        for send in range(1, SENDS + 1):
            if send > 1 and self._limits.stopping.is_set():
                raise StillOpen if self._may_land_late else _Unsent
            hindered = await self._hindrance(send)
            if hindered is not None:
                return hindered
            try:
                return self._reported(await self._send())
            except OutcomeUnknown as error:
                log.warning("push.outcome_unknown sys_id=%s send=%s", self._claim.candidate.approved.sys_id, send)
                found = await resolve_unknown(
                    self._core,
                    self._claim,
                    self._before,
                    self._limits.service_user,
                    stopping=self._limits.stopping,
                )
                if found is not None:
                    return found
                self._may_land_late, failure = True, error
            except (RemoteThrottled, RemoteUnavailable) as error:
                if self._should_wait_again(error):
                    return self._unsent()
                failure = await self._waited(error, send)
            except RemoteError as error:
                # A rule that runs after the save may refuse what is already stored: it is looked at in the end.
                return self._reported(replace(_failed(self._claim, error), needs_settling=True))
            if isinstance(failure, RemoteSignInFailed):
                break
        return self._reported(_failed(self._claim, failure))

    async def _hindrance(self, send: int) -> Result | None:
        """Why the text must not be sent now; None when it may, on a look that is fresh enough."""
        age = asyncio.get_running_loop().time() - self._claim.checked_at
        hindered = await self._look_again() if send > 1 or age > self._limits.oldest_check_seconds else None
        if hindered is None and not self._limits.may_write():
            return self._unsent()
        return hindered

    async def _send(self) -> Result:
        approved = self._claim.candidate.approved
        after = await self._core.servicenow.write(
            self._lane, approved.sys_id, approved.text, send_within=self._limits.oldest_check_seconds
        )
        result = await judged(self._claim, self._before, after, self._limits.service_user)
        # This is ServiceNow's word for it. What verifies it is a read of its own, which comes when the job is settled.
        return replace(result, level=Level.UNVERIFIED if result.level is not None else None)

    async def _look_again(self) -> Result | None:
        """Take a fresh look at the record, on which the write will rely; the result, when it must not be sent."""
        approved = self._claim.candidate.approved
        try:
            now = await self._core.servicenow.read_one(approved.sys_id)
        except RemoteError as error:
            return self._unsent() if self._should_wait_again(error) else self._reported(_failed(self._claim, error))
        if self._may_land_late:
            found = await _found(self._core, self._claim, self._before, now, self._limits.service_user)
            if found is not None:
                return self._reported(found)
        verdict = await in_thread(decide, approved, now)
        if verdict is not None or now is None:
            outcome, level = (verdict.outcome, verdict.level) if verdict else (Outcome.GONE, None)
            detail = verdict.detail if verdict else ""
            return self._reported(Result(self._claim.candidate, self._claim.token, outcome, level, detail, now))
        if now != self._before and not await renew_intent(self._core, self._claim, now):
            return self._unsent()
        self._before = now
        return None

    def _should_wait_again(self, error: RemoteError) -> bool:
        """Whether a lane is not the place to wait: ServiceNow asked for a pause, and no write of ours is in doubt."""
        is_long = self._core.servicenow.pacing.waiting_seconds > LONGEST_PAUSE_IN_LANE_SECONDS
        return isinstance(error, RemoteThrottled) and (is_long or not self._may_land_late)

    async def _waited(self, error: RemoteError, send: int) -> RemoteError:
        """Wait out a pause, or a moment; gives back why the push failed, if it is not tried again."""
        if not self._core.servicenow.pacing.waiting_seconds:
            await asyncio.sleep(self._core.waits.again * 2 ** (send - 1))
        try:
            await self._core.servicenow.ready()
        except RemoteSignInFailed as lost:
            return lost
        except RemoteError as busy:
            log.warning("push.not_ready code=%s", busy.code)
        return error

    def _unsent(self) -> Result:
        """End here. With an earlier send under way that is in doubt; without one nothing happened at all."""
        if self._may_land_late:
            return self._reported(Result(self._claim.candidate, self._claim.token, Outcome.UNAVAILABLE))
        if self._claim.candidate.attempts >= MOST_ATTEMPTS:
            return Result(self._claim.candidate, self._claim.token, Outcome.THROTTLED)
        raise _Unsent

    def _reported(self, result: Result) -> Result:
        """The result, under the doubt that an earlier send leaves."""
        if not self._may_land_late:
            return result
        outcome = Outcome.IN_DOUBT if result.outcome in _CLAIMING_NOTHING else result.outcome
        return _in_doubt(self._core, replace(result, outcome=outcome, detail=result.detail or NO_ANSWER))

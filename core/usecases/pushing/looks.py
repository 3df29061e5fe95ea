"""Looks at statements before they are pushed: what a look forbids, and looks made while a job's canary is being written."""

import asyncio
import statistics
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from core.domain.outcome import Outcome
from core.domain.statement import RemoteVersion
from core.domain.write_protocol import Verdict, decide
from core.usecases.pushing.claims import Candidate, with_limit

# How old a look at a record may be when its write is sent, in round trips (two, by the product's quality bars).
OLDEST_CHECK_ROUND_TRIPS = 2.0
_LEAST_OLDEST_CHECK_SECONDS = 0.1
# How long the reader waits for such a look that is not back when the canary is; other jobs wait with it.
_GRACE_SECONDS = 0.1


@dataclass(frozen=True)
class Look:
    """What ServiceNow held for some statements at `checked_at`, on the event loop's clock. Nothing is claimed by it."""

    picked: Sequence[Candidate]
    remote: Mapping[str, RemoteVersion]
    checked_at: float

    def judged(self, max_length: int | None) -> list[tuple[Candidate, RemoteVersion | None, Verdict | None]]:
        """Each statement with its version, and what forbids its write, None when nothing does.

        `max_length` is how many characters the field in ServiceNow takes, where it is known.
        """
        limited = [with_limit(candidate, max_length) for candidate in self.picked]
        return [
            (candidate, now, _verdict(candidate, now))
            for candidate in limited
            for now in [self.remote.get(candidate.approved.sys_id)]
        ]


def _verdict(candidate: Candidate, now: RemoteVersion | None) -> Verdict | None:
    verdict = decide(candidate.approved, now)
    is_there = verdict is not None and verdict.outcome is Outcome.ALREADY_THERE
    if candidate.was_edited and not is_there:  # what is there already may have been taken over from there
        return Verdict(Outcome.EDITED_SINCE_APPROVAL)
    return verdict


class RoundTrips:
    """How long the latest looks took."""

    def __init__(self) -> None:
        """A usual one is assumed until there was a look."""
        self._latest: deque[float] = deque([0.2], maxlen=20)

    def note(self, seconds: float) -> None:
        """Note one that is over."""
        self._latest.append(seconds)

    @property
    def oldest_check_seconds(self) -> float:
        """How old a look may be when its write is sent."""
        return max(_LEAST_OLDEST_CHECK_SECONDS, OLDEST_CHECK_ROUND_TRIPS * statistics.median(self._latest))


class LooksAhead:
    """One look for each job, made while its canary is under way; it is used only while it is fresh."""

    def __init__(self, look: Callable[[uuid.UUID], Awaitable[Look | None]]) -> None:
        """`look` gives back None when ServiceNow could not be read: then the statements are read again in their turn."""
        self._look = look
        self._begun: dict[uuid.UUID, asyncio.Task[Look | None]] = {}

    def begin(self, group: asyncio.TaskGroup, job_id: uuid.UUID) -> None:
        """Look, unless this job was looked at already."""
        if job_id not in self._begun:
            self._begun[job_id] = group.create_task(self._look_now(job_id))

    async def take(self, job_id: uuid.UUID, oldest_seconds: float) -> Look | None:
        """The look at this job, once; None when there is none, or it is older than that."""
        task = self._begun.pop(job_id, None)
        if task is None:
            return None
        await asyncio.wait({task}, timeout=_GRACE_SECONDS)
        look = task.result() if task.done() else None
        is_fresh = look is not None and asyncio.get_running_loop().time() - look.checked_at <= oldest_seconds
        return look if is_fresh else None

    async def _look_now(self, job_id: uuid.UUID) -> Look | None:
        return await self._look(job_id)

"""The push itself: one reader that looks ahead, a few lanes that write, one saver that records what came out.

    reader: picks the next statements round-robin over the jobs, reads them from ServiceNow in one request, records the
            intents in one commit, and hands them over
    lanes:  one write each at a time, on a connection of their own
    saver:  commits results as they come, a few at a time when they come together

Everything that matters is in the database before it is done and after: a run that dies is taken up by the next one.
"""

import asyncio
import contextlib
import itertools
import logging
import uuid
from collections.abc import Callable, Sequence

from core.domain.outcome import CANARY_STOPS, Outcome, words
from core.errors import RemoteError, RemoteSignInFailed, RemoteThrottled
from core.log_context import bound
from core.store.database import is_database_error
from core.usecases.approvals.cases import why_not_start
from core.usecases.pushing import results as push_results
from core.usecases.pushing.attempt import LONGEST_PAUSE_IN_LANE_SECONDS, Limits, StillOpen, attempt
from core.usecases.pushing.claims import Candidate, Claim, claim, open_jobs, other_instance, wait_again
from core.usecases.pushing.looks import Look, LooksAhead, RoundTrips
from core.usecases.pushing.results import Result, end_unsent
from core.usecases.pushing.settling import jobs_to_settle, look_at_doubtful, resolve_interrupted, settle_job
from core.usecases.pushing.survey import Canary, OpenJob, next_candidates, survey
from core.usecases.pushing.waits import LongWait
from core.usecases.texts import in_thread
from core.wiring import Core

log = logging.getLogger(__name__)

READ_AHEAD = 10
_IDLE_LOOK_SECONDS = 0.5
# Results that come within so short a time are committed together.
_GATHERED_SECONDS = 0.02
_MOST_THROTTLED_READS = 10


class PushRunner:
    """One run over everything that is released; `drain` returns when nothing is left to push."""

    def __init__(self, core: Core, may_write: Callable[[], bool] = lambda: True) -> None:
        """Prepare a run; its token marks the attempts that are its own.

        `may_write` is the self-fence: when it says no, another process may have taken this run's work over, and what was
        claimed is left to be found out by that one.
        """
        self._core = core
        self._may_write = may_write
        self._token = core.new_id().hex
        self._claimed: asyncio.Queue[Claim | None] = asyncio.Queue()
        self._results: asyncio.Queue[Result | None] = asyncio.Queue()
        self._changed = asyncio.Event()
        self._in_flight = 0
        self._stopping = asyncio.Event()
        self._throttled = 0
        self._past_canary: set[uuid.UUID] = set()
        self._ahead = LooksAhead(self._look_ahead)
        self._stopped_jobs: dict[uuid.UUID, str] = {}
        self._held_jobs: set[uuid.UUID] = set()
        self._settling: dict[uuid.UUID, asyncio.Task[None]] = {}
        self._long_wait = LongWait(core)
        self._round_trips = RoundTrips()

    def wake(self) -> None:
        """Look for released work now."""
        self._changed.set()

    def stop(self) -> None:
        """Claim nothing more; writes under way are finished and saved."""
        self._stopping.set()
        for task in self._settling.values():
            task.cancel()  # the next run settles what is left; that it waits and reads must not hold up the end
        self._changed.set()

    async def drain(self) -> None:
        """Push everything that is released. Raises only for database errors that do not pass."""
        self._preflight = await self._core.servicenow.preflight()
        self._announce(await resolve_interrupted(self._core, self._token, self._stopping))
        self._announce(await look_at_doubtful(self._core))
        async with asyncio.TaskGroup() as group:
            saver = group.create_task(self._save_results())
            lanes = [group.create_task(self._lane(number)) for number in range(self._core.settings.push_concurrency)]
            try:
                await self._read_ahead(group)
            finally:
                for _ in lanes:
                    self._claimed.put_nowait(None)
                await asyncio.gather(*lanes)
                self._results.put_nowait(None)
                await saver
        for job_id in await jobs_to_settle(self._core) if not self._stopping.is_set() else []:
            self._announce(await settle_job(self._core, job_id))

    async def _read_ahead(self, group: asyncio.TaskGroup) -> None:
        for turn in itertools.count():
            self._changed.clear()
            if self._stopping.is_set() or not self._may_write():
                return
            async with self._core.db.reading() as tx:
                jobs = await survey(self._core, tx)
            self._past_canary |= {job.id for job in jobs if job.canary is Canary.DONE}
            self._held_jobs = {job.id for job in jobs if job.is_cancelled or not job.may_run}
            if await self._stop_jobs(jobs):
                continue
            self._start_settling(group, jobs)
            self._announce(await self._long_wait.tell())
            await self._use_looks_ahead(group, jobs)
            is_paused = self._core.servicenow.pacing.waiting_seconds > LONGEST_PAUSE_IN_LANE_SECONDS
            room = READ_AHEAD - self._claimed.qsize()
            picked = await self._pick(jobs, turn, room) if room > 0 and not is_paused else []
            if picked:
                await self._look_and_claim(picked)
            elif self._stopped_jobs:
                continue
            elif self._in_flight == 0 and not self._settling and not any(job.is_open for job in jobs):
                return
            else:
                await self._wait_for_change()

    async def _wait_for_change(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_IDLE_LOOK_SECONDS):
                await self._changed.wait()

    async def _pick(self, jobs: Sequence[OpenJob], turn: int, room: int) -> list[Candidate]:
        """The next statements, from one job after the other in turns; each turn another job comes first."""
        limits = {}
        for job in jobs:
            is_due = job.canary is Canary.DUE
            if (
                job.is_open
                and job.canary is not Canary.UNDER_WAY
                and (not is_due or await self._passes_preflight(job.id))
            ):
                limits[job.id] = 1 if is_due else room
        if not limits:
            return []
        first = turn % len(limits)
        in_turn = [*limits][first:] + [*limits][:first]
        async with self._core.db.reading() as tx:
            return await next_candidates(tx, {job_id: limits[job_id] for job_id in in_turn}, room)

    async def _passes_preflight(self, job_id: uuid.UUID) -> bool:
        """Whether ServiceNow is as the settings say, and the instance is the one that was pulled from."""
        self._preflight = await self._core.servicenow.preflight()
        failure = self._preflight.first_failure
        if failure is not None:
            self._stopped_jobs[job_id] = f"{failure.sentence} {failure.next_step}".strip()
        elif stranger := await other_instance(self._core, self._preflight.instance_name):
            self._stopped_jobs[job_id] = stranger
        elif unapproved := await why_not_start(self._core, job_id):
            self._stopped_jobs[job_id] = unapproved
        return job_id not in self._stopped_jobs

    async def _look_and_claim(self, picked: Sequence[Candidate]) -> None:
        try:
            look = await self._look(picked)
        except RemoteError as error:
            await self._reading_failed(picked, error)
            return
        self._throttled = 0
        await self._claim(look)

    async def _look(self, picked: Sequence[Candidate]) -> Look:
        began = asyncio.get_running_loop().time()
        remote = await self._core.servicenow.read_many([candidate.approved.sys_id for candidate in picked])
        checked_at = asyncio.get_running_loop().time()
        self._round_trips.note(checked_at - began)
        return Look(picked, remote, checked_at)

    async def _claim(self, look: Look) -> None:
        """Claim what may be written after this look; what it forbids has its outcome."""
        ready = []
        for candidate, now, verdict in await in_thread(look.judged, self._preflight.max_length):
            if verdict is None and now is not None:
                ready.append((candidate, now))
            elif verdict is not None:
                result = Result(candidate, None, verdict.outcome, verdict.level, verdict.detail, now)
                self._results.put_nowait(result)
                self._in_flight += 1
        claimed = await claim(self._core, ready, self._token, look.checked_at)
        for each in claimed:
            self._in_flight += 1
            self._claimed.put_nowait(each)
        if ready and not claimed:
            await self._stop_unapproved({candidate.job_id for candidate, _ in ready})

    async def _stop_unapproved(self, job_ids: set[uuid.UUID]) -> None:
        """What could not be claimed because its approval does not stand would be picked again for ever."""
        for job_id in job_ids:
            if unapproved := await why_not_start(self._core, job_id):
                self._stopped_jobs[job_id] = unapproved

    async def _use_looks_ahead(self, group: asyncio.TaskGroup, jobs: Sequence[OpenJob]) -> None:
        """Look at jobs whose canary is under way, and claim what was seen of those whose canary is back."""
        for job in jobs:
            if job.is_open and job.canary is Canary.UNDER_WAY:
                self._ahead.begin(group, job.id)
            oldest = self._round_trips.oldest_check_seconds / 2
            if job.is_open and job.canary is Canary.DONE and (look := await self._ahead.take(job.id, oldest)):
                await self._claim(look)

    async def _look_ahead(self, job_id: uuid.UUID) -> Look | None:
        async with self._core.db.reading() as tx:
            picked = await next_candidates(tx, {job_id: READ_AHEAD}, READ_AHEAD)
        try:
            return await self._look(picked) if picked else None
        except RemoteError as error:
            log.info("push.look_ahead_failed code=%s", error.code)
            return None

    async def _reading_failed(self, picked: Sequence[Candidate], error: RemoteError) -> None:
        """Reads were tried several times already: a job that cannot be checked stops, the rest of it untouched.

        Being told to wait stops nothing, unless it is told again and again.
        """
        log.warning("push.reading_failed code=%s", error.code)
        self._throttled += isinstance(error, RemoteThrottled)
        if isinstance(error, RemoteThrottled) and self._throttled < _MOST_THROTTLED_READS:
            return
        jobs = await open_jobs(self._core) if isinstance(error, RemoteSignInFailed) else [c.job_id for c in picked]
        for job_id in jobs:
            self._stopped_jobs[job_id] = error.message

    async def _stop_jobs(self, jobs: Sequence[OpenJob]) -> bool:
        """End what waits in jobs that were cancelled or had to stop; whether there were any."""
        cancelled = [job.id for job in jobs if job.has_waiting and job.is_cancelled]
        for job_id in cancelled:
            self._announce(await end_unsent(self._core, job_id, Outcome.CANCELLED))
        stopped = dict(self._stopped_jobs)
        for job_id, failure in stopped.items():
            self._announce(await end_unsent(self._core, job_id, Outcome.NOT_REACHED, failure=failure))
            del self._stopped_jobs[job_id]
        return bool(cancelled or stopped)

    async def _lane(self, number: int) -> None:
        while (claimed := await self._claimed.get()) is not None:
            self._changed.set()
            is_held = self._stopping.is_set() or claimed.candidate.job_id in self._held_jobs
            if is_held or not self._may_write():
                await self._give_back(claimed)
                continue
            limits = Limits(
                self._round_trips.oldest_check_seconds, self._preflight.user_name, self._may_write, self._stopping
            )
            with bound(push_job=claimed.candidate.job_id):
                try:
                    result = await attempt(self._core, claimed, number, limits)
                except StillOpen:
                    self._in_flight -= 1
                    continue
            if result is not None:
                await self._note_stop(result)
                self._results.put_nowait(result)
                continue
            await self._give_back(claimed)

    async def _give_back(self, claimed: Claim) -> None:
        """Have the statement wait for its turn again: nothing of it was sent. Who may not write leaves it to the next run."""
        if self._may_write():
            await wait_again(self._core, claimed)
        self._in_flight -= 1
        self._changed.set()

    async def _save_results(self) -> None:
        is_open = True
        while is_open:
            arrived = [await self._results.get()]
            if arrived[0] is not None and arrived[0].candidate.job_id in self._past_canary:
                await asyncio.sleep(_GATHERED_SECONDS)
            while not self._results.empty():
                arrived.append(self._results.get_nowait())
            is_open = None not in arrived
            batch = [result for result in arrived if result is not None]
            for request_id in dict.fromkeys(await self._save(batch)):
                self._core.signals.push_progressed(request_id)
            self._in_flight -= len(batch)
            self._changed.set()

    async def _save(self, batch: Sequence[Result]) -> list[uuid.UUID]:
        """Save until it is saved: a result that is only in memory may be lost with the process."""
        for tried in itertools.count():
            try:
                return await push_results.save(self._core, batch)
            except Exception as error:
                if not is_database_error(error):
                    raise
                log.exception("push.save_failed attempt=%s", tried + 1)
                await asyncio.sleep(min(10.0, 0.2 * 2**tried))
        return []

    async def _note_stop(self, result: Result) -> None:
        """A lost sign-in stops every job; a refused first write stops its own: the others would fare no better."""
        said = words(result.outcome)
        sentence = f"{result.detail or said.sentence} {said.next_step}"
        if result.outcome is Outcome.SIGN_IN_LOST:
            for job_id in await open_jobs(self._core):
                self._stopped_jobs[job_id] = result.detail
        elif result.outcome in CANARY_STOPS and result.candidate.job_id not in self._past_canary:
            self._stopped_jobs[result.candidate.job_id] = sentence

    def _start_settling(self, group: asyncio.TaskGroup, jobs: Sequence[OpenJob]) -> None:
        for job in jobs:
            if job.is_sent and job.id not in self._settling:
                self._settling[job.id] = group.create_task(self._settle(job.id))

    async def _settle(self, job_id: uuid.UUID) -> None:
        with bound(push_job=job_id):
            self._announce(await settle_job(self._core, job_id))
        del self._settling[job_id]
        self._changed.set()

    def _announce(self, request_ids: Sequence[uuid.UUID]) -> None:
        for request_id in dict.fromkeys(request_ids):
            self._core.signals.request_changed(request_id)

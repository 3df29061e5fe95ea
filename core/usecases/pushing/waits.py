"""Telling people that ServiceNow lets a push wait: in our rows, so that every process and every way in shows it."""

import datetime as dt
import uuid
from collections.abc import Iterable

from sqlmodel import col, select

from core.store.push_tables import PushJobRow, PushRequestRow
from core.usecases.pushing.claims import open_jobs
from core.wiring import Core

# Waits longer than this are told to people: a limit counted by the hour can hold a push for most of one.
LONG_WAIT_SECONDS = 600.0
_SAME = dt.timedelta(minutes=1)


class LongWait:
    """The wait of a run that people were told of, if there is one."""

    def __init__(self, core: Core) -> None:
        """Nothing was told yet."""
        self._core = core
        self._told: dt.datetime | None = None

    async def tell(self) -> list[uuid.UUID]:
        """Note a long wait that began, moved or is over; gives back the requests whose cards look different now."""
        pacing = self._core.servicenow.pacing
        is_long = pacing.waiting_seconds > LONG_WAIT_SECONDS or (self._told is not None and pacing.waiting_seconds > 0)
        until = pacing.paused_until if is_long else None
        if until == self._told or (until and self._told and abs(until - self._told) < _SAME):
            return []
        self._told = until
        return await _note(self._core, until)


async def _note(core: Core, until: dt.datetime | None) -> list[uuid.UUID]:
    job_ids = await open_jobs(core)
    async with core.db.transaction() as tx:
        query = (
            select(PushJobRow, PushRequestRow)
            .join(PushRequestRow, col(PushJobRow.request_id) == col(PushRequestRow.id))
            .where(col(PushJobRow.id).in_(job_ids))
        )
        rows = (await tx.exec(query)).all()
        requests = {request.id: request for _, request in rows}
        for job, _ in rows:
            job.waiting_until = until
        for request in requests.values():
            request.version += 1
    return list(requests)


def still_waits_until(core: Core, jobs: Iterable[PushJobRow]) -> dt.datetime | None:
    """Until when the latest of these jobs waits; None when none does any more."""
    waits = [job.waiting_until for job in jobs if job.waiting_until is not None and job.completed_at is None]
    latest = max(waits, default=None)
    return latest if latest is not None and latest > core.clock.now() else None

"""What is told to who runs the deployment: the times of pushes, added up by the database."""

import datetime as dt

import pytest
from sqlmodel import select

from core.store.push_tables import PushJobRow
from core.usecases.operations.measuring import Spans, measure
from core.wiring import Core
from sandbox.data import Sample
from tests.cast import Cast, an_approved_request


@pytest.fixture
def database_url(either_database_url: str) -> str:
    """Both databases add up in words of their own."""
    return either_database_url


async def test_the_times_of_all_jobs_are_added_up_with_their_fractions(core: Core, cast: Cast, sample: Sample) -> None:
    before = await measure(core)
    await an_approved_request(core, cast, sample, 2)
    released = await measure(core)
    async with core.db.transaction() as tx:
        job = (await tx.exec(select(PushJobRow))).one()
        assert job.released_at is not None
        job.started_at = job.released_at + dt.timedelta(milliseconds=250)
        tx.add(job)
    started = await measure(core)
    async with core.db.transaction() as tx:
        job = (await tx.exec(select(PushJobRow))).one()
        assert job.released_at is not None
        job.completed_at = job.released_at + dt.timedelta(days=1, seconds=3, milliseconds=500)
        tx.add(job)
    ended = await measure(core)

    for now in (before, released):
        assert now.release_to_start == now.release_to_end == Spans(0, 0)
    assert (started.release_to_start.count, started.release_to_end) == (1, Spans(0, 0))
    assert started.release_to_start.seconds == pytest.approx(0.25, abs=0.002)
    assert ended.release_to_start == started.release_to_start
    assert ended.release_to_end.count == 1
    assert ended.release_to_end.seconds == pytest.approx(86_403.5, abs=0.002)

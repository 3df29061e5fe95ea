import asyncio
import contextlib
import os
import signal
import uuid

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from core.config import Settings
from core.domain.push import RequestState
from core.models.requests import RequestCard
from core.usecases.audit.verifying import verify_audit
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import STATEMENTS, Moment, ServiceNow
from tests.cast import Cast, an_approved_request, until_ended
from tests.engine.replicas import TTL_SECONDS, replicas, start_replica

pytestmark = pytest.mark.postgres


@pytest.fixture
def database_url(postgres_url: str) -> str:
    """Replicas share a PostgreSQL database."""
    return postgres_url


PUSHED = 12


def assert_written_once(servicenow: ServiceNow) -> None:
    written = [write.sys_id for write in servicenow.writes()]
    assert sorted(written) == sorted(set(written))
    assert len(written) == PUSHED
    assert servicenow.open_writes_peak <= 5


async def test_a_killed_replica_is_taken_over_and_nothing_is_written_twice(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow, settings: Settings
) -> None:
    async with replicas(settings, 1) as [first]:
        stopped = asyncio.Event()

        def kill(_moment: Moment) -> None:
            first.signal(signal.SIGKILL)
            stopped.set()

        servicenow.on("before_commit", kill, table=STATEMENTS, nth=4)
        card = await an_approved_request(core, cast, sample, PUSHED)
        await asyncio.wait_for(stopped.wait(), 60)
        async with replicas(settings, 1):
            ended = await until_ended(core, card.id)

    assert ended.state is RequestState.DONE, [(r.label, r.outcome.value) for r in ended.results if not r.is_success]
    assert_written_once(servicenow)
    assert (await verify_audit(core)).fault == ""


async def test_a_replica_paused_beyond_its_time_writes_nothing_when_it_wakes(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow, settings: Settings
) -> None:
    async with replicas(settings, 1) as [first]:
        servicenow.latency = 0.2
        paused = asyncio.Event()

        def pause(_moment: Moment) -> None:
            first.signal(signal.SIGSTOP)
            paused.set()

        servicenow.on("before_write", pause, table=STATEMENTS, nth=3)
        card = await an_approved_request(core, cast, sample, PUSHED)
        await asyncio.wait_for(paused.wait(), 60)
        async with replicas(settings, 1):
            ended = await until_ended(core, card.id)
            first.signal(signal.SIGCONT)
            await asyncio.sleep(TTL_SECONDS)

    assert ended.state is RequestState.DONE, [(r.label, r.outcome.value) for r in ended.results if not r.is_success]
    assert_written_once(servicenow)


async def test_a_replica_that_is_told_to_stop_finishes_its_writes_and_another_goes_on_at_once(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow, settings: Settings
) -> None:
    servicenow.latency = 0.3
    async with replicas(settings, 2) as [first, second]:
        writing = asyncio.Event()
        servicenow.on("before_write", lambda _moment: writing.set(), table=STATEMENTS, nth=2)
        card = await an_approved_request(core, cast, sample, PUSHED)
        await asyncio.wait_for(writing.wait(), 60)
        first.signal(signal.SIGTERM)
        await first.wait_for("stopped")
        assert await first.process.wait() == 0

        ended = await until_ended(core, card.id, seconds=TTL_SECONDS + 10)
        assert second.process.returncode is None

    assert ended.state is RequestState.DONE
    assert_written_once(servicenow)


async def test_two_replicas_may_start_at_once_on_an_empty_database(settings: Settings, empty_postgres_url: str) -> None:
    empty = Settings(**{**dict(settings), "database_url": empty_postgres_url})

    async with replicas(empty, 2) as started:
        assert all(replica.process.returncode is None for replica in started)


async def test_a_periodic_function_runs_once_for_each_slot_however_many_replicas_ask(settings: Settings) -> None:
    slots = 5
    started = await asyncio.gather(*(start_replica(settings, REPLICA_SLOTS=str(slots)) for _ in range(2)))
    await asyncio.gather(*(replica.wait_for("started") for replica in started))
    await asyncio.sleep(2)
    for replica in started:
        replica.signal(signal.SIGTERM)
    for replica in started:
        await replica.wait_for("stopped")
        await replica.process.wait()

    ticks = [line for replica in started for line in replica.said if line.startswith("tick")]
    assert len(ticks) == slots


async def test_a_restart_of_postgresql_in_the_middle_of_a_push_loses_nothing(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow, settings: Settings
) -> None:
    servicenow.latency = 0.2
    async with replicas(settings, 1):
        writing = asyncio.Event()
        servicenow.on("before_write", lambda _moment: writing.set(), table=STATEMENTS, nth=3)
        card = await an_approved_request(core, cast, sample, PUSHED)
        await asyncio.wait_for(writing.wait(), 60)
        await asyncio.to_thread(crash_a_backend, settings.database_url)

        ended = await until_ended_on_a_shaky_server(core, card.id)

    assert ended.state is RequestState.DONE, [(r.label, r.outcome.value) for r in ended.results if not r.is_success]
    assert_written_once(servicenow)
    assert (await verify_audit(core)).fault == ""


def crash_a_backend(url: str) -> None:
    """Kill one of the server's processes: it drops every connection, recovers from its log, and comes back."""
    with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url) as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        assert row is not None
        os.kill(row[0], signal.SIGKILL)
        connection.execute("SELECT pg_sleep(10)")


async def until_ended_on_a_shaky_server(core: Core, request_id: uuid.UUID) -> RequestCard:
    """The request once it is no longer open; questions that the database drops are asked again."""
    async with asyncio.timeout(50):
        while True:
            try:
                return await until_ended(core, request_id)
            except DBAPIError:
                await asyncio.sleep(0.1)

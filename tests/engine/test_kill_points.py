import asyncio
import os
import signal

import pytest

from core.config import Settings
from core.domain.push import RequestState
from core.usecases.audit.verifying import verify_audit
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import ServiceNow
from tests.cast import Cast, an_approved_request, until_ended
from tests.engine.replicas import replicas, start_replica

PUSHED = 8

# The point, and the how many-th time it is reached: somewhere in the middle of the push.
POINTS = [
    ("before:intent", 2),
    ("after:intent", 2),
    ("before:answer", 3),
    ("after:answer", 3),
    ("before:result", 2),
    ("after:result", 2),
    ("before:audit", 4),
    ("after:audit", 4),
    ("before:settling", 1),
    ("after:settling", 1),
    ("before:summary", 1),
    ("after:summary", 1),
]


# `make soak` goes round the points more often: which write is under way in the moment of the kill is another one each time.
ROUNDS = range(int(os.environ.get("GRCPUSH_ROUNDS", "1")))


@pytest.mark.pitfall("P3", "M10")
@pytest.mark.parametrize(("point", "nth"), POINTS)
@pytest.mark.parametrize("number", ROUNDS, ids=lambda number: f"round{number}")
async def test_killed_at_any_point_the_push_ends_right_and_writes_nothing_twice(
    core: Core,
    cast: Cast,
    sample: Sample,
    servicenow: ServiceNow,
    settings: Settings,
    point: str,
    nth: int,
    number: int,
) -> None:
    servicenow.latency = 0.01 * number

    card = await an_approved_request(core, cast, sample, PUSHED)
    dying = await start_replica(settings, REPLICA_DIES_AT=point, REPLICA_DIES_NTH=str(nth))
    assert await asyncio.wait_for(dying.process.wait(), 40) == -signal.SIGKILL

    async with replicas(settings, 1):
        ended = await until_ended(core, card.id)

    assert ended.state is RequestState.DONE, [(r.label, r.outcome.value) for r in ended.results if not r.is_success]
    written = [write.sys_id for write in servicenow.writes()]
    assert sorted(written) == sorted(set(written))
    assert len(written) == len(ended.results) == PUSHED
    assert servicenow.open_writes_peak <= 5
    assert (await verify_audit(core)).fault == ""


async def test_a_new_version_takes_up_what_a_killed_old_one_had_under_way(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow, settings: Settings
) -> None:
    card = await an_approved_request(core, cast, sample, PUSHED)
    old = await start_replica(settings, REPLICA_DIES_AT="after:answer", REPLICA_DIES_NTH="3")
    assert await asyncio.wait_for(old.process.wait(), 40) == -signal.SIGKILL

    async with replicas(settings, 1, REPLICA_VERSION="2"):
        ended = await until_ended(core, card.id)

    assert ended.state is RequestState.DONE, [(r.label, r.outcome.value) for r in ended.results if not r.is_success]
    written = [write.sys_id for write in servicenow.writes()]
    assert sorted(written) == sorted(set(written))
    assert len(written) == PUSHED

"""A stop is short: what is being written is finished, everything else is left for the next run as it is."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlmodel import select

from bot.local import make_engine, open_core
from core.config import Settings
from core.domain.push import ItemState, RequestState
from core.engine.durable import Rhythm
from core.store.push_tables import PushItemRow
from core.usecases.audit.verifying import verify_audit
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import STATEMENTS, ServiceNow
from tests.cast import Cast, an_approved_request, until_ended
from tests.faults.desk import SHORT

LIMIT = 1.0
PUSHED = 12


@pytest.fixture
async def hasty(settings: Settings) -> AsyncIterator[Core]:
    """Collaborators that wait only so long for an answer."""
    async with open_core(settings.model_copy(update={"push_timeout_seconds": LIMIT})) as core:
        yield core


def deafen(servicenow: ServiceNow) -> None:
    """Let no look at a record be answered any more either."""
    servicenow.faults.on(28, method="GET", table=STATEMENTS, seconds=60)


@pytest.mark.parametrize("is_silent", [False, True])
async def test_a_stop_ends_within_the_time_limit_of_a_write_and_leaves_the_rest_resumable(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow, hasty: Core, is_silent: bool
) -> None:
    card = await an_approved_request(core, cast, sample, PUSHED)
    writing = asyncio.Event()
    servicenow.on("before_write", lambda _moment: writing.set(), table=STATEMENTS, nth=3)
    servicenow.latency = 0.05
    if is_silent:
        for nth in range(2, 60):
            servicenow.faults.on(28, method="PATCH", seconds=60, nth=nth, when="after")
        servicenow.on("before_write", lambda _moment: deafen(servicenow), table=STATEMENTS, nth=2)
    first = make_engine(hasty, Rhythm(poll=0.1))
    await first.start()
    await asyncio.wait_for(writing.wait(), 60)

    began = asyncio.get_running_loop().time()
    await first.stop(patience_seconds=90)
    took = asyncio.get_running_loop().time() - began

    assert took < LIMIT + 20, "it waited for more than the answers to its writes"
    async with core.db.reading() as tx:
        states = list((await tx.exec(select(PushItemRow.state))).all())
    assert states.count(ItemState.PENDING) > 0
    assert states.count(ItemState.SENDING) <= core.settings.push_concurrency * is_silent
    servicenow.faults.clear()
    async with open_core(core.settings, waits=SHORT) as next_core:
        second = make_engine(next_core, Rhythm(poll=0.1))
        await second.start()
        ended = await until_ended(core, card.id)
        await second.stop()
    assert ended.state is RequestState.DONE, [(r.label, r.outcome.value) for r in ended.results if not r.is_success]
    assert (await verify_audit(core)).fault == ""

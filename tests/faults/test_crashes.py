import asyncio
import os
import signal

import pytest

from core.config import Settings
from core.domain.push import RequestState
from core.usecases.audit.verifying import verify_audit
from core.usecases.requests.cards import request_card
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import STATEMENTS, Moment, ServiceNow
from tests.cast import Cast, an_approved_request
from tests.faults.processes import start_pusher

STATEMENTS_PUSHED = 8


@pytest.mark.parametrize("event", ["before_write", "before_commit", "after_commit"])
async def test_killed_in_the_middle_of_a_push_the_next_process_finishes_it_and_writes_nothing_twice(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow, settings: Settings, event: str
) -> None:
    card = await an_approved_request(core, cast, sample, STATEMENTS_PUSHED)
    killed: list[int] = []
    process: asyncio.subprocess.Process

    def kill(_moment: Moment) -> None:
        os.kill(process.pid, signal.SIGKILL)
        killed.append(process.pid)

    servicenow.on(event, kill, table=STATEMENTS, nth=4)
    process = await start_pusher(settings)
    assert await process.wait() == -signal.SIGKILL
    assert killed

    process = await start_pusher(settings)
    assert await asyncio.wait_for(process.wait(), 40) == 0

    ended = await request_card(core, card.id)
    assert ended.state is RequestState.DONE, [
        (r.label, r.outcome.value, r.detail) for r in ended.results if not r.is_success
    ]
    written = [write.sys_id for write in servicenow.writes()]
    assert sorted(written) == sorted(set(written))
    assert len(written) == STATEMENTS_PUSHED
    assert (await verify_audit(core)).fault == ""

"""Faults 10 and 11: a write that outlives its sender."""

import os
import signal

from core.domain.outcome import Level, Outcome
from core.domain.push import RequestState
from core.usecases.requests.cards import request_card
from tests.faults.conftest import OpenDesk
from tests.faults.desk import THEIRS, Desk, ours
from tests.faults.oracle import mark
from tests.faults.processes import start_pusher


async def test_fault_10_a_write_that_lands_after_we_gave_up_is_found_and_not_sent_again(open_desk: OpenDesk) -> None:
    desk = await open_desk(push_timeout_seconds=0.4)
    desk.servicenow.faults.on(10, after=0.0, times=1)

    result = await desk.push_one()

    assert (result.outcome, result.level) == (Outcome.PUSHED, Level.VERIFIED_BY_AUDIT)
    assert desk.sends(desk.ids[0]) == 1


async def test_fault_10_a_write_that_lands_late_over_somebodys_text_is_told_afterwards(open_desk: OpenDesk) -> None:
    desk = await open_desk(push_timeout_seconds=0.4)
    first = desk.ids[0]
    zombie = desk.servicenow.faults.on(10, after=0.35, times=1)
    request = await desk.approved(first)
    await desk.run()
    result = (await desk.results(request.id))[first]
    assert (result.outcome, desk.sends(first), zombie.hits) == (Outcome.PUSHED, 2, 1)
    desk.save_theirs(first)

    await desk.late_look()

    assert mark(desk.text(first)) == mark(ours(0))
    card = await request_card(desk.core, request.id)
    assert card.state is RequestState.FAILED
    assert card.results[0].outcome is Outcome.OVERWROTE
    assert "our write arrived twice" in card.results[0].detail
    assert (await desk.conflict(first)).remote_content == THEIRS


async def test_fault_11_a_killed_process_is_followed_by_one_that_reads_back_and_finishes(desk: Desk) -> None:
    card = await desk.approved()
    killed: list[int] = []

    def kill() -> None:
        if not killed:
            os.kill(pusher.pid, signal.SIGKILL)
            killed.append(pusher.pid)

    desk.servicenow.faults.on(11, action=kill, when="after_commit", nth=2)
    pusher = await start_pusher(desk.core.settings)
    assert await pusher.wait() == -signal.SIGKILL

    await desk.run()

    results = await desk.results(card.id)
    assert {(result.outcome, result.level) for result in results.values()} == {
        (Outcome.PUSHED, Level.VERIFIED_BY_AUDIT)
    }
    # What was under way when the process died may have been cut off before it was stored; then it is sent once more.
    assert all(1 <= desk.sends(sys_id) <= 2 for sys_id in desk.ids)
    assert sorted(write.sys_id for write in desk.servicenow.writes()) == sorted(desk.ids)
    assert (await request_card(desk.core, card.id)).state is RequestState.DONE

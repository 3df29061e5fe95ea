"""Faults 10 and 11: a write that outlives its sender."""

import asyncio
import os
import signal

from sqlalchemy import update

from core.domain.audit import AuditKind
from core.domain.outcome import Level, Outcome
from core.domain.push import RequestState
from core.store import audit
from core.store.push_tables import PushItemRow
from core.usecases.pushing.settling import look_at_doubtful
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


async def test_two_processes_that_look_late_at_once_correct_a_result_once(desk: Desk) -> None:
    card = await desk.approved(desk.ids[0])
    await desk.run()
    async with desk.core.db.transaction() as tx:
        unseen = {"level": Level.UNVERIFIED.value, "check_again_at": desk.core.clock.now()}
        await tx.exec(update(PushItemRow).values(**unseen))
    before = await ended_events(desk)

    await asyncio.gather(*(look_at_doubtful(desk.core) for _ in range(2)))

    assert await ended_events(desk) == before + 1
    [result] = (await request_card(desk.core, card.id)).results
    assert result.level is Level.VERIFIED_BY_AUDIT


async def ended_events(desk: Desk) -> int:
    async with desk.core.db.reading() as tx:
        events = await audit.list_for(tx, "statement", str((await desk.statement(desk.ids[0])).id))
    return sum(event.kind == AuditKind.PUSH_ITEM_ENDED for event in events)


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

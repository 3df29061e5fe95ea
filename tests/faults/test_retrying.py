"""A push that had to stop leaves the rest untouched, and once what stopped it is mended, *Retry failed* finishes it."""

from dataclasses import replace

import pytest

from core.domain.outcome import Outcome
from core.domain.push import JobState, RequestState
from core.errors import NotAllowed, NothingToPush
from core.usecases.audit.verifying import verify_audit
from core.usecases.requests.asking import retry_failed
from core.usecases.requests.cards import request_card
from tests.clocks import MovedClock
from tests.faults.conftest import OpenDesk, desk, open_desk

__all__ = ["desk", "open_desk"]

# No right to the record, answered honestly; and no right to the field, which ServiceNow answers with 200.
NO_ACCESS = {Outcome.REFUSED: ("envelope", {"kind": "write_denied", "method": "PATCH"}), Outcome.NOT_WRITTEN: (12, {})}


@pytest.mark.parametrize("outcome", list(NO_ACCESS))
async def test_a_refused_canary_is_retried_with_the_rest_under_the_same_approval_once_the_rights_are_mended(
    open_desk: OpenDesk, outcome: Outcome
) -> None:
    desk = await open_desk(count=4)
    card = await desk.approved()
    number, how = NO_ACCESS[outcome]
    desk.servicenow.faults.on(number, **how)
    await desk.run()
    stopped = await request_card(desk.core, card.id)
    assert (stopped.state, [job.state for job in stopped.jobs]) == (RequestState.FAILED, [JobState.FAILED])
    assert [result.outcome for result in stopped.results].count(Outcome.NOT_REACHED) == 3
    assert len(stopped.retryable) == 4
    assert stopped.stopped_for
    desk.servicenow.faults.clear()
    later = MovedClock()
    later.forward(hours=25)
    with pytest.raises(NotAllowed) as expired:
        await retry_failed(replace(desk.core, clock=later), desk.cast.requester, card.id)
    assert expired.value.gate == "expired"

    await retry_failed(desk.core, desk.cast.requester, card.id)
    await desk.run()

    done = await request_card(desk.core, card.id)
    assert (done.state, done.stopped_for) == (RequestState.DONE, "")
    assert [len(job.results) for job in done.jobs] == [4, 4]
    assert {result.outcome for result in done.results} == {Outcome.PUSHED}
    assert (await verify_audit(desk.core)).fault == ""


async def test_a_rule_against_one_statement_that_was_the_canary_does_not_stop_the_retry_of_the_others(
    open_desk: OpenDesk,
) -> None:
    desk = await open_desk(count=3)
    card = await desk.approved()
    canary = (await request_card(desk.core, card.id)).lines[0].sn_sys_id
    desk.servicenow.faults.on("envelope", kind="business_rule", method="PATCH", sys_id=canary)
    await desk.run()
    assert len((await request_card(desk.core, card.id)).retryable) == 3

    await retry_failed(desk.core, desk.cast.requester, card.id)
    await desk.run()

    ended = await request_card(desk.core, card.id)
    assert (ended.state, ended.stopped_for, ended.retryable) == (RequestState.PARTLY, "", ())
    outcomes = {result.sn_sys_id: result.outcome for result in ended.results}
    assert outcomes.pop(canary) is Outcome.REFUSED
    assert set(outcomes.values()) == {Outcome.PUSHED}
    with pytest.raises(NothingToPush, match="mended by trying again"):
        await retry_failed(desk.core, desk.cast.requester, card.id)

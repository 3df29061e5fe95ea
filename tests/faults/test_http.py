"""Faults 22 to 26: ServiceNow refuses, asks for patience, or answers with an error."""

import asyncio

import pytest

from core.domain.outcome import Level, Outcome
from core.domain.push import RequestState
from core.usecases.pushing.runner import PushRunner
from core.usecases.requests.asking import cancel_push, retry_failed
from core.usecases.requests.cards import request_card
from core.usecases.requests.lookup import push_status
from sandbox.servicenow import STATEMENTS
from tests.faults.conftest import OpenDesk
from tests.faults.desk import Desk, original, ours

WRITES = "PATCH,PUT,POST"
REFUSALS = {
    "invalid_table": Outcome.INVALID_REQUEST,
    "table_does_not_exist": Outcome.INVALID_REQUEST,
    "no_resource": Outcome.INVALID_REQUEST,
    "unreadable_body": Outcome.INVALID_REQUEST,
    "header_too_large": Outcome.INVALID_REQUEST,
    "method_not_supported": Outcome.INVALID_REQUEST,
    "write_denied": Outcome.REFUSED,
    "business_rule": Outcome.REFUSED,
    "business_rule_in_message": Outcome.REFUSED,
    "data_policy": Outcome.REFUSED,
    "query_denied": Outcome.REFUSED,
    "no_record": Outcome.GONE,
}
TOLD = {
    "write_denied": "access control (ACL)",
    "business_rule": "Guard implementation statements",
    "business_rule_in_message": "Guard implementation statements",
    "data_policy": "data policy",
}
SILENCES = (
    "server_error",
    "server_error_page",
    "bad_gateway",
    "unavailable",
    "gateway_timeout",
    "cancelled",
    "cancelled_200",
    "session_overflow",
    "hibernating",
    "login",
    "maintenance",
)
BROKEN_200 = ("cancelled_200", "hibernating", "login", "maintenance")
PUSHED = (Outcome.PUSHED, Level.VERIFIED_BY_AUDIT)


def refuse_each(desk: Desk, kinds: tuple[str, ...], when: str, **how: int) -> dict[str, str]:
    """Let the records after the first each be refused in another way; gives back the kinds by sys_id."""
    named = dict(zip(desk.ids[1:], kinds, strict=True))
    for sys_id, kind in named.items():
        desk.servicenow.faults.on(22, kind=kind, when=when, sys_id=sys_id, method=WRITES, **how)
    return named


async def test_fault_22_each_refusal_is_told_in_its_own_words_and_sent_once(open_desk: OpenDesk) -> None:
    desk = await open_desk(count=len(REFUSALS) + 1)
    named = refuse_each(desk, tuple(REFUSALS), "before")

    results = await desk.push()

    assert results[desk.ids[0]].outcome is Outcome.PUSHED
    for sys_id, kind in named.items():
        assert results[sys_id].outcome is REFUSALS[kind], kind
        assert TOLD.get(kind, "") in results[sys_id].sentence
        assert (desk.sends(sys_id), desk.text(sys_id)) == (1, original(desk.ids.index(sys_id)))
        assert (await desk.statement(sys_id)).local == ours(desk.ids.index(sys_id))


async def test_fault_22_a_refusal_of_what_is_stored_all_the_same_is_corrected(open_desk: OpenDesk) -> None:
    kinds = ("write_denied", "business_rule", "data_policy", "unreadable_body", "no_record")
    desk = await open_desk(count=len(kinds) + 1)
    named = refuse_each(desk, kinds, "after")

    results = await desk.push()

    for sys_id in named:
        assert (results[sys_id].outcome, results[sys_id].level) == PUSHED
        assert results[sys_id].detail == "ServiceNow stored it without saying so"
        assert (desk.sends(sys_id), (await desk.statement(sys_id)).local) == (1, None)


@pytest.mark.parametrize("when", ["before", "after"])
async def test_fault_22_after_an_answer_that_proves_nothing_the_record_decides(open_desk: OpenDesk, when: str) -> None:
    desk = await open_desk(count=len(SILENCES) + 1)
    named = refuse_each(desk, SILENCES, when, times=1)
    desk.spoiled = len(BROKEN_200)

    results = await desk.push()

    for sys_id in named:
        assert (results[sys_id].outcome, results[sys_id].level) == PUSHED
        assert desk.sends(sys_id) == (2 if when == "before" else 1)
        assert (await desk.statement(sys_id)).local is None


async def test_fault_22_a_write_that_never_gets_through_is_in_doubt_until_it_can_no_longer_land(desk: Desk) -> None:
    second = desk.ids[1]
    fault = desk.servicenow.faults.on(22, kind="gateway_timeout", sys_id=second, method=WRITES)
    card = await desk.approved()
    await desk.run()
    result = (await desk.results(card.id))[second]
    assert (result.outcome, result.retryable, desk.sends(second)) == (Outcome.IN_DOUBT, False, 3)

    await desk.late_look()
    result = (await desk.results(card.id))[second]
    assert (result.outcome, result.retryable) == (Outcome.UNAVAILABLE, True)
    assert result.detail == "The write never arrived."

    fault.off()
    await retry_failed(desk.core, desk.cast.requester, card.id)
    await desk.run()
    assert (await desk.results(card.id))[second].outcome is Outcome.PUSHED
    assert (await request_card(desk.core, card.id)).state is RequestState.DONE


@pytest.mark.pitfall("M8")
async def test_fault_22_of_ten_with_two_without_an_answer_a_retry_sends_the_one_that_did_not_arrive(
    open_desk: OpenDesk,
) -> None:
    desk = await open_desk(count=10)
    lost, landed = desk.ids[3], desk.ids[6]
    fault = desk.servicenow.faults.on(22, kind="gateway_timeout", sys_id=lost, method=WRITES)
    desk.servicenow.faults.on(27, when="after_commit", sys_id=landed, method=WRITES, times=1)
    desk.spoiled = 1
    card = await desk.approved()
    await desk.run()
    await desk.late_look()
    before = {sys_id: desk.sends(sys_id) for sys_id in desk.ids}
    failed = [sys_id for sys_id, result in (await desk.results(card.id)).items() if not result.is_success]
    fault.off()

    await retry_failed(desk.core, desk.cast.requester, card.id)
    await desk.run()

    assert failed == [lost]
    assert before[landed] == 1
    assert {
        sys_id: desk.sends(sys_id) - before[sys_id] for sys_id in desk.ids if desk.sends(sys_id) > before[sys_id]
    } == {lost: 1}
    assert (await request_card(desk.core, card.id)).state is RequestState.DONE


async def test_fault_23_a_rate_limit_is_waited_out_and_everything_is_pushed(open_desk: OpenDesk) -> None:
    desk = await open_desk(count=8)
    card = await desk.approved()
    desk.servicenow.faults.on(23, limit=5, retry_after=1)

    await desk.run()

    assert {(r.outcome, r.level) for r in (await desk.results(card.id)).values()} == {PUSHED}
    refused = [request for request in desk.servicenow.requests if request.status == 429]
    assert 0 < len(refused) < 15


@pytest.mark.parametrize("method", ["GET", "PATCH"])
async def test_fault_23_a_long_pause_is_shown_and_can_be_called_off_at_once(desk: Desk, method: str) -> None:
    card = await desk.approved()
    desk.servicenow.faults.on(23, limit=0, retry_after=3599, table=STATEMENTS, method=method)
    run = asyncio.create_task(PushRunner(desk.core).drain())
    async with asyncio.timeout(60):
        while (await request_card(desk.core, card.id)).waiting_until is None:  # noqa: ASYNC110 -- only the card tells
            await asyncio.sleep(0.02)
    shown = await request_card(desk.core, card.id)
    assert shown.version > card.version, "every process that draws cards must notice"
    assert (await push_status(desk.core, shown.jobs[0].id)).waiting_until == shown.waiting_until

    await cancel_push(desk.core, desk.cast.requester, card.id)

    async with asyncio.timeout(60):
        await run
    assert {result.outcome for result in (await desk.results(card.id)).values()} == {Outcome.CANCELLED}
    assert len([request for request in desk.servicenow.requests if request.status == 429]) == 1
    assert (await desk.statement(desk.ids[0])).status.value == "modified"


async def test_fault_24_a_node_without_free_threads_is_given_time_and_asked_for_less(open_desk: OpenDesk) -> None:
    desk = await open_desk(count=6)
    desk.servicenow.faults.on(24, method=WRITES, sys_id=desk.ids[3], times=1)

    results = await desk.push()

    assert {(result.outcome, result.level) for result in results.values()} == {PUSHED}
    assert desk.core.servicenow.pacing.concurrency == 2
    assert desk.sends(desk.ids[3]) == 2


@pytest.mark.parametrize("runs", [True, False])
async def test_fault_25_a_202_is_no_success_until_the_record_shows_the_text(desk: Desk, runs: bool) -> None:
    desk.servicenow.faults.on(25, method=WRITES, sys_id=desk.ids[1], times=1, runs=runs)

    results = await desk.push()

    assert {(result.outcome, result.level) for result in results.values()} == {PUSHED}
    assert desk.sends(desk.ids[1]) == (1 if runs else 2)


async def test_fault_25_no_session_is_used_by_two_requests_at_once(open_desk: OpenDesk) -> None:
    desk = await open_desk(count=10)
    desk.servicenow.faults.on(25, transactions=1, queue=0)
    desk.servicenow.latency = 0.02

    results = await desk.push()

    assert {result.outcome for result in results.values()} == {Outcome.PUSHED}
    assert not [request for request in desk.servicenow.requests if request.status == 202]
    assert desk.servicenow.open_writes_peak > 1


@pytest.mark.parametrize("when", ["before", "after"])
async def test_fault_26_after_an_error_of_the_server_nothing_is_sent_blindly(open_desk: OpenDesk, when: str) -> None:
    desk = await open_desk(count=5)
    for sys_id, status in zip(desk.ids[1:], (500, 502, 503, 504), strict=True):
        desk.servicenow.faults.on(26, status=status, when=when, sys_id=sys_id, method=WRITES, times=1)

    results = await desk.push()

    assert {(result.outcome, result.level) for result in results.values()} == {PUSHED}
    assert [desk.sends(sys_id) for sys_id in desk.ids[1:]] == [2 if when == "before" else 1] * 4

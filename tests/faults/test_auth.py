"""Faults 34 to 39: signing in goes wrong, or stops being enough half-way."""

import asyncio

import pytest

from core.domain.outcome import Level, Outcome
from core.domain.push import JobState, RequestState
from core.usecases.pulling.pull import pull
from core.usecases.requests.asking import retry_failed
from core.usecases.requests.cards import request_card
from sandbox.servicenow import SERVICE_ACCOUNT, SERVICE_PASSWORD
from tests.faults.conftest import OpenDesk
from tests.faults.desk import Desk, original, ours

WRITES = "PATCH,PUT,POST"
PUSHED = (Outcome.PUSHED, Level.VERIFIED_BY_AUDIT)
TOKENS = "/oauth_token.do"


def sign_ins(desk: Desk) -> int:
    """How often a token was asked for."""
    return sum(request.path == TOKENS for request in desk.servicenow.requests)


def failures(desk: Desk) -> int:
    """How many requests were refused for their credentials."""
    return sum(request.status == 401 for request in desk.servicenow.requests)


@pytest.mark.parametrize(
    ("auth", "kind"),
    [("oauth_client_credentials", "expire"), ("oauth_password", "expire"), ("oauth_password", "revoke")],
)
async def test_fault_34_a_token_that_ends_in_mid_push_is_renewed_once_for_all_lanes(
    open_desk: OpenDesk, auth: str, kind: str
) -> None:
    desk = await open_desk(count=8, auth=auth)
    desk.servicenow.latency = 0.01
    card = await desk.approved()
    before = sign_ins(desk)
    desk.servicenow.faults.on(34, kind=kind, method=WRITES, nth=3)

    await desk.run()

    assert {(r.outcome, r.level) for r in (await desk.results(card.id)).values()} == {PUSHED}
    assert 1 <= sign_ins(desk) - before <= 2
    committed = [commit.sys_id for commit in desk.servicenow.writes()]
    assert sorted(committed) == sorted(desk.ids)


async def test_fault_34_a_token_that_lives_shorter_than_usual_is_believed_to(open_desk: OpenDesk) -> None:
    desk = await open_desk(auth="oauth_client_credentials", is_pulled=False)
    desk.servicenow.faults.on(34, kind="short", seconds=3)
    await pull(desk.core)
    await asyncio.sleep(2.4)

    assert {(result.outcome, result.level) for result in (await desk.push()).values()} == {PUSHED}
    assert (failures(desk), sign_ins(desk) > 1) == (0, True)


async def test_fault_34_a_new_token_that_is_refused_as_well_stops_the_push(open_desk: OpenDesk) -> None:
    desk = await open_desk(count=40, auth="oauth_client_credentials", push_concurrency=2)
    card = await desk.approved()

    def refuse(_moment: object) -> None:
        desk.servicenow.faults.on(22, kind="not_authenticated", method=WRITES)

    desk.servicenow.on("before_commit", refuse, nth=3)
    await desk.run()

    results = (await desk.results(card.id)).values()
    assert {result.outcome for result in results} == {Outcome.PUSHED, Outcome.SIGN_IN_LOST, Outcome.NOT_REACHED}
    assert failures(desk) <= 4  # two lanes, each tried once more with the new token


async def test_fault_35_a_refused_refresh_is_followed_by_the_password(open_desk: OpenDesk) -> None:
    desk = await open_desk(auth="oauth_password")
    card = await desk.approved()
    desk.servicenow.faults.on(34, method=WRITES, nth=2)
    desk.servicenow.faults.on(35)

    await desk.run()

    assert {(r.outcome, r.level) for r in (await desk.results(card.id)).values()} == {PUSHED}


async def test_fault_35_when_no_token_is_to_be_had_the_push_stops_and_says_what_to_do(open_desk: OpenDesk) -> None:
    # More than are claimed ahead: those are refused one by one.
    desk = await open_desk(count=40, auth="oauth_client_credentials", push_concurrency=2)
    desk.servicenow.latency = 0.01
    card = await desk.approved()
    desk.servicenow.faults.on(34, kind="revoke", method=WRITES, nth=2)
    desk.servicenow.faults.on(35, grant="any")

    await desk.run()

    ended = await request_card(desk.core, card.id)
    lost = [result for result in ended.results if result.outcome is Outcome.SIGN_IN_LOST]
    untouched = [result for result in ended.results if result.outcome is Outcome.NOT_REACHED]
    assert lost
    assert untouched
    assert "client credentials grant" in ended.jobs[0].failure
    assert {result.retryable for result in (*lost, *untouched)} == {True}
    assert ended.jobs[0].state is JobState.FAILED
    asked = sign_ins(desk)
    desk.servicenow.faults.clear()
    await desk.core.servicenow.preflight(force=True)
    await retry_failed(desk.core, desk.cast.requester, card.id)
    await desk.run()
    assert (await request_card(desk.core, card.id)).state is RequestState.DONE
    assert sign_ins(desk) - asked == 1


async def test_fault_36_the_gate_for_basic_sign_in_is_named_before_anything_is_sent(desk: Desk) -> None:
    card = await desk.approved()
    desk.servicenow.faults.on(36)
    await desk.core.servicenow.preflight(force=True)

    await desk.run()

    ended = await request_card(desk.core, card.id)
    assert {result.outcome for result in ended.results} == {Outcome.NOT_REACHED}
    assert "snc_basic_auth_api_access" in ended.jobs[0].failure
    assert "Web service access only" in ended.jobs[0].failure
    assert sum(desk.sends(sys_id) for sys_id in desk.ids) == 0


async def test_fault_36_a_gate_that_shuts_in_mid_push_stops_it(open_desk: OpenDesk) -> None:
    desk = await open_desk(count=12, push_concurrency=2)
    desk.servicenow.latency = 0.01
    card = await desk.approved()
    desk.servicenow.on("before_commit", lambda _: desk.servicenow.faults.on(36), nth=4)

    await desk.run()

    ended = await request_card(desk.core, card.id)
    assert {result.outcome for result in ended.results} <= {
        Outcome.PUSHED,
        Outcome.SIGN_IN_LOST,
        Outcome.NOT_REACHED,
    }
    assert "snc_basic_auth_api_access" in ended.jobs[0].failure
    for result in ended.results:
        if result.outcome is not Outcome.PUSHED:
            number = desk.ids.index(result.sn_sys_id)
            assert (await desk.statement(result.sn_sys_id)).local == ours(number)
            assert desk.text(result.sn_sys_id) == original(number)


async def test_fault_37_a_missing_second_factor_is_named(desk: Desk) -> None:
    card = await desk.approved()
    desk.servicenow.faults.on(37, method=WRITES)

    await desk.run()

    ended = await request_card(desk.core, card.id)
    lost = [result for result in ended.results if result.outcome is Outcome.SIGN_IN_LOST]
    assert "second factor (MFA)" in lost[0].detail
    assert {result.outcome for result in ended.results} == {Outcome.SIGN_IN_LOST, Outcome.NOT_REACHED}
    assert desk.servicenow.writes() == []


async def test_fault_38_a_changed_password_does_not_make_us_lock_the_account(open_desk: OpenDesk) -> None:
    desk = await open_desk(count=40)
    desk.servicenow.latency = 0.01
    card = await desk.approved()
    desk.servicenow.faults.on(38, after=9)

    def change(_moment: object) -> None:
        desk.servicenow.users.change(SERVICE_ACCOUNT, password="another")

    desk.servicenow.on("before_commit", change, nth=4)
    await desk.run()

    assert not desk.servicenow.users[SERVICE_ACCOUNT].locked_out
    failed = failures(desk)
    assert failed <= 7  # what five lanes and the reader had under way, and one more try
    ended = await request_card(desk.core, card.id)
    assert {result.outcome for result in ended.results if not result.is_success} == {
        Outcome.SIGN_IN_LOST,
        Outcome.NOT_REACHED,
    }
    await retry_failed(desk.core, desk.cast.requester, card.id)
    await desk.run()
    assert failures(desk) == failed, "refused credentials were tried again at once"

    desk.servicenow.users.change(SERVICE_ACCOUNT, password=SERVICE_PASSWORD)
    await desk.core.servicenow.preflight(force=True)
    await retry_failed(desk.core, desk.cast.requester, card.id)
    await desk.run()
    assert (await request_card(desk.core, card.id)).state is RequestState.DONE


async def test_fault_39_a_role_lost_in_mid_push_is_told_for_each_statement_it_hits(open_desk: OpenDesk) -> None:
    desk = await open_desk(count=8)
    desk.servicenow.access.readers["sn_compliance_statement"] = {"sn_compliance.auditor"}
    card = await desk.approved()
    desk.servicenow.faults.on(39, method=WRITES, nth=3)

    await desk.run()

    results = await desk.results(card.id)
    hit = [result for result in results.values() if not result.is_success]
    assert hit
    assert {result.outcome for result in hit} == {Outcome.REFUSED}
    assert {desk.sends(result.sn_sys_id) for result in hit} == {1}
    assert all("access control (ACL)" in result.detail for result in hit)
    assert all([(await desk.statement(result.sn_sys_id)).local for result in hit])


async def test_fault_39_a_lost_role_for_the_api_itself_stops_the_push(open_desk: OpenDesk) -> None:
    desk = await open_desk(count=8, push_concurrency=2)
    card = await desk.approved()
    desk.servicenow.faults.on(39, method=WRITES, nth=3, role="snc_platform_rest_api_access")

    await desk.run()

    outcomes = {result.outcome for result in (await desk.results(card.id)).values()}
    assert Outcome.PUSHED in outcomes
    assert outcomes <= {Outcome.PUSHED, Outcome.SIGN_IN_LOST, Outcome.NOT_REACHED}

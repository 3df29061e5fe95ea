"""Faults 27 to 33: the connection breaks, crawls, or carries what is hard to read."""

import pytest

from core.domain.outcome import Level, Outcome
from core.domain.push import RequestState
from core.usecases.pulling.pull import pull
from core.usecases.requests.asking import retry_failed
from core.usecases.requests.cards import request_card
from core.usecases.statements.edits import save_edit
from sandbox.data.bulk import many
from sandbox.servicenow import STATEMENTS, Moment
from tests.faults.conftest import OpenDesk
from tests.faults.desk import THEIRS, Desk, ours

WRITES = "PATCH,PUT,POST"
PUSHED = (Outcome.PUSHED, Level.VERIFIED_BY_AUDIT)


@pytest.mark.pitfall("M8")
@pytest.mark.parametrize(("when", "sends"), [("before", 2), ("after_commit", 1), ("mid_body", 1)])
async def test_fault_27_after_a_broken_connection_the_record_is_read_back(desk: Desk, when: str, sends: int) -> None:
    desk.servicenow.faults.on(27, when=when, sys_id=desk.ids[1], method=WRITES, times=1)
    desk.spoiled = 1

    results = await desk.push()

    assert {(result.outcome, result.level) for result in results.values()} == {PUSHED}
    assert desk.sends(desk.ids[1]) == sends


@pytest.mark.parametrize("audit", [True, False])
async def test_fault_27_somebodys_text_after_a_broken_connection_is_left_alone_and_our_write_is_told(
    open_desk: OpenDesk, audit: bool
) -> None:
    desk = await open_desk(audit=audit)
    second = desk.ids[1]
    desk.servicenow.faults.on(27, when="after_commit", sys_id=second, method=WRITES, times=1)
    desk.servicenow.on("after_commit", lambda moment: desk.save_theirs(moment.sys_id), sys_id=second)

    result = (await desk.push())[second]

    assert result.outcome is (Outcome.OVERWRITTEN_AFTER if audit else Outcome.OVERTAKEN)
    assert (desk.text(second), desk.sends(second)) == (THEIRS, 1)
    assert (await desk.conflict(second)).remote_content == THEIRS
    assert (await desk.statement(second)).local == ours(1)
    await desk.late_look()
    assert (await desk.conflict(second)).remote_content == THEIRS


async def test_fault_27_another_column_saved_after_a_lost_write_leaves_it_in_doubt_and_is_not_sent_again(
    desk: Desk,
) -> None:
    second, notes = desk.ids[1], ["Looked at again."]

    def annotate(_moment: Moment) -> None:
        # Reads before the write are not counted: there are more of them where a look has grown old.
        if desk.sends(second) and notes:
            desk.servicenow.edit(STATEMENTS, second, "u_reviewer_note", notes.pop())

    card = await desk.approved()
    desk.servicenow.faults.on(27, when="before", sys_id=second, method=WRITES, times=1)
    desk.servicenow.on("before_read", annotate, sys_id=second, times=None)
    await desk.run()
    assert (await desk.results(card.id))[second].outcome is Outcome.IN_DOUBT
    assert desk.sends(second) == 1

    await desk.late_look()

    assert (await desk.results(card.id))[second].outcome is Outcome.UNAVAILABLE
    assert (await desk.statement(second)).local == ours(1)


@pytest.mark.pitfall("M8")
async def test_fault_28_an_answer_that_does_not_come_in_time_is_looked_for_in_the_record(open_desk: OpenDesk) -> None:
    desk = await open_desk(count=4, push_timeout_seconds=0.4)
    _, late, dripping, over_quota = desk.ids
    desk.servicenow.faults.on(28, seconds=0.7, when="after", sys_id=late, method=WRITES, times=1)
    desk.servicenow.faults.on(28, seconds=2.0, drip=5, sys_id=dripping, method=WRITES, times=1)
    desk.servicenow.faults.on(28, seconds=9.0, quota=0.05, sys_id=over_quota, method=WRITES, times=1)
    desk.spoiled = 2

    results = await desk.push()

    assert {(result.outcome, result.level) for result in results.values()} == {PUSHED}
    assert [desk.sends(sys_id) for sys_id in desk.ids] == [1, 1, 1, 2]


async def test_fault_29_half_an_answer_is_no_answer(open_desk: OpenDesk) -> None:
    desk = await open_desk(count=30)
    desk.servicenow.faults.on(29, sys_id=desk.ids[1], method=WRITES, times=1)
    desk.spoiled = 1

    results = await desk.push(*desk.ids[:3])

    assert {(result.outcome, result.level) for result in results.values()} == {PUSHED}
    assert desk.sends(desk.ids[1]) == 1


async def test_fault_29_a_pull_that_servicenow_gives_up_asks_for_less(open_desk: OpenDesk) -> None:
    desk = await open_desk(count=30, is_pulled=False)
    desk.servicenow.faults.on(29, method="GET", path=f"/api/now/table/{STATEMENTS}", nth=2)

    report = await pull(desk.core)

    assert (report.received, report.new) == (30, 30)
    limits = [request.query for request in desk.servicenow.requests if "sysparm_limit=100&" in request.query]
    assert limits


@pytest.mark.pitfall("M2")
@pytest.mark.parametrize(
    ("kind", "said"),
    [("hibernating", "asleep"), ("login", "web page"), ("maintenance", "web page"), ("sso_redirect", "sign-in page")],
)
async def test_fault_30_a_page_for_people_stops_the_push_before_anything_is_sent(
    desk: Desk, kind: str, said: str
) -> None:
    card = await desk.approved()
    desk.servicenow.faults.on(30, kind=kind)

    await desk.run()

    ended = await request_card(desk.core, card.id)
    assert {(result.outcome, result.retryable) for result in ended.results} == {(Outcome.NOT_REACHED, True)}
    assert said in ended.jobs[0].failure
    assert sum(desk.sends(sys_id) for sys_id in desk.ids) == 0
    desk.servicenow.faults.clear()
    await desk.core.servicenow.preflight(force=True)
    await retry_failed(desk.core, desk.cast.requester, card.id)
    await desk.run()
    assert (await request_card(desk.core, card.id)).state is RequestState.DONE


async def test_fault_31_unusual_spellings_of_an_answer_are_read(open_desk: OpenDesk) -> None:
    desk = await open_desk(count=5)
    kinds = ("gzip", "bom", "latin1", "no_charset", "wrong_charset")
    for sys_id, kind in zip(desk.ids, kinds, strict=True):
        desk.servicenow.faults.on(31, kind=kind, sys_id=sys_id, method=WRITES)
    texts = {sys_id: f"<p>Größe {kind} „Prüfung“ – 字 🎉</p>" for sys_id, kind in zip(desk.ids, kinds, strict=True)}
    for sys_id, text in texts.items():
        statement = await desk.statement(sys_id)
        await save_edit(desk.core, desk.cast.editor, statement.id, text, source="test")
        result = await desk.push_saved(statement.id)
        assert (result.outcome, result.level, desk.sends(sys_id)) == (*PUSHED, 1)
        assert desk.text(sys_id) == text == (await desk.statement(sys_id)).baseline


async def test_fault_32_addresses_stay_short_enough_for_the_server_in_front(open_desk: OpenDesk) -> None:
    desk = await open_desk(count=15, is_pulled=False)
    bulk = many(400, seed=1)
    bulk.load(desk.servicenow)
    desk.servicenow.faults.on(32, limit=8192)

    assert (await pull(desk.core)).received == 415
    versions = await desk.core.servicenow.read_many([row["sys_id"] for row in bulk.statements])

    assert len(versions) == 400
    assert not [request for request in desk.servicenow.requests if request.status == 400]
    assert {r.outcome for r in (await desk.push()).values()} == {Outcome.PUSHED}


@pytest.mark.parametrize("status", [200, 204])
async def test_fault_33_an_empty_success_is_no_success_until_the_record_shows_the_text(desk: Desk, status: int) -> None:
    desk.servicenow.faults.on(33, status=status, method=WRITES)
    desk.spoiled = 3

    results = await desk.push()

    assert {(result.outcome, result.level) for result in results.values()} == {PUSHED}
    assert [desk.sends(sys_id) for sys_id in desk.ids] == [1, 1, 1]

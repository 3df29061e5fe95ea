"""Faults 12 to 21: the answer is 200, and yet the text is not what was sent."""

import pytest

from core.domain.conflict import Standing
from core.domain.outcome import Level, Outcome
from core.domain.push import JobState, RequestState
from core.domain.statement import SyncStatus
from core.errors import RemoteMalformed
from core.usecases.pulling.pull import pull
from core.usecases.requests.asking import retry_failed
from core.usecases.requests.cards import request_card
from core.usecases.requests.drafts import check_statements
from core.usecases.statements.edits import save_edit
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS
from tests.faults.conftest import OpenDesk
from tests.faults.desk import THEIRS, Desk, original, ours
from tests.faults.oracle import mark


async def test_fault_12_a_field_the_account_may_not_write_is_reported_as_not_written(desk: Desk) -> None:
    first, *others = desk.ids
    desk.servicenow.faults.on(12)
    card = await desk.approved()

    await desk.run()

    results = await desk.results(card.id)
    assert (results[first].outcome, results[first].severity) == (Outcome.NOT_WRITTEN, "error")
    assert "did not store" in results[first].sentence
    assert "write access" in results[first].next_step
    assert {results[sys_id].outcome for sys_id in others} == {Outcome.NOT_REACHED}
    assert [desk.sends(sys_id) for sys_id in desk.ids] == [1, 0, 0]
    ended = await request_card(desk.core, card.id)
    assert (ended.state, ended.jobs[0].state) == (RequestState.FAILED, JobState.FAILED)
    statement = await desk.statement(first)
    assert (statement.local, statement.baseline, statement.status) == (ours(0), original(0), SyncStatus.MODIFIED)


async def test_fault_12_only_one_record_of_many_is_not_written_and_the_others_are(desk: Desk) -> None:
    desk.servicenow.faults.on(12, sys_id=desk.ids[1])

    results = await desk.push()

    assert [results[sys_id].outcome for sys_id in desk.ids] == [Outcome.PUSHED, Outcome.NOT_WRITTEN, Outcome.PUSHED]
    assert (await desk.statement(desk.ids[1])).local == ours(1)


@pytest.mark.pitfall("M2")
async def test_fault_13_a_field_that_may_not_be_read_stops_the_push_before_anything_is_sent(desk: Desk) -> None:
    card = await desk.approved()
    desk.servicenow.faults.on(13)

    await desk.run()

    assert {result.outcome for result in (await desk.results(card.id)).values()} == {Outcome.NOT_REACHED}
    assert sum(desk.sends(sys_id) for sys_id in desk.ids) == 0
    ended = await request_card(desk.core, card.id)
    assert STATEMENT_FIELD in ended.jobs[0].failure
    assert "read access" in ended.jobs[0].failure
    with pytest.raises(RemoteMalformed):
        await check_statements(desk.core, desk.cast.requester, [line.statement_id for line in ended.lines])


@pytest.mark.pitfall("M2")
async def test_fault_13_an_answer_that_does_not_show_the_text_is_no_proof_and_the_record_is_read_back(
    desk: Desk,
) -> None:
    desk.servicenow.faults.on(13, method="PATCH")
    desk.spoiled = 3

    results = await desk.push()

    assert {(result.outcome, result.level) for result in results.values()} == {
        (Outcome.PUSHED, Level.VERIFIED_BY_AUDIT)
    }
    assert [desk.sends(sys_id) for sys_id in desk.ids] == [1, 1, 1]


async def test_fault_14_a_column_that_does_not_exist_is_found_before_the_push(desk: Desk) -> None:
    card = await desk.approved()
    desk.servicenow.faults.on(14)

    await desk.run()

    ended = await request_card(desk.core, card.id)
    assert ended.state is RequestState.FAILED
    assert sum(desk.sends(sys_id) for sys_id in desk.ids) == 0


async def test_fault_14_a_filter_that_is_ignored_does_not_bring_strangers_in(open_desk: OpenDesk) -> None:
    desk = await open_desk(count=30)
    card = await desk.approved(*desk.ids[:3])
    desk.servicenow.faults.on(14, column="sys_id", method="GET", table=STATEMENTS)

    await desk.run()

    assert {result.outcome for result in (await desk.results(card.id)).values()} == {Outcome.NOT_REACHED}
    assert "not asked for" in (await request_card(desk.core, card.id)).jobs[0].failure
    assert sum(desk.sends(sys_id) for sys_id in desk.ids) == 0
    with pytest.raises(RemoteMalformed):
        await pull(desk.core, is_full=True)


async def test_fault_15_a_text_cut_off_is_an_error_and_the_whole_text_stays_here(desk: Desk) -> None:
    desk.servicenow.faults.on(15, length=40)

    result = await desk.push_one()

    assert (result.outcome, result.severity, result.is_success) == (Outcome.TRUNCATED, "error", False)
    statement = await desk.statement(desk.ids[0])
    assert (statement.local, statement.baseline) == (ours(0), ours(0)[:40])


async def test_fault_15_a_field_known_to_be_too_short_is_not_written_to(desk: Desk) -> None:
    desk.servicenow.faults.on(15, length=len(original(0)) + 5, in_dictionary=True)
    statement = await desk.statement(desk.ids[0])
    await save_edit(desk.core, desk.cast.editor, statement.id, ours(0) * 3, source="test")
    await desk.core.servicenow.preflight(force=True)

    result = await desk.push_saved(statement.id)

    assert result.outcome is Outcome.TOO_LONG
    assert "characters" in result.detail
    assert desk.sends(desk.ids[0]) == 0


@pytest.mark.parametrize(("mode", "outcome"), [("400", Outcome.INVALID_REQUEST), ("403", Outcome.REFUSED)])
async def test_fault_15_a_text_refused_for_its_length_is_told_as_refused(
    desk: Desk, mode: str, outcome: Outcome
) -> None:
    desk.servicenow.faults.on(15, length=40, mode=mode)

    assert (await desk.push_one()).outcome is outcome
    assert (await desk.statement(desk.ids[0])).local == ours(0)


async def test_fault_16_a_text_spelled_another_way_is_a_success_and_its_stored_form_the_baseline(desk: Desk) -> None:
    for sys_id, mode in zip(desk.ids, ("strip", "reserialise", "churn"), strict=True):
        desk.servicenow.faults.on(16, mode=mode, sys_id=sys_id)
    text = "<p>Größe &amp; Länge &quot;hier&quot;,&nbsp;bis 5&nbsp;µm.<br>Ende</p>\n<ul>\n<li>Prüfung</li></ul>"
    for sys_id in desk.ids:
        statement = await desk.statement(sys_id)
        await save_edit(desk.core, desk.cast.editor, statement.id, text, source="test")

        result = await desk.push_saved(statement.id)

        assert (result.outcome, result.severity) == (Outcome.PUSHED, None)
        after = await desk.statement(sys_id)
        assert (after.local, after.baseline) == (None, desk.text(sys_id))
        found = await check_statements(desk.core, desk.cast.requester, [statement.id])
        assert found[0].standing is Standing.UNCHANGED
    assert len({desk.text(sys_id) for sys_id in desk.ids}) > 1


async def test_fault_17_a_rule_that_adds_to_the_text_is_told_and_its_result_is_the_baseline(desk: Desk) -> None:
    desk.servicenow.faults.on(17)

    result = await desk.push_one()

    assert (result.outcome, result.level, result.severity) == (
        Outcome.PUSHED_ALTERED,
        Level.VERIFIED_BY_AUDIT,
        "warning",
    )
    statement = await desk.statement(desk.ids[0])
    assert statement.local is None
    assert statement.baseline == desk.text(desk.ids[0]) != ours(0)


@pytest.mark.parametrize("delay", [0.0, 0.01])
async def test_fault_18_a_rule_that_saves_the_record_once_more_is_explained_by_the_audit(
    desk: Desk, delay: float
) -> None:
    desk.servicenow.faults.on(18, delay=delay, saves=2)

    results = await desk.push()

    assert {(result.outcome, result.level) for result in results.values()} == {
        (Outcome.PUSHED, Level.VERIFIED_BY_AUDIT)
    }
    found = await check_statements(desk.core, desk.cast.requester, [r.statement_id for r in results.values()])
    assert {finding.standing for finding in found} == {Standing.UNCHANGED}


async def test_fault_18_without_auditing_a_further_save_is_always_told(unaudited_desk: Desk) -> None:
    unaudited_desk.servicenow.faults.on(18)

    for sys_id in unaudited_desk.ids:
        result = await unaudited_desk.push_one(sys_id)
        assert (result.outcome, result.detail) == (Outcome.POSSIBLY_OVERWROTE, "stamped by system")


async def test_fault_18_a_rule_that_rewrites_the_text_and_one_that_saves_once_more_are_told_apart_from_people(
    desk: Desk,
) -> None:
    desk.servicenow.faults.on(17)
    desk.servicenow.faults.on(18)

    result = await desk.push_one()

    assert (result.outcome, result.level) == (Outcome.PUSHED_ALTERED, Level.VERIFIED_BY_AUDIT)
    assert (await desk.statement(desk.ids[0])).baseline == desk.text(desk.ids[0])


@pytest.mark.parametrize("is_on", [True, False])
async def test_fault_19_whether_a_save_that_changes_nothing_counts_makes_no_difference(desk: Desk, is_on: bool) -> None:
    desk.servicenow.faults.on(19, is_on=is_on)
    desk.servicenow.faults.on(12, sys_id=desk.ids[1])
    desk.servicenow.faults.on(3, sys_id=desk.ids[2], times=1)

    results = await desk.push()

    outcomes = [results[sys_id].outcome for sys_id in desk.ids]
    assert outcomes == [Outcome.PUSHED, Outcome.NOT_WRITTEN, Outcome.ALREADY_THERE]
    assert (await desk.statement(desk.ids[1])).local == ours(1)


@pytest.mark.parametrize(("mode", "outcome"), [("drop", Outcome.NOT_WRITTEN), ("403", Outcome.REFUSED)])
async def test_fault_20_a_record_locked_by_its_state_keeps_its_text_and_ours_stays_here(
    desk: Desk, mode: str, outcome: Outcome
) -> None:
    second = desk.ids[1]
    desk.servicenow.edit(STATEMENTS, second, "state", "review")
    desk.servicenow.faults.on(20, mode=mode)

    results = await desk.push()

    assert [results[sys_id].outcome for sys_id in desk.ids] == [Outcome.PUSHED, outcome, Outcome.PUSHED]
    assert mode == "drop" or "Lock statements outside draft" in results[second].detail
    assert (await desk.statement(second)).local == ours(1)
    assert desk.text(second) == original(1)


async def test_fault_20_with_the_condition_configured_a_locked_record_is_not_sent_and_can_be_retried(
    open_desk: OpenDesk,
) -> None:
    desk = await open_desk(writable_when="state=draft")
    first = desk.ids[0]
    card = await desk.approved()
    desk.servicenow.edit(STATEMENTS, first, "state", "review")
    desk.servicenow.faults.on(20)
    await desk.run()
    result = (await desk.results(card.id))[first]
    assert (result.outcome, result.retryable, desk.sends(first)) == (Outcome.LOCKED, True, 0)
    assert "(state is “review”)" in result.sentence

    desk.servicenow.edit(STATEMENTS, first, "state", "draft")
    await retry_failed(desk.core, desk.cast.requester, card.id)
    await desk.run()

    assert {result.outcome for result in (await desk.results(card.id)).values()} == {Outcome.PUSHED}
    assert [desk.sends(sys_id) for sys_id in desk.ids] == [1, 1, 1]


async def test_fault_21_a_journal_is_refused_and_what_one_makes_of_a_text_is_told(desk: Desk) -> None:
    first, second, _ = desk.ids
    desk.servicenow.faults.on(21)
    results = await desk.push(first)
    assert results[first].outcome is Outcome.PUSHED_ALTERED
    assert original(0) in desk.text(first)

    desk.servicenow.faults.clear()
    desk.servicenow.faults.on(21, in_dictionary=True)
    await desk.core.servicenow.preflight(force=True)
    card = await desk.approved(second)
    await desk.run()

    ended = await request_card(desk.core, card.id)
    assert "journal" in ended.jobs[0].failure
    assert desk.sends(second) == 0


async def test_a_text_that_somebody_clears_in_the_same_moment_is_not_called_cut_off(desk: Desk) -> None:
    desk.servicenow.on("after_commit", lambda moment: desk.save_theirs(moment.sys_id, ""), table=STATEMENTS)

    result = await desk.push_one()

    assert (result.outcome, result.level) == (Outcome.OVERWRITTEN_AFTER, Level.VERIFIED_BY_AUDIT)
    assert (await desk.statement(desk.ids[0])).local == ours(0)


async def test_somebodys_text_in_the_answer_to_our_write_is_not_taken_for_ours(desk: Desk) -> None:
    desk.servicenow.on("after_commit", lambda moment: desk.save_theirs(moment.sys_id), table=STATEMENTS)

    result = await desk.push_one()

    assert (result.outcome, result.level) == (Outcome.OVERWRITTEN_AFTER, Level.VERIFIED_BY_AUDIT)
    assert mark(desk.text(desk.ids[0])) == mark(THEIRS)
    statement = await desk.statement(desk.ids[0])
    assert (statement.local, statement.baseline) == (ours(0), original(0))

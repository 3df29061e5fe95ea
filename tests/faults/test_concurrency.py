"""Faults 1 to 9: somebody else is at work at the same time."""

import datetime as dt

import pytest

from core.domain.conflict import Choice, ConflictKind
from core.domain.outcome import Level, Outcome
from core.domain.statement import SyncStatus
from core.usecases.conflicts.settling import SeenConflict, resolve_conflict
from core.usecases.pulling.pull import pull
from core.usecases.requests.drafts import check_statements
from sandbox.servicenow import STATEMENTS
from tests.faults.conftest import OpenDesk
from tests.faults.desk import THEIRS, Desk, original, ours


async def test_fault_01_a_text_saved_between_check_and_write_is_kept_and_can_be_restored(open_desk: OpenDesk) -> None:
    desk = await open_desk(count=6)
    crossed, others = desk.ids[1:5], (desk.ids[0], desk.ids[5])
    ways = [(moment, second) for moment in ("arrive", "commit") for second in ("same", "later")]
    for sys_id, (moment, second) in zip(crossed, ways, strict=True):
        desk.servicenow.faults.on(1, at=moment, second=second, sys_id=sys_id, times=1, text=THEIRS)

    results = await desk.push()

    assert {results[sys_id].outcome for sys_id in others} == {Outcome.PUSHED}
    for sys_id in crossed:
        assert (results[sys_id].outcome, results[sys_id].level) == (Outcome.OVERWROTE, Level.VERIFIED_BY_AUDIT)
        assert "saved by jane.roe" in results[sys_id].detail
        assert "Restore theirs" in results[sys_id].next_step
        conflict = await desk.conflict(sys_id)
        assert (conflict.kind, conflict.remote_content) == (ConflictKind.OVERWROTE, THEIRS)
        assert conflict.remote_updated_by == "jane.roe"
        seen = SeenConflict(conflict.id, conflict.revision)
        await resolve_conflict(desk.core, desk.cast.editor, seen, Choice.KEEP_REMOTE)
        assert (await desk.statement(sys_id)).local == THEIRS


async def test_fault_01_an_overwritten_text_stays_to_be_settled_whatever_is_pushed_and_pulled_after(desk: Desk) -> None:
    first = desk.ids[0]
    desk.servicenow.faults.on(1, times=2, text=THEIRS)
    assert (await desk.push_one()).outcome is Outcome.OVERWROTE
    desk.servicenow.faults.clear()
    desk.save_theirs(first, original(0))
    await pull(desk.core, is_full=True)
    desk.servicenow.faults.on(1, times=1, text="<p>Bob's text, unseen as well.</p>", by="bob")

    assert (await desk.push_one()).outcome is Outcome.OVERWROTE
    desk.servicenow.faults.clear()
    desk.save_theirs(first, original(0))
    await pull(desk.core)
    assert (await desk.push_one()).outcome is Outcome.PUSHED

    kept = {conflict.remote_content: conflict.remote_updated_by for conflict in await desk.conflicts(first)}
    assert kept == {THEIRS: "jane.roe", "<p>Bob's text, unseen as well.</p>": "bob"}


@pytest.mark.pitfall("M2")
async def test_fault_01_a_text_saved_after_the_approval_is_a_conflict_and_nothing_is_sent(desk: Desk) -> None:
    first, *others = desk.ids
    card = await desk.approved()
    desk.save_theirs(first)

    await desk.run()

    results = await desk.results(card.id)
    assert results[first].outcome is Outcome.CHANGED_SINCE_CHECK
    assert desk.sends(first) == 0
    assert (await desk.conflict(first)).remote_content == THEIRS
    statement = await desk.statement(first)
    assert (statement.local, statement.baseline, statement.status) == (ours(0), original(0), SyncStatus.CONFLICT)
    assert {results[sys_id].outcome for sys_id in others} == {Outcome.PUSHED}


async def test_fault_01_without_auditing_a_possible_overwrite_is_told_and_not_hidden(unaudited_desk: Desk) -> None:
    desk = unaudited_desk
    desk.servicenow.faults.on(1, times=1, text=THEIRS)

    result = await desk.push_one()

    assert (result.outcome, result.level) == (Outcome.POSSIBLY_OVERWROTE, Level.VERIFIED_BY_READBACK)
    assert (result.severity, result.is_success) == ("warning", True)
    assert "2 times" in result.detail


async def test_fault_02_another_column_saved_meanwhile_is_no_conflict(desk: Desk) -> None:
    first, second, _ = desk.ids
    card = await desk.approved()
    desk.servicenow.edit(STATEMENTS, first, "u_reviewer_note", "Looked at again.", by="jane.roe")
    desk.servicenow.faults.on(2, sys_id=second, times=1)

    await desk.run()

    results = await desk.results(card.id)
    assert {(result.outcome, result.level) for result in results.values()} == {
        (Outcome.PUSHED, Level.VERIFIED_BY_AUDIT)
    }
    for sys_id in desk.ids:
        assert desk.servicenow.get(STATEMENTS, sys_id)["sys_mod_count"] == ("2" if sys_id in (first, second) else "1")
        assert (await desk.statement(sys_id)).local is None
        assert await desk.conflicts(sys_id) == []


async def test_fault_03_the_same_text_saved_by_somebody_else_is_already_there(desk: Desk) -> None:
    first, second, _ = desk.ids
    card = await desk.approved(first, second)
    desk.save_theirs(first, ours(0))
    desk.servicenow.faults.on(3, sys_id=second, times=1)

    await desk.run()

    results = await desk.results(card.id)
    assert [results[sys_id].outcome for sys_id in (first, second)] == [Outcome.ALREADY_THERE, Outcome.ALREADY_THERE]
    assert results[second].level is Level.VERIFIED_BY_AUDIT
    assert desk.sends(first) == 0
    assert desk.servicenow.writes() == []
    for sys_id in (first, second):
        statement = await desk.statement(sys_id)
        assert (statement.local, statement.baseline) == (None, desk.text(sys_id))


async def test_fault_04_an_edit_right_after_our_write_is_told_and_taken_over_with_the_next_look(desk: Desk) -> None:
    desk.servicenow.faults.on(4, times=1, text=THEIRS)

    result = await desk.push_one()

    assert (result.outcome, result.level) == (Outcome.OVERWRITTEN_AFTER, Level.VERIFIED_BY_AUDIT)
    assert (result.detail, result.severity) == ("changed by jane.roe", "warning")
    assert desk.text(desk.ids[0]) == THEIRS
    await check_statements(desk.core, desk.cast.requester, [result.statement_id])
    statement = await desk.statement(desk.ids[0])
    assert (statement.local, statement.baseline) == (None, THEIRS)


@pytest.mark.parametrize(
    ("model", "old_value"),
    [("loaded", "stale_old_value"), ("database", "stale_old_value"), ("loaded", "replaced_old_value")],
)
async def test_fault_05_a_crossing_is_found_however_the_counter_and_the_audit_reckon(
    desk: Desk, model: str, old_value: str
) -> None:
    desk.servicenow.faults.on(5, model=model)
    desk.servicenow.faults.on(47, kind=old_value)
    desk.servicenow.faults.on(1, at="commit", times=1, text=THEIRS)

    result = await desk.push_one()

    assert (result.outcome, result.level) == (Outcome.OVERWROTE, Level.VERIFIED_BY_AUDIT)
    assert (await desk.conflict(desk.ids[0])).remote_content == THEIRS


async def test_fault_05_without_auditing_only_a_counter_kept_by_the_database_shows_a_crossing(
    unaudited_desk: Desk,
) -> None:
    desk = unaudited_desk
    first, second, _ = desk.ids
    desk.servicenow.faults.on(1, at="commit", text=THEIRS, sys_id=first, times=1)
    desk.servicenow.faults.on(5, model="database")
    assert (await desk.push_one(first)).outcome is Outcome.POSSIBLY_OVERWROTE

    desk.servicenow.faults.off(5)
    desk.servicenow.faults.on(1, at="commit", text=THEIRS, sys_id=second, times=1)
    desk.unseen.add(second)  # truly the same moment, one counter for both, no audit: docs/guarantees.md says so
    assert (await desk.push_one(second)).outcome is Outcome.PUSHED


async def test_fault_06_a_script_that_moves_no_stamp_is_seen_by_the_text_itself(desk: Desk) -> None:
    first, second, _ = desk.ids
    card = await desk.approved(first, second)
    desk.save_theirs(first, stamps=False)
    desk.servicenow.faults.on(6, sys_id=second, times=1, text=THEIRS)

    await desk.run()

    results = await desk.results(card.id)
    assert results[first].outcome is Outcome.CHANGED_SINCE_CHECK
    assert (await desk.conflict(first)).remote_content == THEIRS
    assert (results[second].outcome, results[second].detail) == (Outcome.OVERWROTE, "saved without a trace")
    assert (await desk.conflict(second)).remote_content == THEIRS


async def test_fault_07_a_stamp_set_back_hides_nothing(desk: Desk) -> None:
    first, second, _ = desk.ids
    card = await desk.approved(first, second)
    desk.save_theirs(first)
    desk.servicenow.store.change(STATEMENTS, first, {"sys_updated_on": "2001-01-01 00:00:00"})
    desk.servicenow.faults.on(7, sys_id=second, times=1, text=THEIRS)

    await desk.run()

    results = await desk.results(card.id)
    assert results[first].outcome is Outcome.CHANGED_SINCE_CHECK
    assert (await desk.conflict(first)).remote_content == THEIRS
    assert results[second].outcome is Outcome.OVERWROTE
    assert (await desk.conflict(second)).remote_content == THEIRS


@pytest.mark.parametrize("moment", ["arrive", "commit"])
async def test_fault_08_a_record_deleted_meanwhile_is_told_and_never_made_again(desk: Desk, moment: str) -> None:
    desk.servicenow.faults.on(8, at=moment, times=1)

    result = await desk.push_one()

    assert result.outcome is Outcome.GONE
    assert "never creates it anew" in result.next_step
    assert not desk.servicenow.has(STATEMENTS, desk.ids[0])
    assert not [request for request in desk.servicenow.requests if request.method == "POST"]
    statement = await desk.statement(desk.ids[0])
    assert (statement.local, statement.status) == (ours(0), SyncStatus.MISSING)


async def test_fault_09_a_record_that_our_write_made_anew_is_an_alarm(desk: Desk) -> None:
    desk.servicenow.faults.on(9, times=1)
    # A record made anew within the second in which the first one was made has the same stamp of its creation.
    desk.servicenow.clock_skew = dt.timedelta(seconds=2)

    result = await desk.push_one()

    assert (result.outcome, result.severity, result.is_success) == (Outcome.RECREATED, "error", False)
    assert "deleted" in result.sentence
    statement = await desk.statement(desk.ids[0])
    assert (statement.local, statement.baseline) == (ours(0), original(0))
    await check_statements(desk.core, desk.cast.requester, [result.statement_id])


async def test_fault_09_a_record_deleted_and_made_again_by_somebody_is_not_the_one_we_know(desk: Desk) -> None:
    first = desk.ids[0]
    card = await desk.approved(first)
    row = desk.servicenow.get(STATEMENTS, first)
    desk.servicenow.delete(STATEMENTS, first)
    desk.servicenow.add(STATEMENTS, sys_id=first, control=row["control"], u_implementation_statement=original(0))
    desk.servicenow.store.change(STATEMENTS, first, {"sys_created_on": "2030-01-01 00:00:00"})

    await desk.run()

    assert (await desk.results(card.id))[first].outcome is Outcome.REPLACED
    assert desk.sends(first) == 0


async def test_a_text_found_in_servicenow_after_the_approval_is_already_there_and_not_called_edited(desk: Desk) -> None:
    first = desk.ids[0]
    card = await desk.approved(first)
    desk.save_theirs(first, ours(0))
    await pull(desk.core)
    assert (await desk.statement(first)).local is None

    await desk.run()

    assert (await desk.results(card.id))[first].outcome is Outcome.ALREADY_THERE

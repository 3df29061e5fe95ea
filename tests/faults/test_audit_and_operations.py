"""Faults 47 to 50: an audit that cannot be relied on, clones, tables that go, rows of other domains and scopes."""

import pytest

from core.domain.conflict import Standing
from core.domain.outcome import Level, Outcome
from core.domain.push import RequestState
from core.domain.statement import SyncStatus
from core.errors import ConfigurationError, RemoteError, RemoteSignInFailed
from core.usecases.pulling.pull import pull
from core.usecases.requests.cards import request_card
from core.usecases.requests.drafts import check_statements
from sandbox.servicenow import STATEMENTS
from tests.faults.desk import THEIRS, Desk, original, ours

BY_AUDIT = (Outcome.PUSHED, Level.VERIFIED_BY_AUDIT)
BY_READBACK = (Outcome.PUSHED, Level.VERIFIED_BY_READBACK)


@pytest.mark.parametrize("kind", ["off", "no_audit", "unreadable"])
async def test_fault_47_without_an_audit_less_is_claimed_and_a_possible_overwrite_is_told(
    desk: Desk, kind: str
) -> None:
    desk.servicenow.faults.on(47, kind=kind)
    preflight = await desk.core.servicenow.preflight(force=True)
    desk.servicenow.faults.on(1, sys_id=desk.ids[1], times=1, text=THEIRS)

    results = await desk.push()

    assert not preflight.audit
    assert (results[desk.ids[0]].outcome, results[desk.ids[0]].level) == BY_READBACK
    assert results[desk.ids[1]].outcome is Outcome.POSSIBLY_OVERWROTE
    assert "switch on auditing" in results[desk.ids[1]].next_step
    assert await desk.conflicts(desk.ids[1]) == []


@pytest.mark.parametrize("kind", ["off", "purged", "unreadable"])
async def test_fault_47_an_audit_lost_since_the_last_look_at_the_settings_proves_nothing(desk: Desk, kind: str) -> None:
    card = await desk.approved()
    desk.servicenow.faults.on(1, sys_id=desk.ids[1], times=1, text=THEIRS)
    moment, times = ("after_commit", None) if kind == "purged" else ("before_write", 1)
    desk.servicenow.on(moment, lambda _: desk.servicenow.faults.on(47, kind=kind), times=times)

    await desk.run()

    results = await desk.results(card.id)
    assert (results[desk.ids[0]].outcome, results[desk.ids[0]].level) == BY_READBACK
    assert results[desk.ids[1]].outcome is Outcome.POSSIBLY_OVERWROTE


async def test_fault_47_an_audit_written_late_is_waited_for(desk: Desk) -> None:
    desk.servicenow.faults.on(47, kind="lazy", seconds=0.08)
    desk.servicenow.faults.on(1, sys_id=desk.ids[1], times=1, text=THEIRS)

    results = await desk.push()

    assert (results[desk.ids[0]].outcome, results[desk.ids[0]].level) == BY_AUDIT
    assert results[desk.ids[1]].outcome is Outcome.OVERWROTE
    assert (await desk.conflict(desk.ids[1])).remote_content == THEIRS


async def test_fault_47_an_audit_that_does_not_show_our_own_change_yet_still_shows_whom_we_crossed(desk: Desk) -> None:
    second = desk.ids[1]

    def cross(_moment: object) -> None:
        desk.save_theirs(second)
        desk.servicenow.faults.on(47, kind="lazy", seconds=60.0)

    card = await desk.approved()
    desk.servicenow.on("before_commit", cross, sys_id=second)
    await desk.run()

    result = (await desk.results(card.id))[second]
    assert (result.outcome, result.level) == (Outcome.OVERWROTE, Level.VERIFIED_BY_READBACK)
    assert (await desk.conflict(second)).remote_content == THEIRS


@pytest.mark.parametrize("kind", ["stale_old_value", "replaced_old_value"])
async def test_fault_47_the_old_value_of_our_row_may_be_stale_or_true(desk: Desk, kind: str) -> None:
    first, second, third = desk.ids
    desk.servicenow.faults.on(47, kind=kind)
    desk.servicenow.faults.on(1, at="commit", sys_id=second, times=1, text=THEIRS)
    desk.servicenow.faults.on(1, at="arrive", sys_id=third, times=1, text=THEIRS)

    results = await desk.push()

    assert [results[sys_id].outcome for sys_id in desk.ids] == [Outcome.PUSHED, Outcome.OVERWROTE, Outcome.OVERWROTE]
    assert results[first].level is Level.VERIFIED_BY_AUDIT
    for sys_id in (second, third):
        assert [conflict.remote_content for conflict in await desk.conflicts(sys_id)] == [THEIRS]


async def test_fault_48_a_record_with_a_lower_counter_was_cloned_over_and_is_not_written(desk: Desk) -> None:
    for sys_id in desk.ids:
        desk.save_theirs(sys_id, f"<p>Settled text {sys_id[0]}.</p>")
    await pull(desk.core)
    card = await desk.approved()
    desk.servicenow.faults.on(48, secrets_too=False)

    await desk.run()

    results = await desk.results(card.id)
    assert {result.outcome for result in results.values()} == {Outcome.REPLACED}
    assert "grcpush pull --full" in results[desk.ids[0]].next_step
    assert sum(desk.sends(sys_id) for sys_id in desk.ids) == 0

    report = await pull(desk.core, is_full=True)

    assert report.conflicts == 3
    for number, sys_id in enumerate(desk.ids):
        assert (await desk.conflict(sys_id)).remote_content == original(number)
        assert (await desk.statement(sys_id)).local == ours(number)
    found = await check_statements(desk.core, desk.cast.requester, [result.statement_id for result in results.values()])
    assert {finding.standing for finding in found} == {Standing.CONFLICT}


async def test_fault_48_an_instance_with_another_name_is_not_pulled_from_or_written_to_unasked(desk: Desk) -> None:
    card = await desk.approved()
    desk.servicenow.faults.on(48, secrets_too=False, instance_name="production")
    await desk.core.servicenow.preflight(force=True)

    await desk.run()

    ended = await request_card(desk.core, card.id)
    assert "calls itself production now" in ended.jobs[0].failure
    assert sum(desk.sends(sys_id) for sys_id in desk.ids) == 0
    with pytest.raises(ConfigurationError, match="cloned over"):
        await pull(desk.core)
    await pull(desk.core, is_full=True)
    assert {result.outcome for result in (await desk.push()).values()} == {Outcome.PUSHED}


async def test_fault_48_after_a_clone_our_password_is_no_longer_good(desk: Desk) -> None:
    desk.servicenow.faults.on(48)

    with pytest.raises(RemoteSignInFailed):
        await pull(desk.core, is_full=True)

    assert {(await desk.statement(sys_id)).status for sys_id in desk.ids} == {SyncStatus.SYNCED}


@pytest.mark.parametrize(("kind", "said"), [("not_web_enabled", "web services"), ("renamed", "no table")])
async def test_fault_49_a_table_that_is_closed_or_gone_stops_the_push_and_marks_nothing_missing(
    desk: Desk, kind: str, said: str
) -> None:
    card = await desk.approved()
    desk.servicenow.faults.on(49, kind=kind)
    await desk.core.servicenow.preflight(force=True)

    await desk.run()

    ended = await request_card(desk.core, card.id)
    assert ended.state is RequestState.FAILED
    assert said in ended.jobs[0].failure
    assert {result.outcome for result in ended.results} == {Outcome.NOT_REACHED}
    with pytest.raises(RemoteError):
        await pull(desk.core, is_full=True)
    assert {(await desk.statement(sys_id)).status for sys_id in desk.ids} == {SyncStatus.MODIFIED}


async def test_fault_50_a_record_of_another_domain_is_told_as_gone_or_hidden(desk: Desk) -> None:
    second = desk.ids[1]
    card = await desk.approved()
    desk.servicenow.faults.on(50, sys_ids=(second,))

    await desk.run()

    results = await desk.results(card.id)
    assert [results[sys_id].outcome for sys_id in desk.ids] == [Outcome.PUSHED, Outcome.GONE, Outcome.PUSHED]
    assert "hidden from the service account" in results[second].sentence
    assert (desk.sends(second), desk.servicenow.get(STATEMENTS, second)["sys_mod_count"]) == (0, "0")
    statement = await desk.statement(second)
    assert (statement.local, statement.status) == (ours(1), SyncStatus.MISSING)


async def test_fault_50_a_record_of_another_scope_is_refused_and_the_others_are_pushed(desk: Desk) -> None:
    second = desk.ids[1]
    desk.servicenow.faults.on(50, kind="scope", sys_ids=(second,))

    results = await desk.push()

    assert [results[sys_id].outcome for sys_id in desk.ids] == [Outcome.PUSHED, Outcome.REFUSED, Outcome.PUSHED]
    assert "access control (ACL)" in results[second].detail
    assert (await desk.statement(second)).local == ours(1)


async def test_an_audit_that_keeps_only_the_beginning_of_texts_proves_nothing(desk: Desk) -> None:
    def cut_off(_moment: object) -> None:
        for row in desk.servicenow.store.rows("sys_audit").by_id.values():
            row["oldvalue"], row["newvalue"] = row["oldvalue"][:30], row["newvalue"][:30]

    desk.servicenow.on("after_commit", cut_off, times=None)

    results = await desk.push()

    assert {(result.outcome, result.level) for result in results.values()} == {BY_READBACK}

"""Faults 40 to 45: lists that hide rows or move while they are read, and clocks that disagree."""

from dataclasses import replace

import pytest
from sqlmodel import select

from core.domain.outcome import Level, Outcome
from core.domain.statement import SyncStatus
from core.store.tables import StatementRow
from core.text.content import TextKind
from core.usecases.pulling.pages import Stretch, Tally, look_at, store
from core.usecases.pulling.pull import pull, scheduled_pull
from sandbox.data.bulk import many
from sandbox.servicenow import STATEMENTS
from tests.clocks import MovedClock
from tests.faults.conftest import OpenDesk
from tests.faults.desk import THEIRS, Desk, ours

PUSHED = (Outcome.PUSHED, Level.VERIFIED_BY_AUDIT)


async def held(desk: Desk, status: SyncStatus | None = None) -> set[str]:
    """The sys_ids that we hold, in this status."""
    query = select(StatementRow.sn_sys_id)
    if status is not None:
        query = query.where(StatementRow.sync_status == status.value)
    async with desk.core.db.reading() as tx:
        return set((await tx.exec(query)).all())


async def a_large_desk(open_desk: OpenDesk, count: int = 450) -> Desk:
    desk = await open_desk(is_pulled=False)
    many(count, seed=5).load(desk.servicenow)
    return desk


async def test_fault_40_hidden_rows_make_no_hole_and_are_reported(open_desk: OpenDesk) -> None:
    desk = await a_large_desk(open_desk)
    hidden = {sys_id for sys_id in desk.servicenow.store.rows(STATEMENTS).keys if sys_id[1] in "0123456"}
    desk.servicenow.faults.on(40, sys_ids=tuple(hidden), table=STATEMENTS)

    report = await pull(desk.core)

    visible = set(desk.servicenow.store.rows(STATEMENTS).keys) - hidden
    assert await held(desk) == visible
    assert (report.received, report.hidden) == (len(visible), len(hidden))


async def test_fault_40_a_record_hidden_from_us_later_is_missing_and_its_local_text_is_kept(desk: Desk) -> None:
    await desk.edit(desk.ids[:1])
    fault = desk.servicenow.faults.on(40, sys_ids=(desk.ids[0],), table=STATEMENTS)

    report = await pull(desk.core, is_full=True)

    assert report.missing == 1
    statement = await desk.statement(desk.ids[0])
    assert (statement.local, statement.status) == (ours(0), SyncStatus.MISSING)
    fault.off()
    await pull(desk.core, is_full=True)
    statement = await desk.statement(desk.ids[0])
    assert (statement.local, statement.status) == (ours(0), SyncStatus.MODIFIED)
    assert (await desk.push_one()).outcome is Outcome.PUSHED


@pytest.mark.parametrize(("kind", "where"), [("insert", "first"), ("delete", "first"), ("delete", "last")])
async def test_fault_41_nothing_is_skipped_while_records_come_and_go(
    open_desk: OpenDesk, kind: str, where: str
) -> None:
    desk = await a_large_desk(open_desk)
    before = set(desk.servicenow.store.rows(STATEMENTS).keys)
    desk.servicenow.faults.on(
        41, kind=kind, where=where, table=STATEMENTS, method="GET", path=f"/api/now/table/{STATEMENTS}"
    )
    report = await pull(desk.core)
    desk.servicenow.faults.clear()
    after = set(desk.servicenow.store.rows(STATEMENTS).keys)

    assert report.has_moved
    assert before & after <= await held(desk)
    assert not (await pull(desk.core, is_full=True)).has_moved
    assert await held(desk, SyncStatus.SYNCED) == after
    assert await held(desk, SyncStatus.MISSING) == await held(desk) - after


async def test_fault_42_a_404_for_an_empty_list_is_an_empty_list(desk: Desk) -> None:
    desk.servicenow.faults.on(42)

    assert {(r.outcome, r.level) for r in (await desk.push()).values()} == {PUSHED}
    report = await pull(desk.core, is_full=True)
    assert (report.received, report.missing) == (3, 0)

    desk.servicenow.delete(STATEMENTS, desk.ids[0])
    await pull(desk.core, is_full=True)
    assert (await desk.statement(desk.ids[0])).status is SyncStatus.MISSING


@pytest.mark.parametrize(
    ("zone", "literals_in"),
    [("America/Los_Angeles", "user"), ("Pacific/Kiritimati", "user"), ("Pacific/Kiritimati", "utc")],
)
async def test_fault_43_an_account_in_another_zone_misses_no_edit(
    open_desk: OpenDesk, zone: str, literals_in: str
) -> None:
    desk = await open_desk(is_pulled=False)
    desk.servicenow.faults.on(43, zone=zone, literals_in=literals_in)
    await pull(desk.core)
    desk.save_theirs(desk.ids[1])

    report = await pull(desk.core)

    assert not report.is_full
    assert (await desk.statement(desk.ids[1])).baseline == THEIRS
    assert (await desk.push_one()).outcome is Outcome.PUSHED


async def test_fault_44_an_edit_that_becomes_visible_late_is_not_missed(desk: Desk) -> None:
    await pull(desk.core)
    desk.servicenow.faults.on(44, record=desk.ids[2], seconds=120, text=THEIRS, times=1)

    report = await pull(desk.core)

    assert not report.is_full
    assert (await desk.statement(desk.ids[2])).baseline == THEIRS


@pytest.mark.parametrize("seconds", [600, -600])
async def test_fault_45_a_clock_that_is_wrong_changes_nothing(open_desk: OpenDesk, seconds: int) -> None:
    desk = await open_desk(is_pulled=False)
    desk.servicenow.faults.on(45, seconds=seconds)
    await pull(desk.core)
    desk.servicenow.faults.on(1, sys_id=desk.ids[1], times=1, text=THEIRS)

    results = await desk.push()

    assert [results[sys_id].outcome for sys_id in desk.ids] == [Outcome.PUSHED, Outcome.OVERWROTE, Outcome.PUSHED]
    desk.save_theirs(desk.ids[2])
    await pull(desk.core)
    assert (await desk.statement(desk.ids[2])).baseline == THEIRS


async def test_a_stamp_forged_far_ahead_does_not_hide_later_edits(desk: Desk) -> None:
    desk.save_theirs(desk.ids[0])
    desk.servicenow.store.change(STATEMENTS, desk.ids[0], {"sys_updated_on": "2099-01-01 00:00:00"})
    await pull(desk.core)
    desk.save_theirs(desk.ids[1])

    await pull(desk.core)

    assert (await desk.statement(desk.ids[1])).baseline == THEIRS


async def test_a_full_pull_finds_what_moved_no_stamp(desk: Desk) -> None:
    await desk.edit(desk.ids[:1])
    desk.save_theirs(desk.ids[0], stamps=False)
    desk.save_theirs(desk.ids[1], stamps=False)

    report = await pull(desk.core, is_full=True)

    assert (report.conflicts, report.updated) == (1, 1)
    assert (await desk.conflict(desk.ids[0])).remote_content == THEIRS
    assert (await desk.statement(desk.ids[1])).baseline == THEIRS


async def test_a_pull_that_breaks_off_is_gone_on_with_and_still_finds_what_is_gone(open_desk: OpenDesk) -> None:
    desk = await a_large_desk(open_desk, 920)
    await pull(desk.core)
    rows = desk.servicenow.store.rows(STATEMENTS).keys
    gone = {rows[0], rows[-1], *(rows[len(rows) * part // 4 - 1] for part in (1, 2, 3))}
    for sys_id in gone:
        desk.servicenow.delete(STATEMENTS, sys_id)
    stored: list[int] = []

    def cut_off(received: int, _expected: int) -> None:
        stored.append(received)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await pull(desk.core, is_full=True, on_progress=cut_off)

    report = await pull(desk.core, is_full=True)

    assert await held(desk, SyncStatus.MISSING) == gone
    assert 0 < stored[0] < report.received
    assert report.received == len(await held(desk)) - len(gone), "what was stored before is not read and counted again"


@pytest.mark.parametrize("is_looked_at_first", [True, False])
async def test_a_page_read_before_our_push_landed_does_not_bring_the_old_text_back(
    desk: Desk, is_looked_at_first: bool
) -> None:
    page = Stretch("", None, list((await desk.core.servicenow.read_many(desk.ids)).values()))
    looked = await look_at(desk.core, [page], is_full=True) if is_looked_at_first else None
    assert {result.outcome for result in (await desk.push()).values()} == {Outcome.PUSHED}

    looked = looked or await look_at(desk.core, [page], is_full=True)
    async with desk.core.db.transaction() as tx:
        await store(desk.core, tx, looked, TextKind.HTML, Tally())

    for number, sys_id in enumerate(desk.ids):
        statement = await desk.statement(sys_id)
        assert (statement.local, statement.baseline) == (None, ours(number))


async def test_statements_that_are_read_and_not_stored_end_the_pull_with_an_error(open_desk: OpenDesk) -> None:
    desk = await open_desk(is_pulled=False)
    [page] = [page async for page in desk.core.servicenow.pages(after="", until=None, updated_since=None)][:1]
    seen = await look_at(desk.core, [Stretch("", None, page.versions)], is_full=True)
    lost = replace(seen, newcomers=replace(seen.newcomers, controls="[]"))

    with pytest.raises(RuntimeError, match="0 of 3 new statements"):
        async with desk.core.db.transaction() as tx:
            await store(desk.core, tx, lost, TextKind.HTML, Tally())

    assert await held(desk) == set()


async def test_the_scheduled_pull_reads_everything_once_a_day(desk: Desk) -> None:
    assert not (await scheduled_pull(desk.core)).is_full

    clock = MovedClock()
    clock.forward(days=1)
    tomorrow = replace(desk.core, clock=clock)
    assert (await scheduled_pull(tomorrow)).is_full
    assert not (await scheduled_pull(tomorrow)).is_full

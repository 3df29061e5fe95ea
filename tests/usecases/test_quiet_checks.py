"""What a check finds unchanged is not loaded again; whatever moved meanwhile is looked at as before."""

from sqlmodel import col, update

from core.domain.conflict import Standing
from core.domain.statement import SyncStatus
from core.store.statements import get_many
from core.store.tables import StatementRow
from core.usecases.conflicts.findings import look, to_record
from core.usecases.pulling.pull import pull
from core.usecases.requests.drafts import check_statements
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS, ServiceNow
from tests.cast import Cast, make_local_edits


async def test_of_a_check_that_finds_all_unchanged_nothing_is_to_be_recorded_but_for_what_moved_meanwhile(
    core: Core, cast: Cast, sample: Sample
) -> None:
    ids = await make_local_edits(core, cast.editor, sample)
    await check_statements(core, cast.requester, ids)
    async with core.db.reading() as tx:
        rows = list((await get_many(tx, ids)).values())
    findings = await look(rows, await core.servicenow.read_many([row.sn_sys_id for row, _, _ in rows]))
    moved = findings[0].statement.id

    async with core.db.transaction() as tx:
        before = await to_record(tx, findings)
        await tx.exec(update(StatementRow).where(col(StatementRow.id) == moved).values(row_version=99))
        after = await to_record(tx, findings)

    assert {finding.standing for finding in findings} == {Standing.UNCHANGED}
    assert before == []
    assert [finding.statement.id for finding in after] == [moved]


async def test_the_first_check_writes_the_fingerprints_that_a_later_one_relies_on(
    core: Core, cast: Cast, sample: Sample
) -> None:
    ids = await make_local_edits(core, cast.editor, sample)

    await check_statements(core, cast.requester, ids)

    async with core.db.reading() as tx:
        rows = [row for row, _, _ in (await get_many(tx, ids)).values()]
    assert all(row.content_token for row in rows)


async def test_a_conflict_that_is_over_is_closed_by_the_next_check(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    ids = await make_local_edits(core, cast.editor, sample, count=1)
    async with core.db.reading() as tx:
        ((row, _, _),) = (await get_many(tx, ids)).values()
    servicenow.edit(STATEMENTS, row.sn_sys_id, STATEMENT_FIELD, "<p>Somebody else's text.</p>")
    await pull(core)
    await check_statements(core, cast.requester, ids)
    servicenow.edit(STATEMENTS, row.sn_sys_id, STATEMENT_FIELD, row.content)

    await check_statements(core, cast.requester, ids)

    async with core.db.reading() as tx:
        ((after, _, _),) = (await get_many(tx, ids)).values()
    assert after.sync_status == SyncStatus.MODIFIED.value

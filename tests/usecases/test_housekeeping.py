from dataclasses import replace

import pytest
from sqlmodel import SQLModel, func, select

from core.domain.push import RequestState
from core.store.api_tables import IdempotencyKeyRow
from core.store.push_tables import AuditEventRow, PushJobRow, PushRequestRow, RequestItemRow
from core.store.statements import StatementFilter
from core.store.tables import DrawingLeaseRow, EditRow, PullRow, SelectionRow
from core.usecases.audit.verifying import verify_audit
from core.usecases.operations.housekeeping import throw_old_away
from core.usecases.operations.idempotency import KeyedRequest, begin
from core.usecases.pulling.pull import pull
from core.usecases.requests.asking import request_push
from core.usecases.requests.drafts import prepare_push
from core.usecases.requests.drawings import may_draw
from core.usecases.selections.choosing import start_selection
from core.wiring import Core
from sandbox.data import Sample
from tests.cast import Cast, make_local_edits
from tests.clocks import MovedClock


@pytest.fixture
def database_url(either_database_url: str) -> str:
    """Once a SQLite file, once a PostgreSQL database."""
    return either_database_url


async def count(core: Core, table: type[SQLModel]) -> int:
    async with core.db.reading() as tx:
        return (await tx.exec(select(func.count()).select_from(table))).one()


async def test_what_is_long_over_is_thrown_away_and_pushes_edits_and_audit_events_stay(
    core: Core, cast: Cast, sample: Sample
) -> None:
    ids = await make_local_edits(core, cast.editor, sample, 4)
    asked = await request_push(core, cast.requester, (await prepare_push(core, cast.requester, ids[:2])).request_id)
    await prepare_push(core, cast.requester, ids[2:])
    await start_selection(core, cast.requester, StatementFilter())
    await begin(core, KeyedRequest(cast.requester.id, "key", "0" * 64))
    await may_draw(core, asked.id, "a process that died", 1.0)
    await pull(core)
    audited, edits, pulls = await count(core, AuditEventRow), await count(core, EditRow), await count(core, PullRow)

    assert not any((await throw_old_away(core)).values()), "nothing is old yet"
    clock = MovedClock()
    clock.forward(days=60)
    thrown = await throw_old_away(replace(core, clock=clock))

    assert thrown == {
        "drafts": 1,
        "selections": 1,
        "idempotency_keys": 1,
        "pulls": pulls - 2,
        "digest_runs": 0,
        "drawing_leases": 1,
    }
    assert [await count(core, table) for table in (SelectionRow, IdempotencyKeyRow, DrawingLeaseRow)] == [0, 0, 0]
    async with core.db.reading() as tx:
        left = (await tx.exec(select(PushRequestRow))).all()
    assert [(row.id, row.state) for row in left] == [(asked.id, RequestState.WAITING.value)]
    assert (await count(core, RequestItemRow), await count(core, PushJobRow)) == (2, 1)
    assert (await count(core, AuditEventRow), await count(core, EditRow)) == (audited, edits)
    assert (await verify_audit(core)).fault == ""
    assert not (await pull(core)).is_full, "the next pull goes on from the last one"

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from core.domain.push import RequestState
from core.engine.durable import Engine
from core.usecases.approvals.deciding import approve_push
from core.usecases.audit.verifying import verify_audit
from core.usecases.requests.asking import request_push
from core.usecases.requests.cards import request_card
from core.usecases.requests.drafts import prepare_push
from core.usecases.statements.edits import save_edit
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import STATEMENTS, ServiceNow
from tests.cast import Cast, make_local_edits, until_ended

UNLIMITED = 1_073_741_823


@pytest.fixture
def database_url(empty_database: Path, tmp_path: Path) -> str:
    """Only a SQLite file can be told how large it may grow."""
    path = tmp_path / "grcpush.db"
    path.write_bytes(empty_database.read_bytes())
    return f"sqlite:///{path}"


class Disk:
    """How many pages the database may have: the stand-in for the free space of a disk."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._pages = UNLIMITED
        event.listen(core.db._engine.sync_engine, "checkout", self._limit)

    async def fill(self) -> None:
        async with self._core.db.reading() as tx:
            self._pages = (await tx.exec(text("PRAGMA page_count"))).one()[0]

    def make_room(self) -> None:
        self._pages = UNLIMITED

    def _limit(self, connection: Any, _record: object, _proxy: object) -> None:
        connection.cursor().execute(f"PRAGMA max_page_count={self._pages}")


async def test_on_a_full_disk_an_edit_is_refused_and_what_was_there_stays(
    core: Core, cast: Cast, sample: Sample
) -> None:
    [statement_id] = await make_local_edits(core, cast.editor, sample, 1)
    disk = Disk(core)
    await disk.fill()

    with pytest.raises(OperationalError, match="full"):
        await save_edit(core, cast.editor, statement_id, f"<p>{'A long text. ' * 20_000}</p>", source="test")

    disk.make_room()
    preview = await prepare_push(core, cast.requester, [statement_id])
    assert len(preview.lines) == 1
    assert (await verify_audit(core)).fault == ""


async def test_a_push_on_a_full_disk_waits_and_ends_right_when_there_is_room(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow, engine: Engine
) -> None:
    ids = await make_local_edits(core, cast.editor, sample)
    preview = await prepare_push(core, cast.requester, ids)
    card = await request_push(core, cast.requester, preview.request_id)
    disk = Disk(core)
    is_writing = asyncio.Event()
    servicenow.on("before_commit", lambda _moment: is_writing.set(), table=STATEMENTS, nth=2)
    servicenow.latency = 0.1

    await approve_push(core, cast.approver, card.id, shown_digest=card.content_digest)
    await asyncio.wait_for(is_writing.wait(), 60)
    await disk.fill()
    await asyncio.sleep(1.5)
    disk.make_room()
    ended = await until_ended(core, card.id)

    assert ended.state is RequestState.DONE, [(r.label, r.outcome.value) for r in ended.results if not r.is_success]
    written = [write.sys_id for write in servicenow.writes()]
    assert sorted(written) == sorted(set(written))
    assert len(written) == len(ids)
    assert (await verify_audit(core)).fault == ""
    assert (await request_card(core, card.id)).results

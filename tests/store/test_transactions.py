"""What a transaction read is still so when it writes: on either database one writes after the other."""

import asyncio
import datetime as dt

import pytest
from sqlmodel import func, select

from core.store.database import Database
from core.store.heartbeats import DatabaseHeartbeats
from core.store.tables import SwitchRow

NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


async def test_of_two_who_read_and_then_write_the_second_reads_what_the_first_wrote(database: Database) -> None:
    async with database.transaction() as tx:
        tx.add(SwitchRow(name="count", is_on=True, set_by="0", set_at=NOW))

    await asyncio.gather(*(count_up(database) for _ in range(4)))

    async with database.reading() as tx:
        assert (await tx.exec(select(SwitchRow.set_by))).one() == "4"


async def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    async with database.transaction() as tx:
        tx.add(SwitchRow(name="count", is_on=True, set_by="0", set_at=NOW))
        await tx.flush()
        async with asyncio.timeout(60), database.reading() as other:
            assert (await other.exec(select(SwitchRow))).all() == []


@pytest.mark.postgres
async def test_a_process_that_freezes_in_a_transaction_does_not_keep_the_others_out_for_ever(postgres_url: str) -> None:
    database = Database(postgres_url)
    async with database.transaction() as tx:
        ends_after = (await tx.exec(select(func.current_setting("idle_in_transaction_session_timeout")))).one()

        async with asyncio.timeout(60):
            await DatabaseHeartbeats(database).beat("another")

    assert ends_after == "30s"
    assert await DatabaseHeartbeats(database).silent(0.0) == ["another"]
    await database.aclose()


async def count_up(database: Database) -> None:
    async with database.transaction() as tx:
        row = await tx.get_one(SwitchRow, "count")
        await asyncio.sleep(0.02)
        row.set_by = str(int(row.set_by) + 1)
        tx.add(row)

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.store.database import Database


@pytest.fixture
async def db(tmp_path: Path):
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    async with database.transaction() as tx:
        await tx.exec(text("CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT UNIQUE)"))
    yield database
    await database.aclose()


def rows(path: Path) -> list[tuple[int, str]]:
    with sqlite3.connect(path) as outside:
        return outside.execute("SELECT id, body FROM notes ORDER BY id").fetchall()


async def test_what_a_transaction_wrote_is_there_for_others_once_it_ends_and_not_before(db: Database, tmp_path: Path):
    async with db.transaction() as tx:
        await tx.exec(text("INSERT INTO notes (body) VALUES ('one')"))
        assert rows(tmp_path / "a.db") == []

    assert rows(tmp_path / "a.db") == [(1, "one")]


async def test_nothing_is_left_of_a_transaction_that_failed(db: Database, tmp_path: Path):
    async def write_twice() -> None:
        async with db.transaction() as tx:
            for _ in range(2):
                await tx.exec(text("INSERT INTO notes (body) VALUES ('one')"))

    with pytest.raises(IntegrityError):
        await write_twice()

    assert rows(tmp_path / "a.db") == []


async def test_a_writer_waits_for_the_other_from_its_first_query_on(db: Database):
    entered = asyncio.Event()

    async def write_after_reading() -> int:
        async with db.transaction() as tx:
            count = (await tx.exec(text("SELECT count(*) FROM notes"))).scalar_one()
            entered.set()
            await asyncio.sleep(0.02)
            await tx.exec(text("INSERT INTO notes (body) VALUES (:body)").bindparams(body=f"{count}"))
            return count

    assert sorted(await asyncio.gather(*(write_after_reading() for _ in range(4)))) == [0, 1, 2, 3]
    assert entered.is_set()


async def test_a_reader_sees_one_moment_whatever_is_written_meanwhile(db: Database):
    async with db.reading() as tx:
        before = (await tx.exec(text("SELECT count(*) FROM notes"))).scalar_one()
        async with db.transaction() as other:
            await other.exec(text("INSERT INTO notes (body) VALUES ('meanwhile')"))
        after = (await tx.exec(text("SELECT count(*) FROM notes"))).scalar_one()

    assert (before, after) == (0, 0)


async def test_a_connection_whose_query_was_cancelled_goes_back_without_a_transaction(db: Database, tmp_path: Path):
    async def slow_write() -> None:
        async with db.transaction() as tx:
            await tx.exec(text("INSERT INTO notes (body) VALUES ('gone')"))
            count = (
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT max(i) FROM n"
            )
            await tx.exec(text(count))

    for seconds in (0.0, 0.001, 0.01, 0.02):
        task = asyncio.create_task(slow_write())
        await asyncio.sleep(seconds)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async with asyncio.timeout(60), db.transaction() as tx:
        await tx.exec(text("INSERT INTO notes (body) VALUES ('kept')"))
    assert [body for _, body in rows(tmp_path / "a.db")] == ["kept"]


async def test_a_transaction_without_a_query_is_none(db: Database, tmp_path: Path):
    async with db.transaction():
        with sqlite3.connect(tmp_path / "a.db", timeout=0) as outside:
            outside.execute("INSERT INTO notes (body) VALUES ('theirs')")

    assert [body for _, body in rows(tmp_path / "a.db")] == ["theirs"]


async def test_many_rows_come_whole_and_in_order(db: Database):
    async with db.transaction() as tx:
        connection = await tx.connection()
        await connection.execute(
            text("INSERT INTO notes (body) VALUES (:body)"), [{"body": str(number)} for number in range(1_000)]
        )
        found = (await tx.exec(text("SELECT body FROM notes ORDER BY id"))).scalars().all()

    assert found == [str(number) for number in range(1_000)]

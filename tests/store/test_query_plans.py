"""What people and the engine ask for all the time is found by an index: no table that grows is read from end to end."""

import datetime as dt
import re
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import Connection, event
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.store import audit, modified, statement_pages
from core.store.audit_search import AuditFilter, list_events, newest_events
from core.store.database import Database
from core.store.pulled import held_by_sys_id
from core.store.selections import Picks
from core.store.statements import StatementFilter, authors
from core.store.tables import StatementRow
from core.usecases.pushing.survey import next_candidates

ONE = uuid.UUID(int=1)
EVERYTHING = StatementFilter()
CHOSEN = Picks(everything=(StatementFilter(text="word", family="AC"),), left_out=frozenset({ONE.hex}))
# Two indexes hold the modified statements alone, so reading all of one is what a list of them is; a page of all statements
# that begins at a number is found by passing over the keys before it.
WHOLE = re.compile(
    r"^SCAN (?!statements USING (COVERING )?INDEX ix_statements_(modified|edited_by|list_key))(statements|edits|audit_events|push_items|push_request_items)"
    r"|Seq Scan on (statements|edits|audit_events|push_items|push_request_items)"
)

Asked = Callable[[AsyncSession], Awaitable[object]]


async def plans(database: Database, asked: Asked) -> dict[str, list[str]]:
    """The plan of each query that is made."""
    made: list[tuple[str, Any]] = []
    found: dict[str, list[str]] = {}

    def noted(_connection: Connection, _cursor: object, sql: str, parameters: Any, *_: object) -> None:
        made.append((sql, parameters))

    async with database.reading() as tx:
        connection = (await tx.connection()).sync_connection
        event.listen(connection, "before_cursor_execute", noted)
        await asked(tx)
        event.remove(connection, "before_cursor_execute", noted)
        plain = await tx.connection()
        if not database.is_sqlite:
            # On empty tables it would be right to read them; what counts is whether there is another way at all.
            await plain.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
        for sql, parameters in made:
            rows = (await plain.exec_driver_sql(explain + sql, parameters)).all()
            found[sql] = [str(row[-1]) for row in rows]
    return found


ASKED: dict[str, Asked] = {
    "a page of the list": lambda tx: modified.list_page(tx, EVERYTHING, page=0, size=20),
    "a filtered page of the list": lambda tx: modified.list_page(
        tx, StatementFilter(system="Payroll", family="AC", text="word", status="conflict"), page=0, size=20
    ),
    "a page of somebody's own": lambda tx: modified.list_page(tx, StatementFilter(owner_id=ONE), page=0, size=20),
    "a page of all for programs": lambda tx: tx.exec(
        select(StatementRow.id).order_by(*modified.LIST_ORDER).offset(500).limit(100)
    ),
    "what is chosen on a page": lambda tx: modified.list_ids(tx, [CHOSEN.test()], among=[ONE]),
    "how many are chosen": lambda tx: modified.count_ids(tx, [CHOSEN.test()]),
    "the oldest for a digest": lambda tx: modified.list_oldest(tx, EVERYTHING, 10),
    "the numbers of a digest": lambda tx: modified.tally(tx, StatementFilter(owner_id=ONE)),
    "the modified of an owner": lambda tx: modified.list_oldest(tx, StatementFilter(owner_id=ONE), 10),
    "the owners for a digest": lambda tx: modified.count_by_owner(tx, EVERYTHING),
    "the next page of the interface": lambda tx: statement_pages.list_page(
        tx, after=ONE, limit=100, only_modified=False
    ),
    "the authors of a text": lambda tx: authors(tx, [ONE]),
    "the page of a pull": lambda tx: held_by_sys_id(tx, ["0" * 32]),
    "the history of a statement": lambda tx: audit.list_for(tx, "statement", str(ONE)),
    "the audit of a statement": lambda tx: list_events(tx, AuditFilter(statement_id=ONE), after=1, limit=100),
    "the newest of a statement": lambda tx: newest_events(tx, AuditFilter(statement_id=ONE), limit=100),
    "the audit of a day": lambda tx: list_events(
        tx, AuditFilter(since=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)), after=1, limit=100
    ),
    "the next statements to push": lambda tx: next_candidates(tx, {ONE: 5}, 5),
}


async def test_nothing_that_is_asked_all_the_time_reads_a_whole_table(database: Database) -> None:
    whole = {
        name: plan
        for name, asked in ASKED.items()
        for plan in (await plans(database, asked)).values()
        if any(WHOLE.search(step) for step in plan)
    }

    assert whole == {}


async def test_a_query_without_an_index_would_be_noticed(database: Database) -> None:
    async def unindexed(tx: AsyncSession) -> None:
        await tx.exec(select(StatementRow.id).where(StatementRow.kind == "html"))

    found = await plans(database, unindexed)

    assert all(any(WHOLE.search(step) for step in plan) for plan in found.values())
    assert len(found) == 1

"""Upper and lower case do not count when somebody searches, in any alphabet and on either database."""

import datetime as dt
import uuid
from collections.abc import AsyncIterator

import pytest

from core.errors import NotFound
from core.store import modified
from core.store.database import Database
from core.store.statements import StatementFilter, get_by_name
from core.store.tables import ControlRow, StatementRow, SystemRow

NOW = dt.datetime(2026, 7, 6, tzinfo=dt.UTC)


def row(number: int, control_id: uuid.UUID, preview: str) -> StatementRow:
    return StatementRow(
        id=uuid.UUID(int=number),
        sn_sys_id=f"{number:032x}",
        control_id=control_id,
        kind="html",
        content="",
        sn_mod_count=1,
        local_preview=preview,
        is_modified=True,
        sync_status="modified",
        pulled_at=NOW,
    )


@pytest.fixture
async def database(either_database_url: str) -> AsyncIterator[Database]:
    opened = Database(either_database_url)
    system, control = SystemRow(id=uuid.UUID(int=1), name="Prüfung (Übersee)"), uuid.UUID(int=2)
    async with opened.transaction() as tx:
        tx.add(system)
        await tx.flush()
        tx.add(ControlRow(id=control, system_id=system.id, number="AC-2", name="Контроль"))
        await tx.flush()
        tx.add(row(3, control, "Ärger.\nDer zweite Satz [a-z] steht in Straße 5."))
        tx.add(row(4, control, "ähnlich: 100% of it"))
    yield opened
    await opened.aclose()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ärger", {3}),
        ("ÄRGER", {3}),
        ("Ä", {3, 4}),
        ("ÄHNLICH: 100%", {4}),
        ("КОНТРОЛЬ", {3, 4}),
        ("SATZ [A-Z] STEHT IN STRAßE", {3}),
        ("satz .a-z", set()),
        ("ä.ger", set()),
        ("prüfung (Ü", {3, 4}),
        ("100_", set()),
    ],
)
async def test_words_are_found_in_whatever_case_and_stand_for_nothing_but_themselves(
    database: Database, words: str, found: set[int]
) -> None:
    async with database.reading() as tx:
        _, _, lines = await modified.list_page(tx, StatementFilter(text=words), page=0, size=9)

    assert {line.id.int for line in lines} == found


async def test_a_system_is_meant_by_its_name_in_whatever_case_and_by_nothing_less(database: Database) -> None:
    async with database.reading() as tx:
        totals = [
            (await modified.tally(tx, StatementFilter(system=name))).total
            for name in ("PRÜFUNG (ÜBERSEE)", "prüfung (übersee)", "Prüfung", "Prüfung .Übersee.")
        ]
        with pytest.raises(NotFound, match="fits several"):
            await get_by_name(tx, "PRÜFUNG (übersee)/ac-2")

    assert totals == [2, 2, 0, 0]

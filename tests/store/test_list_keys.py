"""Lists are in the order of people, and what they are searched by knows every alphabet, on either database."""

import asyncio
import datetime as dt
import unicodedata
import uuid
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlmodel import col

from core.domain.statement import RemoteVersion, Stamp
from core.errors import NotFound
from core.store import modified
from core.store.database import Database, upgrade
from core.store.list_keys import family_of_key, folded, list_key, searched_names, system_key
from core.store.modified import LIST_ORDER
from core.store.pulled import Arrivals
from core.store.statements import StatementFilter, get_by_name
from core.store.tables import ControlRow, StatementRow, SystemRow
from core.text.content import TextKind

NOW = dt.datetime(2026, 7, 6, tzinfo=dt.UTC)
CONTROL = uuid.UUID(int=2)
SYSTEM = "Prüfung (Übersee)"
BACK_TO_BEFORE = (
    "DROP INDEX ix_statements_modified",
    "DROP INDEX ix_statements_list_key",
    "ALTER TABLE statements DROP COLUMN list_key",
    "ALTER TABLE statements DROP COLUMN searched_names",
    "ALTER TABLE statements DROP COLUMN searched_preview",
    "CREATE INDEX ix_statements_modified ON statements (id)",
    "UPDATE alembic_version SET version_num = '0012'",
)
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x1f"), min_size=1, max_size=20)


def row(number: int, control: ControlRow, preview: str) -> StatementRow:
    return StatementRow(
        id=uuid.UUID(int=number),
        sn_sys_id=f"{number:032x}",
        control_id=control.id,
        list_key=list_key(SYSTEM, control.number),
        searched_names=searched_names(SYSTEM, control.number, control.name),
        searched_preview=folded(preview),
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
    system = SystemRow(id=uuid.UUID(int=1), name=SYSTEM)
    control = ControlRow(id=CONTROL, system_id=system.id, number="AC-2", name="Контроль")
    async with opened.transaction() as tx:
        tx.add(system)
        await tx.flush()
        tx.add(control)
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
        ("STRASSE", {3}),
        ("satz .a-z", set()),
        ("ä.ger", set()),
        ("prüfung (Ü", {3, 4}),
        ("ac-2", {3, 4}),
        ("ac-02", set()),
        ("100_", set()),
        ("/", set()),
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


@pytest.mark.parametrize(
    ("wanted", "total"),
    [
        (StatementFilter(family="ac"), 2),
        (StatementFilter(family="A"), 0),
        (StatementFilter(family="C"), 0),
        (StatementFilter(controls=("ac-2",)), 2),
        (StatementFilter(controls=("AC",)), 2),
        (StatementFilter(controls=("C-2", "AC-20", "AU")), 0),
    ],
)
async def test_controls_are_meant_by_their_whole_number_or_family(
    database: Database, wanted: StatementFilter, total: int
) -> None:
    async with database.reading() as tx:
        assert (await modified.tally(tx, wanted)).total == total


async def test_lists_are_in_the_order_of_people_on_either_database(database: Database) -> None:
    places = [
        ("payroll", "AC-2"), ("payroll", "AC-2(3)"), ("payroll", "AC-10"), ("payroll", "AU-1"), ("Payroll 2", "AC-1"),
        ("Payroll 10", "AC-1"), ("Umbau", "AC-1"), ("Übersicht", "AC-1"), ("Zahlung", "AC-1"),
    ]  # fmt: skip
    await insert(database, list(reversed(places)))

    async with database.reading() as tx:
        _, _, lines = await modified.list_page(tx, StatementFilter(), page=0, size=20)
        systems = await modified.count_by_system(tx, StatementFilter())
        families = await modified.count_by_family(tx, StatementFilter())

    listed = [(line.system_name, line.control_number) for line in lines]
    assert [place for place in listed if place[0] != SYSTEM] == places
    assert [(system.name, count) for system, count in systems if system.name != SYSTEM] == [
        ("payroll", 4), ("Payroll 2", 1), ("Payroll 10", 1), ("Umbau", 1), ("Übersicht", 1), ("Zahlung", 1),
    ]  # fmt: skip
    assert families == [("AC", 10), ("AU", 1)]


async def test_two_systems_that_differ_by_case_alone_are_counted_as_one(database: Database) -> None:
    await insert(database, [("PAYROLL", "AC-1"), ("Payroll", "AC-1"), ("Payroll 2", "AC-1")])

    async with database.reading() as tx:
        systems = await modified.count_by_system(tx, StatementFilter())
        total = (await modified.tally(tx, StatementFilter(system="payroll"))).total

    assert [(system.name, count) for system, count in systems if system.name != SYSTEM] == [
        ("PAYROLL", 2),
        ("Payroll 2", 1),
    ]
    assert total == 2


async def test_the_longest_names_that_servicenow_has_fit_into_the_index(database: Database) -> None:
    await insert(database, [("系" * 255, "統" * 40)], name="制" * 4_000)

    async with database.reading() as tx:
        assert (await modified.tally(tx, StatementFilter(system="系" * 255))).total == 1


async def insert(database: Database, places: list[tuple[str, str]], name: str = "Name") -> None:
    """Statements of these systems and controls, modified, with a preview of the longest kind."""
    versions = [
        RemoteVersion(f"{n:031x}f", "Text.", Stamp(1, NOW, "x", NOW), number, name, system)
        for n, (system, number) in enumerate(places)
    ]
    async with database.transaction() as tx:
        await Arrivals.of(versions, uuid.uuid4).insert(tx, TextKind.PLAIN, NOW)
        preview = "文" * 200
        values = {"is_modified": True, "sync_status": "modified", "local_preview": preview, "searched_preview": preview}
        await tx.exec(update(StatementRow).where(col(StatementRow.control_id) != CONTROL).values(**values))


@given(NAMES, NAMES)
def test_different_names_have_different_keys_but_for_the_case(one: str, other: str) -> None:
    same = unicodedata.normalize("NFD", one.casefold()) == unicodedata.normalize("NFD", other.casefold())

    assert (system_key(one) == system_key(other)) is same
    assert list_key(one, other).startswith(system_key(one))


@given(NAMES, st.integers(0, 10**12), st.integers(0, 10**12))
def test_numbers_count_by_their_value(name: str, one: int, other: int) -> None:
    key, later = (list_key(name, f"AC-{number}") for number in sorted((one, other)))

    assert key < later if one != other else key == later
    assert family_of_key(key) == "AC"


async def test_a_database_from_before_has_its_statements_found_and_in_order(
    database: Database, either_database_url: str
) -> None:
    await insert(database, [(f"Payroll {n}", f"AC-{n}") for n in range(2_500)], name="Naïve")
    before = await key_columns(database)
    async with database.transaction() as tx:
        for step in BACK_TO_BEFORE:
            await (await tx.connection()).exec_driver_sql(step)

    await asyncio.to_thread(upgrade, either_database_url)

    assert await key_columns(database) == before
    assert len(before) == 2_502


async def key_columns(database: Database) -> list[tuple[object, ...]]:
    columns = (StatementRow.id, StatementRow.list_key, StatementRow.searched_names, StatementRow.searched_preview)
    async with database.reading() as tx:
        return [tuple(row) for row in await (await tx.connection()).execute(select(*columns).order_by(*LIST_ORDER))]

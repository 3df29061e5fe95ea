"""A page of a pull in the tables, on both databases."""

import datetime as dt
import uuid
from dataclasses import replace

from sqlmodel import col, select, update

from core.domain.statement import RemoteVersion, Stamp
from core.store.database import Database
from core.store.pulled import Arrivals, held_by_sys_id, take_over
from core.store.statements import joined
from core.store.tables import ControlRow, StatementRow, SystemRow
from core.text.content import TextKind

NOW = dt.datetime(2026, 3, 4, 5, 6, 7, tzinfo=dt.UTC)


def version(number: int, *, system: str = "Payroll", name: str = "A control") -> RemoteVersion:
    stamp = Stamp(number, NOW + dt.timedelta(seconds=number), "somebody", NOW)
    return RemoteVersion(f"{number:032x}", f"<p>Text {number}</p>", stamp, f"AC-{number}", name, system)


async def pulled(database: Database, versions: list[RemoteVersion]) -> None:
    async with database.transaction() as tx:
        await Arrivals.of(versions, uuid.uuid4).insert(tx, TextKind.HTML, NOW)


async def test_more_records_than_one_query_takes_come_back_as_they_were(database: Database) -> None:
    versions = [version(number, system=f"System {number % 3}") for number in range(1, 601)]

    await pulled(database, versions)

    async with database.reading() as tx:
        held = await held_by_sys_id(tx, [one.sys_id for one in versions])
        rows = (await tx.exec(joined())).all()
        assert len((await tx.exec(select(SystemRow))).all()) == 3
    shown = {
        RemoteVersion(
            row.sn_sys_id,
            row.content,
            Stamp(row.sn_mod_count, row.sn_updated_on, row.sn_updated_by, row.sn_created_on),
            control.number,
            control.name,
            system.name,
        )
        for row, control, system in rows
    }
    assert shown == set(versions)
    assert {row.row_version for row, _, _ in rows} == {1}
    assert {(row.sync_status, row.is_modified, row.local_content) for row, _, _ in rows} == {("synced", False, None)}
    assert {(one.sn_sys_id, one.content) for one in held.values()} == {(one.sys_id, one.text) for one in versions}


async def test_a_control_that_is_known_is_found_again_and_its_name_follows(database: Database) -> None:
    first, second = version(1), replace(version(1, name="A better name"), sys_id="f" * 32)
    elsewhere = replace(version(1, system="Data warehouse"), sys_id="e" * 32)
    nowhere = replace(version(4, system=""), control_number="")

    await pulled(database, [first])
    await pulled(database, [second, elsewhere, nowhere])

    async with database.reading() as tx:
        found = {row.sn_sys_id: (control, system) for row, control, system in (await tx.exec(joined())).all()}
        controls = (await tx.exec(select(ControlRow))).all()
    assert found[first.sys_id][0].id == found[second.sys_id][0].id
    assert found[first.sys_id][0].name == "A better name"
    assert found[elsewhere.sys_id][0].name == "A control", "the same number in another system is another control"
    assert (found[nowhere.sys_id][0].number, found[nowhere.sys_id][1].name) == (nowhere.sys_id, "(no system)")
    assert len(controls) == 3
    async with database.reading() as tx:
        searched = {row.sn_sys_id: row.searched_names for row, _, _ in (await tx.exec(joined())).all()}
    assert searched[first.sys_id] == searched[second.sys_id] == "ac-1 payroll a better name", (
        "both are found by the new name"
    )
    assert searched[elsewhere.sys_id] == "ac-1 data warehouse a control"


async def test_a_record_that_moved_takes_its_place_and_nothing_else(database: Database) -> None:
    await pulled(database, [version(1), version(2), version(3, system="Data warehouse")])
    moved = [
        replace(version(1), system_name="New system", text="not taken over"),
        replace(version(2), control_name="Another name"),
    ]

    async with database.transaction() as tx:
        held = await held_by_sys_id(tx, [one.sys_id for one in moved])
        assert all(held[one.sys_id].is_displaced(one) for one in moved)
        await Arrivals.of(moved, uuid.uuid4).place(tx)

    async with database.reading() as tx:
        rows = {row.sn_sys_id: (row, control, system) for row, control, system in (await tx.exec(joined())).all()}
        held = await held_by_sys_id(tx, rows)
    row, control, system = rows[version(1).sys_id]
    assert (row.content, row.row_version, control.number, system.name) == ("<p>Text 1</p>", 1, "AC-1", "New system")
    assert rows[version(2).sys_id][1].name == "Another name"
    assert not any(held[one.sys_id].is_displaced(one) for one in (*moved, version(3, system="Data warehouse")))
    assert not held[version(3).sys_id].is_displaced(replace(version(3), system_name="", control_number=""))
    assert not held[version(3).sys_id].is_displaced(replace(version(3, system="Data warehouse"), control_name=""))


async def test_every_text_comes_back_character_by_character(database: Database) -> None:
    texts = [
        "", " ", "null", "true", "12", "1e5", "-0.0", '{"a": [1]}', "[1, 2]", '"quoted"', "back\\slash \\u0041 \\n", "it's",
        "one\r\ntwo\rthree\n", "\t\v\f\b", "e\u0301 \u00e9", "\u2028\u2029\ufeff\u200b", "\U0001f600\U0010ffff\uffff",
        ":named %s %(x)s ? $1 --", "".join(map(chr, range(1, 0x300))), "long " * 50_000,
    ]  # fmt: skip
    versions = [replace(version(number), text=text, control_name=text[:200]) for number, text in enumerate(texts)]

    await pulled(database, versions)

    async with database.reading() as tx:
        rows = (await tx.exec(joined())).all()
    assert {row.sn_sys_id: row.content for row, _, _ in rows} == {one.sys_id: one.text for one in versions}
    assert {row.sn_sys_id: control.name for row, control, _ in rows} == {
        one.sys_id: one.control_name for one in versions
    }


async def test_what_came_meanwhile_is_left_as_it_is(database: Database) -> None:
    await pulled(database, [version(1), version(2)])
    again = [replace(version(1), text="Another"), version(2), version(3)]

    async with database.transaction() as tx:
        inserted = await Arrivals.of(again, uuid.uuid4).insert(tx, TextKind.HTML, NOW)

    async with database.reading() as tx:
        contents = {row.sn_sys_id: row.content for row in (await tx.exec(select(StatementRow))).all()}
    assert inserted == 1
    assert contents == {version(number).sys_id: version(number).text for number in (1, 2, 3)}


async def test_times_are_kept_as_those_that_come_any_other_way(database: Database) -> None:
    await pulled(database, [version(1), replace(version(2), stamp=Stamp(0, None, "", None))])

    async with database.reading() as tx:
        found = await held_by_sys_id(tx, [version(1).sys_id, version(2).sys_id])
        same = select(StatementRow.sn_sys_id).where(StatementRow.sn_updated_on == version(1).stamp.updated_on)
        matching = (await tx.exec(same)).all()

    assert found[version(1).sys_id].sn_created_on == NOW
    assert found[version(2).sys_id].sn_created_on is None
    assert matching == [version(1).sys_id], "compared in the database, too"


async def test_a_statement_that_changed_since_the_look_is_not_taken_over(database: Database) -> None:
    before, after = [version(1), version(2)], [replace(version(3), sys_id=version(1).sys_id), version(2)]
    after[1] = replace(after[1], text="<p>Theirs</p>", stamp=replace(after[1].stamp, mod_count=9, created_on=None))
    await pulled(database, before)
    async with database.transaction() as tx:
        held = await held_by_sys_id(tx, [one.sys_id for one in before])
        await tx.exec(update(StatementRow).where(col(StatementRow.sn_sys_id) == before[0].sys_id).values(row_version=2))

    async with database.transaction() as tx:
        taken = await take_over(tx, [(held[one.sys_id], one) for one in after])

    async with database.reading() as tx:
        rows = {row.sn_sys_id: row for row in (await tx.exec(select(StatementRow))).all()}
    assert taken == 1
    assert rows[before[0].sys_id].content == before[0].text
    changed = rows[after[1].sys_id]
    assert (changed.content, changed.sn_mod_count, changed.row_version) == ("<p>Theirs</p>", 9, 2)
    assert changed.sn_created_on == NOW, "what ServiceNow does not tell now stays known"

"""Whoever changes the trail in the database itself is found out, and told where."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from core.domain.audit import AuditRecord, chain_hash
from core.store import audit
from core.usecases.audit.verifying import NotedHead, verify_audit
from core.wiring import Core
from tests.audit.trail import EVENTS, append_one, attacker_on, open_trail, owner_of


@pytest.fixture
async def core(either_database_url: str) -> AsyncIterator[Core]:
    async with open_trail(either_database_url) as core:
        yield core


async def records(core: Core) -> list[AuditRecord]:
    async with core.db.reading() as tx:
        return [record async for record in audit.walk(tx)]


def insert(connection: Connection, record: AuditRecord) -> None:
    names = [*vars(record)]
    places = ", ".join(f":{name}" for name in names)
    values = {**vars(record), "at": record.at.isoformat(sep=" ")[:26]}
    connection.execute(text(f"INSERT INTO audit_events ({', '.join(names)}) VALUES ({places})"), values)


async def test_an_untouched_trail_holds(core: Core) -> None:
    verdict = await verify_audit(core)

    assert (verdict.fault, verdict.events) == ("", EVENTS)
    assert verdict.last_hash == (await records(core))[-1].hash


@pytest.mark.parametrize(
    "column",
    [
        "at",
        "kind",
        "actor_id",
        "actor_name",
        "actor_email",
        "actor_via",
        "origin",
        "entity_type",
        "entity_id",
        "details",
    ],
)
async def test_a_changed_event_is_named_whatever_was_changed_in_it(core: Core, column: str) -> None:
    value = "2020-01-01 00:00:00.000000" if column == "at" else "{}"
    with attacker_on(core.db.url) as connection:
        connection.execute(text(f"UPDATE audit_events SET {column} = :value WHERE sequence = 3"), {"value": value})

    verdict = await verify_audit(core)

    assert verdict.fault == "Event 3 was changed after it was written."
    assert (verdict.at_sequence, verdict.events) == (3, 2)


async def test_a_changed_event_with_a_hash_made_to_fit_breaks_the_chain_behind_it(core: Core) -> None:
    third = (await records(core))[2]
    forged = replace(third, details='{"number":99}')
    with attacker_on(core.db.url) as connection:
        connection.execute(
            text("UPDATE audit_events SET details = :details, hash = :hash WHERE sequence = 3"),
            {"details": forged.details, "hash": chain_hash(forged)},
        )

    verdict = await verify_audit(core)

    assert "Event 4 does not follow event 3" in verdict.fault
    assert verdict.at_sequence == 4


async def test_the_last_event_forged_with_a_fitting_hash_differs_from_the_noted_end(core: Core) -> None:
    last = (await records(core))[-1]
    forged = replace(last, actor_name="Somebody Else")
    with attacker_on(core.db.url) as connection:
        connection.execute(
            text("UPDATE audit_events SET actor_name = :name, hash = :hash WHERE sequence = :sequence"),
            {"name": forged.actor_name, "hash": chain_hash(forged), "sequence": EVENTS},
        )

    verdict = await verify_audit(core)

    assert f"Event {EVENTS}, the last one" in verdict.fault
    assert verdict.at_sequence == EVENTS


async def test_a_removed_event_is_missed(core: Core) -> None:
    with attacker_on(core.db.url) as connection:
        connection.execute(text("DELETE FROM audit_events WHERE sequence = 4"))

    verdict = await verify_audit(core)

    assert verdict.fault == "Event 4 is missing: the next one is 5."
    assert verdict.at_sequence == 4


async def test_a_removed_event_is_missed_even_when_the_others_move_up(core: Core) -> None:
    with attacker_on(core.db.url) as connection:
        connection.execute(text("DELETE FROM audit_events WHERE sequence = 4"))
        for sequence in range(5, EVENTS + 1):
            connection.execute(text(f"UPDATE audit_events SET sequence = {sequence - 1} WHERE sequence = {sequence}"))
        connection.execute(text("UPDATE audit_head SET sequence = sequence - 1"))

    verdict = await verify_audit(core)

    assert verdict.at_sequence == 4
    assert "Event 4 does not follow event 3" in verdict.fault


async def test_the_first_event_removed_is_missed(core: Core) -> None:
    with attacker_on(core.db.url) as connection:
        connection.execute(text("DELETE FROM audit_events WHERE sequence = 1"))

    assert (await verify_audit(core)).at_sequence == 1


async def test_an_inserted_event_is_found(core: Core) -> None:
    third = (await records(core))[2]
    forged = replace(third, details='{"number":99}')
    with attacker_on(core.db.url) as connection:
        for sequence in range(EVENTS, 2, -1):
            connection.execute(text(f"UPDATE audit_events SET sequence = {sequence + 1} WHERE sequence = {sequence}"))
        insert(connection, replace(forged, hash=chain_hash(forged)))
        connection.execute(text("UPDATE audit_head SET sequence = sequence + 1"))

    verdict = await verify_audit(core)

    assert verdict.at_sequence == 4
    assert "Event 4 does not follow event 3" in verdict.fault


async def test_an_event_added_at_the_end_is_found(core: Core) -> None:
    last = (await records(core))[-1]
    added = replace(last, sequence=EVENTS + 1, previous_hash=last.hash)
    with attacker_on(core.db.url) as connection:
        insert(connection, replace(added, hash=chain_hash(added)))

    verdict = await verify_audit(core)

    assert verdict.fault == f"Event {EVENTS + 1} was added from outside: only {EVENTS} were written."


async def test_two_events_that_changed_places_are_found(core: Core) -> None:
    with attacker_on(core.db.url) as connection:
        for old, new in ((2, 100), (3, 2), (100, 3)):
            connection.execute(text(f"UPDATE audit_events SET sequence = {new} WHERE sequence = {old}"))

    verdict = await verify_audit(core)

    assert verdict.at_sequence == 2
    assert "Event 2 does not follow event 1" in verdict.fault


async def test_a_cut_end_is_found(core: Core) -> None:
    with attacker_on(core.db.url) as connection:
        connection.execute(text(f"DELETE FROM audit_events WHERE sequence > {EVENTS - 2}"))

    verdict = await verify_audit(core)

    assert verdict.fault == f"The trail ends at event {EVENTS - 2}, but {EVENTS} were written: the end was cut off."
    assert verdict.at_sequence == EVENTS - 1


async def test_an_emptied_trail_is_found(core: Core) -> None:
    with attacker_on(core.db.url) as connection:
        connection.execute(text("DELETE FROM audit_events"))

    assert "the end was cut off" in (await verify_audit(core)).fault


async def test_an_end_cut_off_together_with_its_note_is_found_by_who_noted_it_elsewhere(core: Core) -> None:
    before = await records(core)
    noted = NotedHead(before[-1].sequence, before[-1].hash)
    with attacker_on(core.db.url) as connection:
        connection.execute(text(f"DELETE FROM audit_events WHERE sequence > {EVENTS - 1}"))
        connection.execute(
            text("UPDATE audit_head SET sequence = :s, hash = :h"), {"s": EVENTS - 1, "h": before[-2].hash}
        )

    assert (await verify_audit(core)).fault == ""
    assert (await verify_audit(core, noted)).fault == f"Event {EVENTS}, whose hash was noted, is not there."


async def test_a_trail_made_anew_is_found_by_who_noted_an_end_of_the_old_one(core: Core) -> None:
    noted = NotedHead(EVENTS, (await records(core))[-1].hash)
    previous = "0" * 64
    with attacker_on(core.db.url) as connection:
        for record in await records(core):
            forged = replace(record, actor_name="Somebody Else", previous_hash=previous)
            previous = chain_hash(forged)
            connection.execute(
                text("UPDATE audit_events SET actor_name = :n, previous_hash = :p, hash = :h WHERE sequence = :s"),
                {"n": forged.actor_name, "p": forged.previous_hash, "h": previous, "s": record.sequence},
            )
        connection.execute(text("UPDATE audit_head SET hash = :h"), {"h": previous})

    assert (await verify_audit(core)).fault == ""
    assert f"Event {EVENTS} is not the one whose hash was noted" in (await verify_audit(core, noted)).fault


async def test_a_noted_end_still_holds_after_more_events(core: Core) -> None:
    noted = NotedHead(EVENTS, (await records(core))[-1].hash)

    await append_one(core, EVENTS + 1)

    assert (await verify_audit(core, noted)).fault == ""


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE audit_events SET details = '{}' WHERE sequence = 2",
        "DELETE FROM audit_events WHERE sequence = 2",
        "DELETE FROM audit_events",
        "UPDATE audit_head SET sequence = sequence - 1",
        "DELETE FROM audit_head",
        f"INSERT INTO audit_head (id, sequence, hash) VALUES (2, 0, '{'0' * 64}')",
    ],
)
async def test_the_database_itself_refuses_to_change_what_was_recorded(core: Core, deed: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"), owner_of(core.db.url) as connection:
        connection.execute(text(deed))

    assert (await verify_audit(core)).fault == ""


async def test_nor_can_an_event_be_replaced_by_inserting_it_again(core: Core) -> None:
    is_sqlite = core.db.is_sqlite
    names = "sequence, at, kind, actor_id, actor_name, actor_email, actor_via, entity_type, entity_id, details, previous_hash, hash"
    source = f"SELECT {names.replace('details', chr(39) + '{}' + chr(39))} FROM audit_events WHERE sequence = 2"
    deed = (
        f"INSERT OR REPLACE INTO audit_events ({names}) {source}"
        if is_sqlite
        else (f"INSERT INTO audit_events ({names}) {source} ON CONFLICT (sequence) DO UPDATE SET details = '{{}}'")
    )

    with pytest.raises(DBAPIError, match="append-only"), owner_of(core.db.url) as connection:
        connection.execute(text(deed))

    assert (await verify_audit(core)).fault == ""


@pytest.mark.postgres
async def test_postgres_refuses_to_empty_the_table(postgres_url: str) -> None:
    async with open_trail(postgres_url) as core:
        for table in ("audit_events", "audit_head"):
            with pytest.raises(DBAPIError, match="append-only"), owner_of(core.db.url) as connection:
                connection.execute(text(f"TRUNCATE {table}"))
        assert (await verify_audit(core)).fault == ""

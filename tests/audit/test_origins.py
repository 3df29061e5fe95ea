"""Where an act came from is sealed with it; events from before origins were kept still verify."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError

import core.store
from core.domain.audit import GENESIS, AuditEvent, AuditKind, AuditRecord, chain_hash
from core.domain.origin import Origin, Surface, Via, place_words
from core.store import audit
from core.store.database import upgrade
from core.usecases.audit.verifying import verify_audit
from core.wiring import Core
from tests.audit.trail import ACTOR, append_one, attacker_on, open_trail, owner_of

ON_A_CARD = Origin(Via.SLACK, Surface.MESSAGE, "C0GRC", "1769850000.000100")
# As an event was sealed before origins were kept.
OLD = AuditRecord(
    sequence=1,
    at=dt.datetime(2026, 1, 31, 9, 30, tzinfo=dt.UTC),
    kind="push:approved",
    actor_id="11111111-1111-1111-1111-111111111111",
    actor_name="Ada Approver",
    actor_email="approver@example.com",
    actor_via="slack",
    origin="",
    entity_type="push_request",
    entity_id="22222222-2222-2222-2222-222222222222",
    details='{"number":42}',
    previous_hash=GENESIS,
    hash="f1bf65d52eaf04dd31a9eec60c7d4346130e08c63aa99f3ee182fda68711e37c",
)


async def append_placed(core: Core, origin: Origin) -> None:
    actor = replace(ACTOR, place=origin.place)
    async with core.db.transaction() as tx:
        event = AuditEvent(AuditKind.PUSH_APPROVED, actor, "push_request", "some", {})
        await audit.append(tx, core.clock.now(), event)


def migrate_to_before_origins(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(core.store.__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "0008")


def test_an_event_without_origin_is_hashed_as_it_always_was() -> None:
    assert OLD.expected_hash() == OLD.hash
    assert replace(OLD, origin="{}").expected_hash() != OLD.hash


async def test_a_trail_from_before_origins_verifies_after_the_upgrade_and_goes_on(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    engine = create_engine(url)
    with engine.connect() as connection:
        migrate_to_before_origins(connection)
    engine.dispose()
    with owner_of(url) as connection:
        values = {**vars(OLD), "at": "2026-01-31 09:30:00.000000"}
        del values["origin"]
        names = ", ".join(values)
        places = ", ".join(f":{name}" for name in values)
        connection.execute(text(f"INSERT INTO audit_events ({names}) VALUES ({places})"), values)
        connection.execute(text("UPDATE audit_head SET sequence = 1, hash = :hash"), {"hash": OLD.hash})

    upgrade(url)

    async with open_trail(url, count=0) as core_:
        assert (await verify_audit(core_)).fault == ""
        await append_placed(core_, ON_A_CARD)
        verdict = await verify_audit(core_)
    assert (verdict.fault, verdict.events) == ("", 2)
    with pytest.raises(DBAPIError, match="append-only"), owner_of(url) as connection:
        connection.execute(text("UPDATE audit_events SET origin = '{}' WHERE sequence = 1"))


@pytest.mark.parametrize("origin", ["", '{"surface":"modal"}'])
async def test_an_origin_that_was_changed_or_removed_shows(either_database_url: str, origin: str) -> None:
    async with open_trail(either_database_url, count=1) as core_:
        await append_placed(core_, ON_A_CARD)
        await append_one(core_, 3)
        async with core_.db.reading() as tx:
            kept = [record async for record in audit.walk(tx)][1]
        with attacker_on(core_.db.url) as connection:
            connection.execute(text("UPDATE audit_events SET origin = :origin WHERE sequence = 2"), {"origin": origin})

        assert (await verify_audit(core_)).fault == "Event 2 was changed after it was written."

    assert json.loads(kept.origin) == {"surface": "message", "channel": "C0GRC", "message": "1769850000.000100"}
    assert chain_hash(kept) == kept.hash


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        (ON_A_CARD, "message 1769850000.000100 in C0GRC"),
        (Origin(Via.SLACK, Surface.COMMAND, "C0GRC"), "command in C0GRC"),
        (Origin(Via.SLACK, Surface.MODAL), "modal"),
        (Origin(Via.API, token="nightly"), "token “nightly”"),
        (Origin(Via.CLI, operating_system_user="op"), ""),
    ],
)
def test_a_place_is_told_in_words(origin: Origin, words: str) -> None:
    assert place_words(origin.place) == words

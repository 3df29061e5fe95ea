"""A short audit trail, and somebody who may do anything to its database."""

import contextlib
from collections.abc import AsyncIterator, Iterator

from sqlalchemy import Connection, create_engine, text

from bot.local import open_core
from core.config import Settings
from core.domain.audit import AuditActor, AuditEvent, AuditKind
from core.store import audit
from core.wiring import Core

EVENTS = 6
ACTOR = AuditActor("11111111-1111-1111-1111-111111111111", "Erin Editor", "editor@example.com", "slack")


def event(number: int, **details: object) -> AuditEvent:
    """Some event, told apart from others by its number."""
    return AuditEvent(
        AuditKind.STATEMENT_EDITED, ACTOR, "statement", f"statement-{number}", {"number": number, **details}
    )


@contextlib.asynccontextmanager
async def open_trail(database_url: str, count: int = EVENTS) -> AsyncIterator[Core]:
    """The use cases over this database, with so many events in the trail. Nothing is sent anywhere."""
    settings = Settings(
        database_url=database_url,
        servicenow_url="http://127.0.0.1:1",
        servicenow_username="u",
        servicenow_password="p",
    )
    async with open_core(settings) as core:
        for number in range(1, count + 1):
            await append_one(core, number)
        yield core


async def append_one(core: Core, number: int) -> None:
    """One event in a transaction of its own."""
    async with core.db.transaction() as tx:
        await audit.append(tx, core.clock.now(), event(number))


@contextlib.contextmanager
def owner_of(database_url: str) -> Iterator[Connection]:
    """A connection with every right, committed at the end; the guards are still on."""
    url = database_url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


@contextlib.contextmanager
def attacker_on(database_url: str) -> Iterator[Connection]:
    """The same connection with the guards taken away first."""
    with owner_of(database_url) as connection:
        if connection.dialect.name == "sqlite":
            names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
            for name in names:
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield connection

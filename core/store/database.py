"""The database: one engine, explicit transactions, migrations run before the first use."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from filelock import FileLock
from sqlalchemy import Connection, create_engine, event, inspect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from core.errors import ConfigurationError
from core.store.sqlite_driver import SqliteConnection, connect

BUSY_TIMEOUT_SECONDS = 30.0
_MIGRATION_LOCK, _WRITE_LOCK, _ENGINE_LOCK = 7411001, 7411002, 7411003
_LOCK_LOOK_SECONDS = 0.1
# PostgreSQL's part of what SQLite's write lock does. A process that is frozen in the middle of a transaction would keep all
# others from writing, so its session ends after a while.
_WAIT_FOR_OTHERS = (
    f"SELECT set_config('idle_in_transaction_session_timeout', '30s', true), pg_advisory_xact_lock({_WRITE_LOCK})"
)
_MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """Gives out transactions. One object for each process; `aclose` ends it."""

    def __init__(self, url: str) -> None:
        """Prepare an engine for `sqlite:///…` or `postgresql://…`; nothing is opened yet."""
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self._engine = _make_engine(url)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._engine.dispose()

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session whose changes are committed when the block ends well, and rolled back when it raises.

        One at a time in the whole deployment: what it reads is still so when it writes. So it takes SQLite's write lock at
        once, and on PostgreSQL a lock of our own.
        """
        async with self.single_write() as session:
            if not self.is_sqlite:
                await (await session.connection()).exec_driver_sql(_WAIT_FOR_OTHERS)
            yield session

    @contextlib.asynccontextmanager
    async def single_write(self) -> AsyncIterator[AsyncSession]:
        """A session for one write that rests on nothing read before: on PostgreSQL it waits for nobody's transaction."""
        async with self._session(is_writing=True) as session, session.begin():
            yield session

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session for reading: it blocks no writer and sees one moment's state."""
        async with self._session(is_writing=False) as session:
            yield session

    @contextlib.asynccontextmanager
    async def _session(self, *, is_writing: bool) -> AsyncIterator[AsyncSession]:
        async with self._engine.connect() as connection:
            options: dict[str, Any] = {"grcpush_writing": is_writing}
            if not (is_writing or self.is_sqlite):
                options["isolation_level"] = "REPEATABLE READ"
            configured: AsyncConnection = await connection.execution_options(**options)
            async with AsyncSession(configured, expire_on_commit=False, autoflush=False) as session:
                yield session

    @contextlib.asynccontextmanager
    async def exclusive(self) -> AsyncIterator[None]:
        """A lock over the whole deployment until the block ends; nothing to wait for on SQLite, which has one process."""
        if self.is_sqlite:
            yield
            return
        async with self._engine.connect() as plain:
            # Asked for again and again, and outside a transaction: one that waits for the lock would hold a snapshot, and
            # an index that is built concurrently under the lock would wait for it for ever.
            connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
            while not (await connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({_ENGINE_LOCK})")).scalar():  # noqa: ASYNC110 -- another process holds it
                await asyncio.sleep(_LOCK_LOOK_SECONDS)
            try:
                yield
            finally:
                await connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_ENGINE_LOCK})")

    async def upgrade(self) -> None:
        """Bring the schema to the newest version; safe while other replicas do the same.

        Raises ConfigurationError when no file can be made beside a SQLite database.
        """
        try:
            await asyncio.to_thread(upgrade, self.url)
        except OSError as error:
            raise ConfigurationError(
                f"The database cannot be used: {error.filename}: {error.strerror}.",
                next_step="Look at GRCPUSH_DATABASE_URL, its folder and rights.",
            ) from error


def upgrade(url: str) -> None:
    """Run the migrations that are still missing, under a lock where several processes may start together."""
    engine = create_engine(_driver_url(url, is_async=False))
    try:
        with _one_at_a_time(url), engine.connect() as connection:
            is_postgresql = connection.dialect.name == "postgresql"
            if not is_postgresql:
                # The file stays in this mode. Later, with the engine's own connections open, the switch would not wait
                # for them but fail at once.
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
                connection.commit()
            if is_postgresql:
                connection.exec_driver_sql(f"SELECT pg_advisory_lock({_MIGRATION_LOCK})")
                connection.commit()
            try:
                if _revision(connection) != _newest_revision():
                    _migrate(connection)
            finally:
                if is_postgresql:
                    connection.rollback()
                    connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_MIGRATION_LOCK})")
                    connection.commit()
    finally:
        engine.dispose()


def _migrate(connection: Connection) -> None:
    # Imported only where something is to be done: a bot would keep ten megabytes of it for as long as it runs.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    """The last migration that this database has, None for a new one."""
    is_new = not inspect(connection).has_table("alembic_version")
    revision = None if is_new else connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    connection.rollback()
    return revision


def _newest_revision() -> str:
    """The number at the beginning of the newest migration's file name."""
    return max(path.name for path in (_MIGRATIONS / "versions").glob("[0-9]*.py")).partition("_")[0]


def _one_at_a_time(url: str) -> AbstractContextManager[object]:
    """A lock file beside a SQLite database while it is migrated; PostgreSQL has locks of its own."""
    if not url.startswith("sqlite:///"):
        return contextlib.nullcontext()
    path = Path(url.removeprefix("sqlite:///"))
    return FileLock(path.with_name(path.name + "-migration.lock"), thread_local=False)


def is_database_error(error: BaseException) -> bool:
    """Whether the database itself failed (connection lost, locked, full): what a durable step tries again."""
    return isinstance(error, DBAPIError | OSError | TimeoutError)


def _driver_url(url: str, *, is_async: bool) -> str:
    if url.startswith("sqlite:///"):
        return url.replace("sqlite:///", "sqlite+aiosqlite:///" if is_async else "sqlite:///", 1)
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def _make_engine(url: str) -> AsyncEngine:
    if not url.startswith("sqlite"):
        return create_async_engine(_driver_url(url, is_async=True), pool_pre_ping=True, pool_size=10, max_overflow=10)
    path = url.removeprefix("sqlite:///")

    def _connect() -> SqliteConnection:
        return connect(path, busy_timeout_seconds=BUSY_TIMEOUT_SECONDS)

    engine = create_async_engine(_driver_url(url, is_async=True), async_creator=_connect, pool_size=10, max_overflow=10)

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        # After 16 MB and not after 4: a pull writes the same pages of the indexes again and again, and each time into the file.
        cursor.execute("PRAGMA wal_autocheckpoint=4000")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        is_writing = connection.get_execution_options().get("grcpush_writing", True)
        driver: Any = connection.connection.driver_connection
        driver.begin_with_next("BEGIN IMMEDIATE" if is_writing else "BEGIN")

    return engine

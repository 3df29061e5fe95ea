import asyncio
import sys
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect
from sqlmodel import SQLModel

from core.store import api_tables, push_tables, tables
from core.store.database import Database, upgrade

TABLES = (api_tables, push_tables, tables)


def test_the_migrations_make_exactly_the_tables_of_the_code(either_database_url: str) -> None:
    assert TABLES
    engine = create_engine(either_database_url.replace("postgresql://", "postgresql+psycopg://", 1))
    options = {"include_name": lambda name, kind, _: kind != "table" or name in SQLModel.metadata.tables}

    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), SQLModel.metadata)
    engine.dispose()

    assert differences == []


def shape(url: str) -> dict[str, list[str]]:
    """The columns of every table, as they are in the database."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.connect() as connection:
        found = inspect(connection)
        columns = {table: [str(column) for column in found.get_columns(table)] for table in found.get_table_names()}
    engine.dispose()
    return columns


def test_migrating_again_changes_nothing(either_database_url: str) -> None:
    before = shape(either_database_url)

    upgrade(either_database_url)

    assert shape(either_database_url) == before


async def test_several_may_migrate_an_empty_sqlite_file_at_once(tmp_path: Path) -> None:
    databases = [Database(f"sqlite:///{tmp_path / 'new.db'}") for _ in range(2)]

    outcomes = await asyncio.gather(*(database.upgrade() for database in databases), return_exceptions=True)
    for database in databases:
        await database.aclose()

    assert outcomes == [None, None]


async def test_a_database_that_needs_no_migration_does_not_load_the_machinery(either_database_url: str) -> None:
    looking = (
        "import sys; from core.store.database import upgrade; upgrade(sys.argv[1]); print('alembic' in sys.modules)"
    )

    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", looking, either_database_url, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()

    assert printed.split() == [b"False"]

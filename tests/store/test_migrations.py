from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from core.store import api_tables, push_tables, tables
from core.store.database import upgrade

TABLE_MODULES = (api_tables, push_tables, tables)


def ours(item, name, kind, _reflected, _other):
    return kind != "table" or name in SQLModel.metadata.tables


def test_the_migrations_make_exactly_the_tables_the_code_speaks_of(either_database_url: str) -> None:
    engine = create_engine(either_database_url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})
        differences = compare_metadata(context, SQLModel.metadata)
    engine.dispose()

    assert len(SQLModel.metadata.tables) >= 15
    assert differences == []


def test_upgrading_twice_changes_nothing(either_database_url: str) -> None:
    upgrade(either_database_url)
    upgrade(either_database_url)

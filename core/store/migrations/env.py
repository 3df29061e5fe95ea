"""Alembic's entry: migrates over the connection it is given. The durable engine's own tables are not ours."""

from alembic import context
from sqlmodel import SQLModel

from core.store import api_tables, push_tables, tables  # noqa: F401 -- importing them fills the metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    include_name=lambda name, kind, _parents: kind != "table" or name in SQLModel.metadata.tables,
)
with context.begin_transaction():
    context.run_migrations()

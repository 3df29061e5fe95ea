"""Statements carry where they stand in lists and what they are found by, so that a list is read from an index in its order."""

import sqlalchemy as sa
from alembic import op

from core.store.list_keys import folded, list_key, searched_names
from core.store.types import KeyText

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_INDEX = "ix_statements_modified"
_LISTED = [
    "list_key", "id", "sync_status", "edited_by", "edited_at", "is_modified", "searched_names", "searched_preview",
]  # fmt: skip
_OWNED = ["edited_by", "edited_at", "id", "sync_status", "is_modified"]
_AT_ONCE = 1_000


def upgrade() -> None:
    op.drop_index(_INDEX, table_name="statements")
    op.add_column("statements", sa.Column("list_key", KeyText(), nullable=False, server_default=""))
    op.add_column("statements", sa.Column("searched_names", sa.Text(), nullable=False, server_default=""))
    op.add_column("statements", sa.Column("searched_preview", sa.Text(), nullable=True))
    _fill(op.get_bind())
    op.drop_index("ix_statements_edited_by", table_name="statements")
    for name, columns in ((_INDEX, _LISTED), ("ix_statements_edited_by", _OWNED)):
        op.create_index(
            name,
            "statements",
            columns,
            sqlite_where=sa.text("is_modified IS 1"),
            postgresql_where=sa.text("is_modified IS TRUE"),
        )
    op.create_index("ix_statements_list_key", "statements", ["list_key", "id"])


def _fill(connection: sa.Connection) -> None:
    statements = sa.table("statements", *map(sa.column, ("id", "list_key", "searched_names", "searched_preview")))
    wanted = (
        "SELECT statements.id, systems.name AS system, controls.number, controls.name, statements.local_preview "
        "FROM statements JOIN controls ON controls.id = statements.control_id JOIN systems ON systems.id = controls.system_id "
    )
    further = sa.text(f"{wanted} WHERE statements.id > :after ORDER BY statements.id LIMIT {_AT_ONCE}")
    fill = (
        statements.update()
        .where(statements.c.id == sa.bindparam("of"))
        .values(list_key=sa.bindparam("key"), searched_names=sa.bindparam("names"), searched_preview=sa.bindparam("preview"))
    )  # fmt: skip
    rows = connection.execute(sa.text(f"{wanted} ORDER BY statements.id LIMIT {_AT_ONCE}")).all()
    while rows:
        values = [
            {
                "of": row.id,
                "key": list_key(row.system, row.number),
                "names": searched_names(row.system, row.number, row.name),
                "preview": None if row.local_preview is None else folded(row.local_preview),
            }
            for row in rows
        ]
        connection.execute(fill, values)
        rows = connection.execute(further, {"after": rows[-1].id}).all()

"""Selections that hold thousands, comments in threads, who left a statement out, and an index that lists are read from."""

import sqlalchemy as sa
from alembic import op

from core.store.types import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_INDEX = "ix_statements_modified"
_LISTED = ["is_modified", "control_id", "sync_status", "edited_by", "edited_at", "id", "local_preview"]


def upgrade() -> None:
    op.drop_index(_INDEX, table_name="statements")
    op.create_index(
        _INDEX,
        "statements",
        _LISTED,
        unique=False,
        sqlite_where=sa.text("is_modified IS 1"),
        postgresql_where=sa.text("is_modified IS TRUE"),
    )
    with op.batch_alter_table("selections") as batch_op:
        batch_op.add_column(sa.Column("everything", sa.Text(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("left_out", sa.Text(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("request_id", sa.Uuid(), nullable=True))
    with op.batch_alter_table("push_requests") as batch_op:
        batch_op.add_column(sa.Column("conflicts_shown", sa.Integer(), nullable=False, server_default="10"))
    with op.batch_alter_table("push_request_items") as batch_op:
        batch_op.add_column(sa.Column("left_out_by", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("left_out_at", UtcDateTime(timezone=True), nullable=True))
    op.create_table(
        "comments",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("request_id", sa.Uuid(), sa.ForeignKey("push_requests.id"), nullable=False, index=True),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("people.id"), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("ts", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("said_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("is_deleted", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("channel", "ts"),
    )

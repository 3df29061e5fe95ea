"""Audit events keep where the act came from. Those written before have none, and their hashes stay as they are."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not as a batch: SQLite would copy the table, and its triggers, which refuse changes, would be gone.
    op.add_column("audit_events", sa.Column("origin", sa.Text(), nullable=False, server_default=""))

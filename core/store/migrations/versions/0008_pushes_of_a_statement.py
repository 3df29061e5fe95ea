"""The pushes that a statement was part of are found by an index."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_push_items_statement_id", "push_items", ["statement_id"])

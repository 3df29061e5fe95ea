"""One drawer of a card at a time, posts whose end is not known, and how long ServiceNow lets a push wait."""

import sqlalchemy as sa
from alembic import op

from core.store.types import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "drawing_leases",
        sa.Column("request_id", sa.Uuid(), primary_key=True),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("until", UtcDateTime(timezone=True), nullable=False),
    )
    op.add_column("slack_messages", sa.Column("posting_id", sa.Uuid(), nullable=True))
    op.add_column("slack_messages", sa.Column("posting_since", UtcDateTime(timezone=True), nullable=True))
    op.add_column("push_jobs", sa.Column("waiting_until", UtcDateTime(timezone=True), nullable=True))

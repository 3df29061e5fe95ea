"""A digest whose post has no known end is looked for before it is posted again."""

import sqlalchemy as sa
from alembic import op

from core.store.types import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("digest_runs", sa.Column("posting_id", sa.Uuid(), nullable=True))
    op.add_column("digest_runs", sa.Column("posting_since", UtcDateTime(timezone=True), nullable=True))

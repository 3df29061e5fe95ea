"""Whether somebody is told in a direct message how a long push of theirs ended."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("digest_settings", sa.Column("tells_results", sa.Boolean(), nullable=False, server_default=sa.true()))

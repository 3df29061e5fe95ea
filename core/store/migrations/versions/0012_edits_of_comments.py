"""A comment knows which edit of it the words are from, so that one which arrives late changes nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("comments", sa.Column("edited_ts", sa.String(), nullable=False, server_default=""))

"""Approvals that do not start the push, decisions taken back, reminders; digest settings and snoozes of each person."""

import sqlalchemy as sa
from alembic import op

from core.store.types import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("approvals", sa.Column("starts_push", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("approvals", sa.Column("withdrawn_at", UtcDateTime(timezone=True), nullable=True))
    op.add_column("push_requests", sa.Column("nudges", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("push_requests", sa.Column("reminders", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("push_requests", sa.Column("reminded_at", UtcDateTime(timezone=True), nullable=True))
    op.create_table(
        "digest_settings",
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=True),
        sa.Column("days", sa.String(), nullable=False),
        sa.Column("min_age", sa.Integer(), nullable=False),
    )
    op.create_table(
        "digest_snoozes",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("people.id"), nullable=False, index=True),
        sa.Column("statement_id", sa.Uuid(), sa.ForeignKey("statements.id"), nullable=True),
        sa.Column("until", sa.Date(), nullable=False),
    )

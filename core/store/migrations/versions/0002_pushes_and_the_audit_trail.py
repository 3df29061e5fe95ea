"""Pushes and the audit trail."""

import sqlalchemy as sa
from alembic import op

import core.store.types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_events",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", core.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("actor_email", sa.String(), nullable=False),
        sa.Column("actor_via", sa.String(), nullable=False),
        sa.Column("entity_type", sa.String(), nullable=False),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("sequence"),
    )
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entity", ["entity_type", "entity_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_events_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_events_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_events_kind"), ["kind"], unique=False)

    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "push_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("approvals_required", sa.Integer(), nullable=False),
        sa.Column("expires_hours", sa.Float(), nullable=False),
        sa.Column("in_chat", sa.Boolean(), nullable=False),
        sa.Column("content_digest", sa.String(), nullable=False),
        sa.Column("created_at", core.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("frozen_at", core.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("expires_at", core.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", core.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["requested_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    with op.batch_alter_table("push_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_push_requests_requested_by"), ["requested_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_push_requests_state"), ["state"], unique=False)

    op.create_table(
        "approvals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("content_digest", sa.String(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("decided_at", core.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["push_requests.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("request_id", "person_id", "content_digest"),
    )
    with op.batch_alter_table("approvals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_approvals_request_id"), ["request_id"], unique=False)

    op.create_table(
        "push_jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", core.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("released_at", core.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("started_at", core.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("completed_at", core.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("cancel_requested_at", core.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["push_requests.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("push_jobs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_push_jobs_request_id"), ["request_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_push_jobs_state"), ["state"], unique=False)

    op.create_table(
        "push_request_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("readiness", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("local_content", sa.Text(), nullable=False),
        sa.Column("local_sha256", sa.String(), nullable=False),
        sa.Column("remote_content", sa.Text(), nullable=False),
        sa.Column("remote_token", sa.Text(), nullable=False),
        sa.Column("conflict_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conflict_id"],
            ["conflicts.id"],
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["push_requests.id"],
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["statements.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("request_id", "statement_id"),
    )
    with op.batch_alter_table("push_request_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_push_request_items_request_id"), ["request_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_push_request_items_statement_id"), ["statement_id"], unique=False)

    op.create_table(
        "push_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("request_item_id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("attempt_token", sa.String(), nullable=True),
        sa.Column("intent_at", core.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("intent_content", sa.Text(), nullable=True),
        sa.Column("intent_mod_count", sa.Integer(), nullable=True),
        sa.Column("intent_updated_on", core.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("intent_updated_by", sa.String(), nullable=True),
        sa.Column("intent_created_on", core.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("level", sa.String(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("stored_content", sa.Text(), nullable=True),
        sa.Column("stored_mod_count", sa.Integer(), nullable=True),
        sa.Column("stored_updated_on", core.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("stored_updated_by", sa.String(), nullable=True),
        sa.Column("stored_created_on", core.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("pushed_at", core.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("check_again_at", core.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["job_id"],
            ["push_jobs.id"],
        ),
        sa.ForeignKeyConstraint(
            ["request_item_id"],
            ["push_request_items.id"],
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["statements.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("job_id", "statement_id"),
    )
    with op.batch_alter_table("push_items", schema=None) as batch_op:
        batch_op.create_index("ix_push_items_job_state", ["job_id", "state"], unique=False)
        batch_op.create_index(
            "ix_push_items_open",
            ["statement_id"],
            unique=False,
            sqlite_where=sa.text("state <> 'ended'"),
            postgresql_where=sa.text("state <> 'ended'"),
        )

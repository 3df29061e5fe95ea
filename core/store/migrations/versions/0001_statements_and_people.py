"""Statements and people."""

import sqlalchemy as sa
from alembic import op

import core.store.types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "digest_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("statement_count", sa.Integer(), nullable=False),
        sa.Column("made_at", core.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("recipient", "local_date"),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slack_user_id", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("created_at", core.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
        sa.UniqueConstraint("slack_user_id"),
    )
    op.create_table(
        "pulls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("is_full", sa.Boolean(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("instance_name", sa.String(), nullable=False),
        sa.Column("started_at", core.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", core.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("watermark", core.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_sys_id", sa.String(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("hidden", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "replicas",
        sa.Column("executor_id", sa.String(), nullable=False),
        sa.Column("beat_at", core.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("executor_id"),
    )
    op.create_table(
        "slack_messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("ts", sa.String(), nullable=False),
        sa.Column("drawn_version", sa.Integer(), nullable=False),
        sa.Column("drawn_hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "entity_id"),
    )
    with op.batch_alter_table("slack_messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_slack_messages_request_id"), ["request_id"], unique=False)

    op.create_table(
        "switches",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("set_at", core.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "systems",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "controls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("system_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["system_id"],
            ["systems.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("system_id", "number"),
    )
    with op.batch_alter_table("controls", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_controls_system_id"), ["system_id"], unique=False)

    op.create_table(
        "selections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("chosen", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("updated_at", core.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("selections", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_selections_person_id"), ["person_id"], unique=False)

    op.create_table(
        "statements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sn_sys_id", sa.String(), nullable=False),
        sa.Column("control_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_token", sa.Text(), nullable=True),
        sa.Column("sn_mod_count", sa.Integer(), nullable=False),
        sa.Column("sn_updated_on", core.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("sn_updated_by", sa.String(), nullable=False),
        sa.Column("sn_created_on", core.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("local_content", sa.Text(), nullable=True),
        sa.Column("local_preview", sa.Text(), nullable=True),
        sa.Column("local_since", core.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("edited_by", sa.Uuid(), nullable=True),
        sa.Column("edited_at", core.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("is_modified", sa.Boolean(), nullable=False),
        sa.Column("sync_status", sa.String(), nullable=False),
        sa.Column("pulled_at", core.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["control_id"],
            ["controls.id"],
        ),
        sa.ForeignKeyConstraint(
            ["edited_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sn_sys_id"),
    )
    with op.batch_alter_table("statements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statements_control_id"), ["control_id"], unique=False)
        batch_op.create_index("ix_statements_edited_by", ["edited_by", "is_modified"], unique=False)
        batch_op.create_index(
            "ix_statements_modified",
            ["is_modified"],
            unique=False,
            sqlite_where=sa.text("is_modified"),
            postgresql_where=sa.text("is_modified"),
        )
        batch_op.create_index(batch_op.f("ix_statements_sync_status"), ["sync_status"], unique=False)

    op.create_table(
        "conflicts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("baseline_content", sa.Text(), nullable=False),
        sa.Column("baseline_mod_count", sa.Integer(), nullable=False),
        sa.Column("baseline_updated_on", core.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("baseline_updated_by", sa.String(), nullable=False),
        sa.Column("local_content", sa.Text(), nullable=False),
        sa.Column("local_since", core.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("local_edited_by", sa.Uuid(), nullable=True),
        sa.Column("local_edited_at", core.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("remote_content", sa.Text(), nullable=False),
        sa.Column("remote_token", sa.Text(), nullable=False),
        sa.Column("remote_mod_count", sa.Integer(), nullable=False),
        sa.Column("remote_updated_on", core.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("remote_updated_by", sa.String(), nullable=False),
        sa.Column("found_at", core.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("choice", sa.String(), nullable=True),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.Column("resolved_at", core.store.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("resolved_row_version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["resolved_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["statements.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("conflicts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conflicts_statement_id"), ["statement_id"], unique=False)
        batch_op.create_index(
            "uq_conflicts_open",
            ["statement_id"],
            unique=True,
            sqlite_where=sa.text("is_open AND kind = 'changed'"),
            postgresql_where=sa.text("is_open AND kind = 'changed'"),
        )

    op.create_table(
        "edits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("saved_at", core.store.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["statements.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("edits", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_edits_statement_id"), ["statement_id"], unique=False)

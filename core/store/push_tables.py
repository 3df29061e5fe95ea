"""Tables about push requests, their approvals, jobs and items, and the audit trail."""

import datetime as dt
import uuid

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.store.types import UtcDateTime


class PushRequestRow(SQLModel, table=True):
    """What somebody asked to push. `version` moves with every change that a card shows.

    `content_digest` is what approvals are bound to; it is final once `frozen_at` is set (no conflict left).
    `conflicts_shown` is how many open conflicts may stand in the thread at a time. `nudges` counts the reminders made by
    the clock, `reminders` all of them.
    """

    __tablename__ = "push_requests"

    id: uuid.UUID = Field(primary_key=True)
    number: int | None = Field(default=None, unique=True)
    state: str = Field(index=True)
    requested_by: uuid.UUID = Field(foreign_key="people.id", index=True)
    reason: str = Field(default="", sa_type=Text)
    channel: str | None = None
    approvals_required: int
    expires_hours: float
    in_chat: bool
    content_digest: str = ""
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    frozen_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    expires_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    note: str = Field(default="", sa_type=Text)
    nudges: int = 0
    reminders: int = 0
    reminded_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    version: int = 1
    conflicts_shown: int = 10


class RequestItemRow(SQLModel, table=True):
    """One statement of a request, with the exact texts: what would be sent, and what it would replace."""

    __tablename__ = "push_request_items"
    __table_args__ = (UniqueConstraint("request_id", "statement_id"),)

    id: uuid.UUID = Field(primary_key=True)
    request_id: uuid.UUID = Field(foreign_key="push_requests.id", index=True)
    statement_id: uuid.UUID = Field(foreign_key="statements.id", index=True)
    position: int
    readiness: str
    reason: str = Field(default="", sa_type=Text)
    local_content: str = Field(sa_type=Text)
    local_sha256: str
    remote_content: str = Field(sa_type=Text)
    remote_token: str = Field(default="", sa_type=Text)
    conflict_id: uuid.UUID | None = Field(default=None, foreign_key="conflicts.id")
    left_out_by: uuid.UUID | None = None
    left_out_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


class CommentRow(SQLModel, table=True):
    """What somebody said in the thread of a request, as it reads now; the audit trail keeps every wording.

    `edited_ts` is Slack's stamp of the edit it reads so since, empty while it reads as it was said.
    """

    __tablename__ = "comments"
    __table_args__ = (UniqueConstraint("channel", "ts"),)

    id: uuid.UUID = Field(primary_key=True)
    request_id: uuid.UUID = Field(foreign_key="push_requests.id", index=True)
    person_id: uuid.UUID = Field(foreign_key="people.id")
    channel: str
    ts: str
    text: str = Field(sa_type=Text)
    said_at: dt.datetime = Field(sa_type=UtcDateTime)
    is_deleted: bool = False
    edited_ts: str = Field(default="", sa_column_kwargs={"server_default": ""})


class ApprovalRow(SQLModel, table=True):
    """One person's present decision on exactly one content; what it was before stands in the audit trail.

    `starts_push` is whether the push may start with this approval, `withdrawn_at` when it ceased to count.
    """

    __tablename__ = "approvals"
    __table_args__ = (UniqueConstraint("request_id", "person_id", "content_digest"),)

    id: uuid.UUID = Field(primary_key=True)
    request_id: uuid.UUID = Field(foreign_key="push_requests.id", index=True)
    person_id: uuid.UUID = Field(foreign_key="people.id")
    kind: str
    content_digest: str
    comment: str = Field(default="", sa_type=Text)
    decided_at: dt.datetime = Field(sa_type=UtcDateTime)
    starts_push: bool = True
    withdrawn_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


class PushJobRow(SQLModel, table=True):
    """One run over at most a hundred statements. Nothing is sent before `released_at` is set.

    `waiting_until` is set while ServiceNow lets the run wait so long that people should know.
    """

    __tablename__ = "push_jobs"

    id: uuid.UUID = Field(primary_key=True)
    request_id: uuid.UUID = Field(foreign_key="push_requests.id", index=True)
    state: str = Field(index=True)
    created_by: uuid.UUID = Field(foreign_key="people.id")
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    released_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    started_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    completed_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    cancel_requested_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    waiting_until: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    failure: str = Field(default="", sa_type=Text)


class PushItemRow(SQLModel, table=True):
    """One statement of a job: the truth about its write.

    The intent (`intent_*`: the remote version seen just before) is committed before anything is sent, so that after a
    crash the record can be read back and judged, and an overwritten text is never lost. `stored_*` is the version that
    the answer showed, or the newest look since while it still was ours.
    """

    __tablename__ = "push_items"
    __table_args__ = (
        UniqueConstraint("job_id", "statement_id"),
        Index("ix_push_items_job_state", "job_id", "state"),
        Index(
            "ix_push_items_open",
            "statement_id",
            sqlite_where=text("state <> 'ended'"),
            postgresql_where=text("state <> 'ended'"),
        ),
    )

    id: uuid.UUID = Field(primary_key=True)
    job_id: uuid.UUID = Field(foreign_key="push_jobs.id")
    request_item_id: uuid.UUID = Field(foreign_key="push_request_items.id")
    statement_id: uuid.UUID = Field(foreign_key="statements.id", index=True)
    position: int
    state: str
    attempts: int = 0
    attempt_token: str | None = None
    intent_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    intent_content: str | None = Field(default=None, sa_type=Text)
    intent_mod_count: int | None = None
    intent_updated_on: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    intent_updated_by: str | None = None
    intent_created_on: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    outcome: str | None = None
    level: str | None = None
    detail: str = Field(default="", sa_type=Text)
    stored_content: str | None = Field(default=None, sa_type=Text)
    stored_mod_count: int | None = None
    stored_updated_on: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    stored_updated_by: str | None = None
    stored_created_on: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    pushed_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    check_again_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


class AuditEventRow(SQLModel, table=True):
    """One event of the audit trail, chained to its predecessor. Triggers refuse update and delete."""

    __tablename__ = "audit_events"
    __table_args__ = (Index("ix_audit_entity", "entity_type", "entity_id"),)

    sequence: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    at: dt.datetime = Field(sa_type=UtcDateTime, index=True)
    kind: str = Field(index=True)
    actor_id: str = Field(index=True)
    actor_name: str
    actor_email: str
    actor_via: str
    origin: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})
    entity_type: str
    entity_id: str
    details: str = Field(sa_type=Text)
    previous_hash: str
    hash: str


class AuditHeadRow(SQLModel, table=True):
    """The end of the chain: one row, locked by whoever appends."""

    __tablename__ = "audit_head"

    id: int = Field(primary_key=True)
    sequence: int = Field(sa_type=BigInteger)
    hash: str

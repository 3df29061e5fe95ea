"""Tables about people and statements. Times are UTC; texts are exactly what was saved or read, byte for byte."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.store.types import KeyText, UtcDateTime

# Word for word what the queries ask for: SQLite takes a partial index for nothing else.
_OF_MODIFIED: dict[str, Any] = {
    "sqlite_where": text("is_modified IS 1"),
    "postgresql_where": text("is_modified IS TRUE"),
}


class PersonRow(SQLModel, table=True):
    """Somebody who acted or owns an edit. Roles are not kept here: they are read anew at each act."""

    __tablename__ = "people"

    id: uuid.UUID = Field(primary_key=True)
    slack_user_id: str | None = Field(default=None, unique=True)
    email: str | None = Field(default=None, unique=True)
    name: str
    time_zone: str = "UTC"
    created_at: dt.datetime = Field(sa_type=UtcDateTime)


class SystemRow(SQLModel, table=True):
    """An information system: the entity a control is implemented for."""

    __tablename__ = "systems"

    id: uuid.UUID = Field(primary_key=True)
    name: str = Field(unique=True)


class ControlRow(SQLModel, table=True):
    """A control of a system."""

    __tablename__ = "controls"
    __table_args__ = (UniqueConstraint("system_id", "number"),)

    id: uuid.UUID = Field(primary_key=True)
    system_id: uuid.UUID = Field(foreign_key="systems.id", index=True)
    number: str
    name: str = Field(sa_type=Text)


class StatementRow(SQLModel, table=True):
    """One implementation statement.

    `content` is the baseline: the text both sides last agreed on, as stored in ServiceNow; `content_token` its
    fingerprint, made when first needed. `local_since` is when the present local edit began; it stays through rebases, so
    that everybody who had a hand in the text is known. `list_key` and the `searched_*` columns are made by
    `core.store.list_keys`: where the statement stands in lists, and what it is found by. The `sn_*` columns are ServiceNow's marks on the baseline version.
    `row_version` moves with every change and guards against two writers.
    """

    __tablename__ = "statements"
    __table_args__ = (
        Index(
            "ix_statements_modified",
            "list_key",
            "id",
            "sync_status",
            "edited_by",
            "edited_at",
            "is_modified",
            "searched_names",
            "searched_preview",
            **_OF_MODIFIED,
        ),
        Index("ix_statements_edited_by", "edited_by", "edited_at", "id", "sync_status", "is_modified", **_OF_MODIFIED),
        Index("ix_statements_list_key", "list_key", "id"),
    )

    id: uuid.UUID = Field(primary_key=True)
    sn_sys_id: str = Field(unique=True)
    control_id: uuid.UUID = Field(foreign_key="controls.id", index=True)
    list_key: str = Field(sa_type=KeyText)
    searched_names: str = Field(sa_type=Text)
    kind: str
    content: str = Field(sa_type=Text)
    content_token: str | None = Field(default=None, sa_type=Text)
    sn_mod_count: int
    sn_updated_on: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    sn_updated_by: str = ""
    sn_created_on: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    local_content: str | None = Field(default=None, sa_type=Text)
    local_preview: str | None = Field(default=None, sa_type=Text)
    searched_preview: str | None = Field(default=None, sa_type=Text)
    local_since: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    edited_by: uuid.UUID | None = Field(default=None, foreign_key="people.id")
    edited_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    is_modified: bool = False
    sync_status: str = Field(index=True)
    pulled_at: dt.datetime = Field(sa_type=UtcDateTime)
    row_version: int = 1


class EditRow(SQLModel, table=True):
    """Every local text ever saved (None: the edit was dropped), by whom and from where. Never deleted."""

    __tablename__ = "edits"

    id: uuid.UUID = Field(primary_key=True)
    statement_id: uuid.UUID = Field(foreign_key="statements.id", index=True)
    person_id: uuid.UUID = Field(foreign_key="people.id")
    source: str
    content: str | None = Field(default=None, sa_type=Text)
    saved_at: dt.datetime = Field(sa_type=UtcDateTime)


class ConflictRow(SQLModel, table=True):
    """A conflict as it was shown: three texts, and the choice that settled it.

    `kind` is "changed" (ServiceNow moved before a push) or "overwrote" (our push replaced a text nobody had seen: then
    the local text is the one we pushed, and the remote one is theirs, kept here).

    At most one of the kind "changed" is open for each statement. `revision` moves when a text changes again, or a choice
    is made or undone, so that a click on an outdated card is noticed. The texts stay, so that a choice can be undone as
    long as the statement is still at `resolved_row_version`.
    """

    __tablename__ = "conflicts"
    __table_args__ = (
        Index(
            "uq_conflicts_open",
            "statement_id",
            unique=True,
            sqlite_where=text("is_open AND kind = 'changed'"),
            postgresql_where=text("is_open AND kind = 'changed'"),
        ),
    )

    id: uuid.UUID = Field(primary_key=True)
    statement_id: uuid.UUID = Field(foreign_key="statements.id", index=True)
    kind: str = "changed"
    revision: int = 1
    is_open: bool = True
    baseline_content: str = Field(sa_type=Text)
    baseline_mod_count: int
    baseline_updated_on: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    baseline_updated_by: str = ""
    local_content: str = Field(sa_type=Text)
    local_since: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    local_edited_by: uuid.UUID | None = None
    local_edited_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    remote_content: str = Field(sa_type=Text)
    remote_token: str = Field(sa_type=Text)
    remote_mod_count: int
    remote_updated_on: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    remote_updated_by: str = ""
    found_at: dt.datetime = Field(sa_type=UtcDateTime)
    choice: str | None = None
    resolved_by: uuid.UUID | None = Field(default=None, foreign_key="people.id")
    resolved_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    resolved_row_version: int | None = None


class SlackMessageRow(SQLModel, table=True):
    """Where a drawing stands in Slack: which version of its subject it shows, and a hash of what was sent.

    `posting_id` is set from before a post until its place is known: while it is, the message may be in Slack already.
    """

    __tablename__ = "slack_messages"
    __table_args__ = (UniqueConstraint("kind", "entity_id"),)

    id: uuid.UUID = Field(primary_key=True)
    kind: str
    entity_id: uuid.UUID
    request_id: uuid.UUID | None = Field(default=None, index=True)
    channel: str
    ts: str
    drawn_version: int = 0
    drawn_hash: str = ""
    posting_id: uuid.UUID | None = None
    posting_since: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


class DrawingLeaseRow(SQLModel, table=True):
    """Who draws a request in Slack at present: one process at a time, and none for ever."""

    __tablename__ = "drawing_leases"

    request_id: uuid.UUID = Field(primary_key=True)
    holder: str
    until: dt.datetime = Field(sa_type=UtcDateTime)


class SelectionRow(SQLModel, table=True):
    """What a person has chosen so far. The list in Slack is only a drawing of it.

    Chosen is what was ticked one by one (`chosen`, ids), and what matches one of the filters with which all were chosen
    at once (`everything`), less what could not be chosen then or was unticked since (`left_out`, ids). `query` is the filter of the list, and
    `request_id` the draft that a preview made of it.
    """

    __tablename__ = "selections"

    id: uuid.UUID = Field(primary_key=True)
    person_id: uuid.UUID = Field(foreign_key="people.id", index=True)
    chosen: str = Field(default="[]", sa_type=Text)
    everything: str = Field(default="[]", sa_type=Text)
    left_out: str = Field(default="[]", sa_type=Text)
    query: str = Field(sa_type=Text)
    page: int = 0
    revision: int = 1
    request_id: uuid.UUID | None = None
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)


class DigestRunRow(SQLModel, table=True):
    """A digest that was sent: once for each recipient and local date.

    `posting_id` is set from before a post until its end is known, as for other messages; `made_at` is the last try.
    """

    __tablename__ = "digest_runs"
    __table_args__ = (UniqueConstraint("recipient", "local_date"),)

    id: uuid.UUID = Field(primary_key=True)
    recipient: str
    local_date: dt.date
    statement_count: int
    made_at: dt.datetime = Field(sa_type=UtcDateTime)
    posting_id: uuid.UUID | None = None
    posting_since: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


class DigestSettingsRow(SQLModel, table=True):
    """What somebody wants of their own digest; where `hour` or `days` is not set, the deployment's setting counts.

    `min_age` is how many working days an edit must be old to be named, `tells_results` whether they are told how a long
    push of theirs ended.
    """

    __tablename__ = "digest_settings"

    person_id: uuid.UUID = Field(primary_key=True, foreign_key="people.id")
    is_on: bool = True
    hour: int | None = None
    days: str = ""
    min_age: int = 0
    tells_results: bool = True


class DigestSnoozeRow(SQLModel, table=True):
    """No digest about this (a statement, or everything) before the date, in the person's own calendar."""

    __tablename__ = "digest_snoozes"

    id: uuid.UUID = Field(primary_key=True)
    person_id: uuid.UUID = Field(foreign_key="people.id", index=True)
    statement_id: uuid.UUID | None = Field(default=None, foreign_key="statements.id")
    until: dt.date


class PullRow(SQLModel, table=True):
    """One pull: how far it came, and the instance it read from."""

    __tablename__ = "pulls"

    id: uuid.UUID = Field(primary_key=True)
    is_full: bool
    host: str
    instance_name: str = ""
    started_at: dt.datetime = Field(sa_type=UtcDateTime)
    ended_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    watermark: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_sys_id: str = ""
    received: int = 0
    hidden: int = 0
    outcome: str = "running"


class SwitchRow(SQLModel, table=True):
    """Something an admin can turn on for the whole deployment: the pause of all writing."""

    __tablename__ = "switches"

    name: str = Field(primary_key=True)
    is_on: bool
    set_by: str
    set_at: dt.datetime = Field(sa_type=UtcDateTime)
    reason: str = Field(default="", sa_type=Text)


class ReplicaRow(SQLModel, table=True):
    """The heartbeat of a process that shares this database with others."""

    __tablename__ = "replicas"

    executor_id: str = Field(primary_key=True)
    beat_at: dt.datetime = Field(sa_type=UtcDateTime)

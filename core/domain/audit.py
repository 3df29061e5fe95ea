"""The audit trail: what is recorded, and the chain of hashes that makes tampering show."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

GENESIS = "0" * 64


class AuditKind(StrEnum):
    """Every kind of event, as subject:verb; named nowhere else."""

    STATEMENT_EDITED = "statement:edited"
    STATEMENT_REVERTED = "statement:reverted"
    STATEMENT_REBASED = "statement:rebased"
    STATEMENT_MISSING = "statement:missing"
    CONFLICT_OPENED = "conflict:opened"
    CONFLICT_RESOLVED = "conflict:resolved"
    CONFLICT_REOPENED = "conflict:reopened"
    CONFLICT_UNDONE = "conflict:undone"
    PULL_FINISHED = "pull:finished"
    PUSH_REQUESTED = "push:requested"
    PUSH_ITEM_LEFT_OUT = "push:item_left_out"
    PUSH_ITEM_PUT_BACK = "push:item_put_back"
    COMMENT_MADE = "comment:made"
    COMMENT_CHANGED = "comment:changed"
    COMMENT_DELETED = "comment:deleted"
    PUSH_FROZEN = "push:frozen"
    PUSH_APPROVED = "push:approved"
    PUSH_DECLINED = "push:declined"
    PUSH_CHANGES_ASKED = "push:changes_asked"
    PUSH_DECLINE_WITHDRAWN = "push:decline_withdrawn"
    PUSH_APPROVAL_VOIDED = "push:approval_voided"
    PUSH_REMINDED = "push:reminded"
    PUSH_RELEASED = "push:released"
    PUSH_CANCELLED = "push:cancelled"
    PUSH_SUPERSEDED = "push:superseded"
    PUSH_EXPIRED = "push:expired"
    PUSH_RETRIED = "push:retried"
    PUSH_UNDONE = "push:undone"
    PUSH_ITEM_ATTEMPTED = "push:item_attempted"
    PUSH_ITEM_ENDED = "push:item_ended"
    PUSH_JOB_STARTED = "push:job_started"
    PUSH_JOB_ENDED = "push:job_ended"
    WRITING_PAUSED = "writing:paused"
    WRITING_RESUMED = "writing:resumed"
    TOKEN_CREATED = "token:created"  # noqa: S105 -- the name of an event
    TOKEN_REVOKED = "token:revoked"  # noqa: S105 -- the same


@dataclass(frozen=True)
class AuditActor:
    """Who did it and where, as known at that moment: kept in the event, because people change names and roles.

    `place` is the place of the act's origin (core/domain/origin.py).
    """

    id: str
    name: str
    email: str = ""
    via: str = ""
    place: Mapping[str, str] = field(default_factory=dict)


SYSTEM_ACTOR = AuditActor(id="system", name="grcpush", via="engine")


@dataclass(frozen=True)
class AuditEvent:
    """A fact to be appended: who did what to which thing, with the details that prove it."""

    kind: AuditKind
    actor: AuditActor
    entity_type: str
    entity_id: str
    details: Mapping[str, Any]


@dataclass(frozen=True)
class AuditRecord:
    """An event in its place in the chain. `origin` is the JSON of where the act came from; empty where none is known."""

    sequence: int
    at: dt.datetime
    kind: str
    actor_id: str
    actor_name: str
    actor_email: str
    actor_via: str
    origin: str
    entity_type: str
    entity_id: str
    details: str
    previous_hash: str
    hash: str

    @property
    def place(self) -> dict[str, str]:
        """Where the act came from, by name (core/domain/origin.py); empty where that is not known."""
        known: dict[str, str] = json.loads(self.origin) if self.origin else {}
        return known

    def expected_hash(self) -> str:
        """The hash that this record must have, given its content and its predecessor's hash."""
        return chain_hash(self)


def canonical_json(value: Any) -> str:
    """The one spelling of a JSON value: keys sorted, no spaces, characters as they are."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def chain_hash(record: AuditRecord) -> str:
    """SHA-256 over the canonical JSON of everything in the record but its own hash.

    A record without an origin is hashed without that name, as all were before origins were kept: their hashes still hold,
    and an origin that somebody adds to or takes from a record changes its hash.
    """
    content: dict[str, Any] = {
        "sequence": record.sequence,
        "at": instant(record.at),
        "kind": record.kind,
        "actor": [record.actor_id, record.actor_name, record.actor_email, record.actor_via],
        "entity": [record.entity_type, record.entity_id],
        "details": record.details,
        "previous_hash": record.previous_hash,
    }
    if record.origin:
        content["origin"] = record.origin
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def instant(moment: dt.datetime) -> str:
    """RFC 3339 in UTC with microseconds: one spelling, whatever the database gave back."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

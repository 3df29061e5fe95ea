"""A control's implementation statement: what we hold, and what ServiceNow holds."""

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum

from core.text.content import Fingerprint, TextKind, fingerprint_in


class SyncStatus(StrEnum):
    """How a statement stands towards ServiceNow, as far as we know."""

    SYNCED = "synced"
    MODIFIED = "modified"
    CONFLICT = "conflict"
    PUSHING = "pushing"
    MISSING = "missing"


@dataclass(frozen=True)
class Stamp:
    """ServiceNow's own marks on a version of a record.

    None of them is proof of anything by itself: time stamps have whole seconds and can be forged by anyone with write
    access, and server scripts may change a text without moving either mark. The text's fingerprint decides.
    """

    mod_count: int
    updated_on: dt.datetime | None
    updated_by: str
    created_on: dt.datetime | None = None

    def is_same_version(self, other: "Stamp") -> bool:
        """Whether all marks of a version agree; the creation time is a mark of the record, and not always at hand."""
        return (self.mod_count, self.updated_on, self.updated_by) == (
            other.mod_count,
            other.updated_on,
            other.updated_by,
        )


@dataclass(frozen=True)
class RemoteVersion:
    """One record as ServiceNow showed it at one moment. `text` is exactly the stored value.

    `lock` says in words why a record that is not writable is not.
    """

    sys_id: str
    text: str
    stamp: Stamp
    control_number: str = ""
    control_name: str = ""
    system_name: str = ""
    is_writable: bool = True
    lock: str = ""


class Labelled:
    """Whatever is about one statement."""

    control_number: str
    system_name: str

    @property
    def label(self) -> str:
        """How people name it: the system and the control."""
        return f"{self.system_name}/{self.control_number}"


@dataclass(frozen=True)
class Statement(Labelled):
    """One statement with its baseline (what both sides last agreed on) and the local edit, if there is one."""

    id: uuid.UUID
    sn_sys_id: str
    kind: TextKind
    control_number: str
    control_name: str
    system_name: str
    baseline: str
    stamp: Stamp
    local: str | None
    status: SyncStatus
    row_version: int
    edited_by: uuid.UUID | None = None
    edited_at: dt.datetime | None = None
    baseline_token: str | None = None

    @property
    def present(self) -> str:
        """The text that an edit starts from: the local one, else the baseline."""
        return self.baseline if self.local is None else self.local

    def baseline_fingerprint(self) -> Fingerprint:
        """The baseline's fingerprint, taken from the stored token when there is one."""
        return fingerprint_in(self.baseline_token, self.baseline, self.kind)

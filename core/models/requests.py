"""What use cases give back and views draw: facts ready to be shown, with no way to change anything through them."""

import datetime as dt
import uuid
from dataclasses import dataclass

from core.domain.approval import DecisionKind
from core.domain.conflict import Choice, ConflictKind
from core.domain.diff import TextDiff
from core.domain.outcome import Level, Outcome
from core.domain.push import JobState, Readiness, RequestState
from core.domain.statement import Labelled


@dataclass(frozen=True)
class PersonView:
    """Somebody, as shown: a mention where the Slack id is known, else the name."""

    id: uuid.UUID
    name: str
    slack_user_id: str | None = None


@dataclass(frozen=True)
class Holder:
    """Who asked for the open push request that holds a statement, and where its card stands, if it was drawn."""

    requester: PersonView | None
    channel: str = ""
    ts: str = ""


@dataclass(frozen=True)
class StatementLine(Labelled):
    """A modified statement in a list. `held_by` is the number of the open push request it is part of."""

    id: uuid.UUID
    sn_sys_id: str
    control_number: str
    control_name: str
    system_name: str
    sync_status: str
    is_conflict: bool
    owner: PersonView | None
    edited_at: dt.datetime | None
    preview: str
    held_by: int | None = None
    holder: Holder | None = None


@dataclass(frozen=True)
class StatementList:
    """One page of the modified statements. `page` counts from 0."""

    lines: tuple[StatementLine, ...]
    total: int
    conflicts: int
    page: int = 0
    page_size: int = 10

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.page_size))


@dataclass(frozen=True)
class ConflictCard(Labelled):
    """A conflict: what ServiceNow holds now, the local text and the baseline, and the choice if one was made.

    `to_local` reads from ServiceNow's text to the local one: what a push would change. The other two read from the
    baseline: what each side did. `merge_digest` names the text with both edits, where they do not clash.
    """

    id: uuid.UUID
    revision: int
    statement_id: uuid.UUID
    sn_sys_id: str
    control_number: str
    control_name: str
    system_name: str
    is_open: bool
    remote_updated_on: dt.datetime | None
    remote_updated_by: str
    local_edited_at: dt.datetime | None
    local_editor: PersonView | None
    to_local: TextDiff
    remote_change: TextDiff
    local_change: TextDiff
    choice: Choice | None = None
    resolved_by: PersonView | None = None
    resolved_at: dt.datetime | None = None
    may_be_undone: bool = False
    kind: ConflictKind = ConflictKind.CHANGED
    merge_digest: str = ""


@dataclass(frozen=True)
class LeftOut:
    """Who left a statement out of a request, and when."""

    person: PersonView | None
    at: dt.datetime
    may_be_undone: bool


@dataclass(frozen=True)
class RequestLine(Labelled):
    """One statement of a push request. `change` is what a push would do to the text in ServiceNow."""

    statement_id: uuid.UUID
    sn_sys_id: str
    control_number: str
    control_name: str
    system_name: str
    readiness: Readiness
    reason: str
    change: TextDiff | None
    conflict: ConflictCard | None = None
    left_out: LeftOut | None = None


class Lined:
    """Whatever has the statements of a push request, one on a line."""

    lines: tuple[RequestLine, ...]

    def having(self, readiness: Readiness) -> tuple[RequestLine, ...]:
        """The lines that stand so."""
        return tuple(line for line in self.lines if line.readiness is readiness)


@dataclass(frozen=True)
class PushPreview(Lined):
    """What a push of the chosen statements would do. Provisional while conflicts are open. `reason` is offered for it."""

    request_id: uuid.UUID
    host: str
    lines: tuple[RequestLine, ...]
    approvals_required: int
    is_paused: bool = False
    is_read_only: bool = False
    reason: str = ""


@dataclass(frozen=True)
class ItemResult(Labelled):
    """How the push of one statement ended, in words."""

    statement_id: uuid.UUID
    sn_sys_id: str
    control_number: str
    system_name: str
    outcome: Outcome
    is_success: bool
    sentence: str
    next_step: str
    retryable: bool
    severity: str | None
    level: Level | None
    pushed_at: dt.datetime | None
    detail: str = ""

    @property
    def is_unverified(self) -> bool:
        """Whether ServiceNow said that it stored the text, and nobody could read it back so far."""
        return self.is_success and self.level is Level.UNVERIFIED


@dataclass(frozen=True)
class JobView:
    """A run of a push request: how far it is, and what came out."""

    id: uuid.UUID
    request_id: uuid.UUID
    state: JobState
    total: int
    ended: int
    succeeded: int
    failed: int
    in_flight: int
    released_at: dt.datetime | None
    started_at: dt.datetime | None
    completed_at: dt.datetime | None
    is_stopping: bool
    failure: str
    results: tuple[ItemResult, ...]


@dataclass(frozen=True)
class ApprovalView:
    """One decision that covers the present content."""

    person: PersonView
    kind: DecisionKind
    comment: str
    decided_at: dt.datetime

    @property
    def is_approval(self) -> bool:
        """Whether it counts for the quorum."""
        return self.kind is DecisionKind.APPROVE


@dataclass(frozen=True)
class RequestCard(Lined):
    """A push request with everything its card shows. `version` tells a newer drawing from an older one.

    `withdrawn_decline` is the decline that was taken back last, as long as who gave it decided nothing since.
    """

    id: uuid.UUID
    number: int
    version: int
    state: RequestState
    host: str
    requester: PersonView
    reason: str
    created_at: dt.datetime
    expires_at: dt.datetime | None
    content_digest: str
    lines: tuple[RequestLine, ...]
    decisions: tuple[ApprovalView, ...]
    approvals_required: int
    in_chat: bool
    jobs: tuple[JobView, ...]
    note: str = ""
    channel: str | None = None
    is_paused: bool = False
    is_read_only: bool = False
    seconds_left: float | None = None
    waiting_until: dt.datetime | None = None
    reminders: int = 0
    conflicts_shown: int = 10
    withdrawn_decline: ApprovalView | None = None

    @property
    def open_conflicts(self) -> tuple[ConflictCard, ...]:
        """The conflicts still to be settled; those of statements that were left out are not."""
        unsettled = [line.conflict for line in self.having(Readiness.CONFLICT)]
        return tuple(conflict for conflict in unsettled if conflict is not None and conflict.is_open)

    @property
    def approvals(self) -> tuple[ApprovalView, ...]:
        """The approvals among the decisions."""
        return tuple(decision for decision in self.decisions if decision.is_approval)

    @property
    def objections(self) -> tuple[ApprovalView, ...]:
        """The decisions that stand in the way: declined, or changes asked for."""
        return tuple(decision for decision in self.decisions if not decision.is_approval)

    @property
    def is_approved(self) -> bool:
        """Whether enough people approved and nobody objects: the push may start."""
        return len(self.approvals) >= self.approvals_required and not self.objections

    @property
    def results(self) -> tuple[ItemResult, ...]:
        """The newest result of each statement, over all runs, in order."""
        newest = {result.statement_id: result for job in self.jobs for result in job.results}
        return tuple(newest.values())

    @property
    def stopped_for(self) -> str:
        """Why it had to stop; empty when it did not, and once a later run took up everything that was left."""
        newest = {result.statement_id: job for job in self.jobs for result in job.results}
        unmended = {job.id for job in newest.values()}
        return next((job.failure for job in reversed(self.jobs) if job.failure and job.id in unmended), "")

    @property
    def retryable(self) -> tuple[ItemResult, ...]:
        """The failures that a retry may mend."""
        return tuple(result for result in self.results if not result.is_success and result.retryable)


@dataclass(frozen=True)
class PullReport:
    """What a pull did. `has_moved`: ServiceNow's count or newest stamp changed while it was read."""

    received: int
    new: int
    updated: int
    conflicts: int
    missing: int
    hidden: int
    seconds: float
    is_full: bool
    has_moved: bool = False


@dataclass(frozen=True)
class StatusView:
    """Where the deployment stands, for `grcpush status` and the Home tab.

    `missing` are statements of ours that ServiceNow does not show any more; `hidden` is how many rows it counted at the last
    full pull and did not show. `is_paused` is true on a read-only deployment too: nothing is written.
    """

    statements: int
    modified: int
    conflicts: int
    missing: int
    last_pull_at: dt.datetime | None
    open_requests: int
    is_paused: bool
    host: str
    audit_events: int
    hidden: int = 0
    is_read_only: bool = False


@dataclass(frozen=True)
class AuditVerdict:
    """What checking the whole audit chain found; `fault` is empty when it holds."""

    events: int
    last_hash: str
    fault: str = ""
    at_sequence: int | None = None

"""Bodies of the push endpoints."""

import uuid
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from bot.api.values import Body, Comment, Moment
from core.domain.conflict import Choice, Standing
from core.domain.outcome import Level, Outcome
from core.domain.push import JobState, Readiness, RequestState

MOST_STATEMENTS = 100

StatementIds = Annotated[list[uuid.UUID], Field(min_length=1, max_length=MOST_STATEMENTS)]


class CheckConflictsRequest(Body):
    """Which statements to compare with ServiceNow as it is now."""

    statement_ids: StatementIds


class ConflictInfo(BaseModel):
    """How one statement stands. `remote_token` names the remote text shown, for settling exactly this conflict."""

    statement_id: uuid.UUID
    control_id: str
    has_conflict: bool
    standing: Standing
    local_content: str | None = None
    remote_content: str | None = None
    local_updated_at: Moment | None = None
    remote_updated_at: Moment | None = None
    remote_updated_by: str | None = None
    remote_token: str | None = None


class CheckConflictsResponse(BaseModel):
    """One entry for each statement that was named, in that order."""

    conflicts: list[ConflictInfo]


class ResolveConflictRequest(Body):
    """The choice. With `remote_token`, only for the remote text it names; without, for the one last seen."""

    resolution: Literal["keep_local", "keep_remote"]
    remote_token: str | None = Field(None, max_length=300)


class ResolveConflictResponse(BaseModel):
    """The choice as it was recorded."""

    statement_id: uuid.UUID
    control_id: str
    resolution: Choice
    resolved_by: str
    resolved_at: Moment


class StartPushRequest(Body):
    """What to push, and why."""

    statement_ids: StatementIds
    reason: Comment = ""


class LeftOut(BaseModel):
    """A statement that was named and is no part of the push."""

    statement_id: uuid.UUID
    control_id: str
    readiness: Readiness
    reason: str


class StartPushResponse(BaseModel):
    """The push job: pending until enough approvals are given, where the policy asks for any."""

    job_id: uuid.UUID
    status: JobState
    number: int
    approvals_required: int
    content_digest: str
    left_out: list[LeftOut]


class PushStatusResponse(BaseModel):
    """How far the job is.

    `request_status` says where the request it belongs to stands; `waiting_until` is there while ServiceNow makes it wait.
    """

    job_id: uuid.UUID
    status: JobState
    total: int
    completed: int
    succeeded: int
    failed: int
    number: int
    request_status: RequestState
    is_paused: bool
    note: str
    failure: str
    released_at: Moment | None = None
    started_at: Moment | None = None
    completed_at: Moment | None = None
    waiting_until: Moment | None = None


class PushResultItem(BaseModel):
    """How the push of one statement ended. `error` is there unless it succeeded; `verification` says what was proved."""

    statement_id: uuid.UUID
    control_id: str
    success: bool
    error: str | None = None
    pushed_at: Moment | None = None
    outcome: Outcome
    sentence: str
    next_step: str
    retryable: bool
    severity: Literal["warning", "error"] | None = None
    verification: Level | None = None


class PushResultsResponse(BaseModel):
    """The statements of the job that have a result, in order."""

    results: list[PushResultItem]


class RetriedPushResponse(BaseModel):
    """The new jobs, one for each hundred statements, and how many statements they hold."""

    job_ids: list[uuid.UUID]
    number: int
    statements: int


class LeftAlone(BaseModel):
    """A statement whose earlier text was not brought back."""

    statement: str
    reason: str


class UndonePushResponse(BaseModel):
    """The statements whose earlier texts are local edits of the caller's now, to be pushed like any other."""

    number: int
    statement_ids: list[uuid.UUID]
    left_alone: list[LeftAlone]


class ApprovalDecision(BaseModel):
    """One person's word on the present content."""

    person: str
    decision: Literal["approve", "changes", "decline"]
    comment: str
    decided_at: Moment


class ProposedWriteItem(BaseModel):
    """One statement with the exact text that would be sent, and the one in ServiceNow it was compared with."""

    statement_id: uuid.UUID
    control_id: str
    system_name: str
    readiness: Readiness
    reason: str
    local_content: str
    remote_content: str
    local_sha256: str


class ApprovalResponse(BaseModel):
    """What there is to decide. `content_digest` stands for exactly these texts; empty while conflicts are settled."""

    job_id: uuid.UUID
    number: int
    status: RequestState
    requested_by: str
    reason: str
    content_digest: str
    approvals_required: int
    approvals_given: int
    expires_at: Moment | None = None
    decisions: list[ApprovalDecision]
    statements: list[ProposedWriteItem]


class _Decide(Body):
    content_digest: str = Field(pattern=r"^[0-9a-f]{64}$", description="The content that was looked at.")


class ApproveRequest(_Decide):
    """An approval of exactly the content of this digest."""

    decision: Literal["approve"]
    comment: Comment = ""


class ObjectRequest(_Decide):
    """A decline of the content of this digest, or changes asked for in it; the comment says why."""

    decision: Literal["decline", "changes"]
    comment: Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")]


class WithdrawRequest(_Decide):
    """One's own decline taken back: the request waits for approval again."""

    decision: Literal["withdraw"]


DecideRequest = Annotated[ApproveRequest | ObjectRequest | WithdrawRequest, Field(discriminator="decision")]
"""A decision about exactly the content of a digest."""

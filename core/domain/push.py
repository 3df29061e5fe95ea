"""Push requests, jobs and items: their states, and which step may follow which."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from core.domain.audit import canonical_json
from core.errors import StaleCard

_PACE_OF = dt.timedelta(minutes=1)
_LEAST_FOR_PACE = 2


class RequestState(StrEnum):
    """Where a push request stands."""

    DRAFT = "draft"
    SETTLING = "settling"
    WAITING = "waiting"
    PUSHING = "pushing"
    DONE = "done"
    PARTLY = "partly"
    FAILED = "failed"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class JobState(StrEnum):
    """Where one run of a request stands."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ItemState(StrEnum):
    """Where one statement of a job stands.

    SENDING means that an intent is recorded and the write may be under way: after a crash its outcome is unknown
    until the record is read back. WRITTEN has its answer and waits for the settling read.
    """

    PENDING = "pending"
    SENDING = "sending"
    WRITTEN = "written"
    ENDED = "ended"


class Readiness(StrEnum):
    """Whether a statement of a request can be pushed."""

    READY = "ready"
    CONFLICT = "conflict"
    SAME = "same"
    REFUSED = "refused"
    LEFT_OUT = "left_out"


_REQUEST_STEPS: dict[RequestState, frozenset[RequestState]] = {
    RequestState.DRAFT: frozenset(
        {RequestState.SETTLING, RequestState.WAITING, RequestState.PUSHING, RequestState.CANCELLED}
    ),
    RequestState.SETTLING: frozenset(
        {
            RequestState.WAITING,
            RequestState.PUSHING,
            RequestState.CANCELLED,
            RequestState.EXPIRED,
            RequestState.SUPERSEDED,
        }
    ),
    RequestState.WAITING: frozenset(
        {
            RequestState.SETTLING,
            RequestState.PUSHING,
            RequestState.DECLINED,
            RequestState.CANCELLED,
            RequestState.EXPIRED,
            RequestState.SUPERSEDED,
        }
    ),
    RequestState.DECLINED: frozenset({RequestState.WAITING}),
    RequestState.PUSHING: frozenset(
        {RequestState.DONE, RequestState.PARTLY, RequestState.FAILED, RequestState.CANCELLED}
    ),
    RequestState.PARTLY: frozenset({RequestState.PUSHING}),
    RequestState.FAILED: frozenset({RequestState.PUSHING}),
    RequestState.CANCELLED: frozenset({RequestState.PUSHING}),
}

OPEN_STATES = frozenset({RequestState.SETTLING, RequestState.WAITING, RequestState.PUSHING})
RETRYABLE_STATES = frozenset({RequestState.PARTLY, RequestState.FAILED, RequestState.CANCELLED})

STATE_WORDS: dict[RequestState, str] = {
    RequestState.DRAFT: "Draft",
    RequestState.SETTLING: "Conflicts to settle",
    RequestState.WAITING: "Waiting for approval",
    RequestState.PUSHING: "Pushing",
    RequestState.DONE: "Done",
    RequestState.PARTLY: "Partly done",
    RequestState.FAILED: "Failed",
    RequestState.DECLINED: "Declined",
    RequestState.CANCELLED: "Cancelled",
    RequestState.EXPIRED: "Expired",
    RequestState.SUPERSEDED: "Superseded",
}


def step(current: RequestState, following: RequestState) -> RequestState:
    """The following state, when the step is allowed; raises StaleCard when it is not."""
    if following not in _REQUEST_STEPS.get(current, frozenset()):
        raise StaleCard(
            f"This push request is {STATE_WORDS[current].lower()} now.",
            next_step="The card shows its present state.",
        )
    return following


@dataclass(frozen=True)
class RequestItem:
    """One statement of a request: the exact local text, and the remote text it is meant to replace."""

    statement_id: uuid.UUID
    position: int
    readiness: Readiness
    local_sha256: str
    remote_token: str
    reason: str = ""


def sha256_of(text: str) -> str:
    """SHA-256 of the exact bytes of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def content_digest(items: Iterable[RequestItem]) -> str:
    """The hash an approval is bound to: the ordered set of (statement, remote text, local text) that would be pushed."""
    frozen = [
        [str(item.statement_id), item.remote_token, item.local_sha256]
        for item in sorted(items, key=lambda item: item.position)
        if item.readiness is Readiness.READY
    ]
    return hashlib.sha256(canonical_json(frozen).encode()).hexdigest()


def job_sizes(count: int, limit: int) -> list[int]:
    """How many statements each job of a request takes: at most `limit`, in order."""
    return [min(limit, count - start) for start in range(0, count, limit)]


def seconds_left(done: Iterable[dt.datetime], rest: int, now: dt.datetime) -> float | None:
    """How long the rest will take at the pace of the last minute, in seconds; None while that is not known.

    Only the last minute counts: what came before may hold a pause, or hours in which nobody pushed.
    """
    lately = [at for at in done if now - at <= _PACE_OF]
    if len(lately) < _LEAST_FOR_PACE:
        return None
    return (now - min(lately)).total_seconds() / (len(lately) - 1) * rest


@dataclass(frozen=True)
class Policy:
    """The rules in force when the request was made; kept with it, so that a decision can be explained later."""

    approvals_required: int
    expires_hours: float
    in_chat: bool = True

    def expires_at(self, frozen_at: dt.datetime) -> dt.datetime:
        """When the approvals run out."""
        return frozen_at + dt.timedelta(hours=self.expires_hours)

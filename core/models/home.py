"""What a person's Home tab, and their list of pushes, are made of."""

import datetime as dt
import uuid
from dataclasses import dataclass

from core.domain.push import RequestState
from core.models.requests import PersonView, StatementLine, StatusView
from core.models.selections import Earlier


@dataclass(frozen=True)
class RequestGlance:
    """A push request on one line; `state_words` says its state to people.

    `channel` and `ts` say where its card is, empty when it was not drawn.
    """

    id: uuid.UUID
    number: int
    state: RequestState
    state_words: str
    requester: PersonView | None
    statements: int
    pushed: int
    at: dt.datetime
    channel: str = ""
    ts: str = ""


@dataclass(frozen=True)
class PastPushes:
    """A page of the push requests asked for, the newest first, and how many there are; pages count from 0."""

    requests: tuple[RequestGlance, ...]
    total: int
    page: int = 0
    pages: int = 1


@dataclass(frozen=True)
class HomeMark:
    """What Home tabs were drawn at: how many audit events there were, and whether ServiceNow was in reach."""

    events: int
    is_in_reach: bool


@dataclass(frozen=True)
class HomeView:
    """What waits for one person, what they have not pushed, and what happens and happened around them.

    `checked_at` is the minute in which ServiceNow last answered, as far as is known; None when it never did.
    """

    to_approve: tuple[RequestGlance, ...]
    to_settle: tuple[RequestGlance, ...]
    mine: tuple[StatementLine, ...]
    mine_total: int
    mine_conflicts: int
    running: tuple[RequestGlance, ...]
    recent: tuple[RequestGlance, ...]
    earlier: Earlier | None
    status: StatusView
    roles: tuple[str, ...]
    checked_at: dt.datetime | None = None
    is_in_reach: bool = False


@dataclass(frozen=True)
class TeamPolicy:
    """The rules of the deployment, as a person may read them; they are set in its configuration."""

    host: str
    channel: str
    approvals_required: int
    expires_hours: float
    in_chat: bool
    largest_request: int
    requests_per_hour: int
    digest_hour: int
    digest_days: str
    is_read_only: bool
    roles: tuple[tuple[str, str], ...]
    titles_only: bool = False

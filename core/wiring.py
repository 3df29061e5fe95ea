"""What every use case is given: one frozen bundle, made in the composition root."""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from core.clock import Clock
from core.config import Settings
from core.domain.actor import Grant
from core.domain.push import Policy
from core.servicenow.instance import ServiceNow
from core.store.database import Database


@dataclass
class Signals:
    """Who wants to know that something changed. Calls return at once and never fail the caller.

    `request_changed` asks for a request's card to be drawn anew, `push_progressed` for the same with less haste: only more
    of its statements have ended. `work_released` wakes the push engine.
    """

    request_changed: Callable[[uuid.UUID], None] = lambda _request_id: None
    push_progressed: Callable[[uuid.UUID], None] = lambda _request_id: None
    work_released: Callable[[], None] = lambda: None


@dataclass
class Rights:
    """How the roles that somebody holds at this moment are read, by the Slack user id.

    None where nobody can be asked (without Slack). It raises NotAllowed when it cannot be known now.
    """

    of: Callable[[str], Awaitable[tuple[Grant, ...]]] | None = None


@dataclass(frozen=True)
class Waits:
    """How long a push waits between its looks at ServiceNow, in seconds; tests make them short.

    `read_back`: before each look at a record whose write got no trustworthy answer. `audit`: before each look for our
    own change in ServiceNow's audit, which may be written some seconds after the save. `again`: before a second send or
    read, doubled each time. `late_landing`: a Table API transaction is cancelled after 60 seconds by default and on some
    instances after 300; until then a write whose answer never came may still land.
    """

    read_back: tuple[float, ...] = (1.0, 3.0, 9.0)
    audit: tuple[float, ...] = (0.0, 1.0, 3.0)
    again: float = 0.5
    late_landing: float = 300.0


@dataclass(frozen=True)
class Core:
    """The collaborators of the use cases."""

    settings: Settings
    db: Database
    servicenow: ServiceNow
    clock: Clock
    new_id: Callable[[], uuid.UUID]
    signals: Signals = field(default_factory=Signals)
    waits: Waits = field(default_factory=Waits)
    rights: Rights = field(default_factory=Rights)

    def policy(self) -> Policy:
        """The rules for requests made now."""
        return Policy(
            self.settings.approvals_required, self.settings.approval_expires_hours, self.settings.approval_in_chat
        )

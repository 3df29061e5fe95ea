"""What every use case is given: one frozen bundle, made in the composition root."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from core.clock import Clock
from core.config import Settings
from core.domain.push import Policy
from core.servicenow.instance import ServiceNow
from core.store.database import Database


@dataclass
class Signals:
    """Who wants to know that something changed. Calls return at once and never fail the caller.

    `request_changed` asks for a request's card to be drawn anew; `work_released` wakes the push engine.
    """

    request_changed: Callable[[uuid.UUID], None] = lambda _request_id: None
    work_released: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Core:
    """The collaborators of the use cases."""

    settings: Settings
    db: Database
    servicenow: ServiceNow
    clock: Clock
    new_id: Callable[[], uuid.UUID]
    signals: Signals = field(default_factory=Signals)

    def policy(self) -> Policy:
        """The rules for requests made now."""
        return Policy(
            self.settings.approvals_required, self.settings.approval_expires_hours, self.settings.approval_in_chat
        )

"""The part of the composition root that needs no Slack: what commands use by themselves, and `running_bot` builds on."""

import contextlib
from collections.abc import AsyncIterator

from core.clock import Clock, SystemClock
from core.config import Settings
from core.engine.durable import Engine, Rhythm, Work
from core.engine.liveness import Timing
from core.engine.workflows import APPLICATION_VERSION
from core.errors import ConfigurationError
from core.ids import new_id
from core.servicenow.instance import ServiceNow
from core.store.database import Database, is_database_error
from core.store.heartbeats import DatabaseHeartbeats
from core.usecases.pushing.runner import PushRunner
from core.usecases.pushing.survey import has_waiting_work
from core.wiring import Core, Signals, Waits


@contextlib.asynccontextmanager
async def open_core(settings: Settings, clock: Clock | None = None, waits: Waits | None = None) -> AsyncIterator[Core]:
    """The use cases' collaborators, with the schema brought up to date; what commands need without Slack."""
    if settings.servicenow_url is None:
        raise ConfigurationError("GRCPUSH_SERVICENOW_URL is not set.", next_step="Set it to your instance's address.")
    clock = clock or SystemClock()
    db = Database(settings.database_url)
    servicenow = ServiceNow(settings, clock)
    try:
        await db.upgrade()
        yield Core(settings, db, servicenow, clock, new_id, Signals(), waits or Waits())
    finally:
        await servicenow.aclose()
        await db.aclose()


def make_engine(core: Core, rhythm: Rhythm | None = None, *, version: str = APPLICATION_VERSION) -> Engine:
    """The push engine over these collaborators; by default as slow to declare others dead as the time limit of a write asks."""
    rhythm = rhythm or Rhythm(liveness=Timing.for_writes_of(core.settings.push_timeout_seconds))
    work = Work(
        make_runner=lambda may_write: PushRunner(core, may_write),
        has_waiting=lambda: has_waiting_work(core),
        is_database_error=is_database_error,
        exclusive=core.db.exclusive,
        heartbeats=None if core.db.is_sqlite else DatabaseHeartbeats(core.db),
    )
    return Engine(core.settings.database_url, work, rhythm, version=version)

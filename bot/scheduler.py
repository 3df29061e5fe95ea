"""What happens by the clock: pull, digests, expiry of approvals, cards drawn late. Wiring only."""

import asyncio
import contextlib
import datetime as dt
import functools
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from slack_sdk.web.async_client import AsyncWebClient

from bot.background import Background
from bot.drawing.cards import Cards
from bot.drawing.digests import send_digests
from bot.drawing.home import Homes
from bot.drawing.unseen import tell_findings
from bot.memory import give_back_memory
from bot.slack.traffic import ask_slack
from core.engine.durable import Engine
from core.errors import GrcError
from core.usecases.approvals.clock import expire_requests, nudge_approvers
from core.usecases.operations.housekeeping import throw_old_away
from core.usecases.pulling.pull import scheduled_pull
from core.usecases.pushing.settling import look_at_doubtful
from core.wiring import Core

log = logging.getLogger(__name__)

_DRAWING_SECONDS = 2
_HOME_SECONDS = 5
_HEARTBEAT_SECONDS = 60
_DRAIN_SECONDS = 5.0
_KEPT = dt.timedelta(days=7)


@dataclass(frozen=True)
class Periodic:
    """Something done every so many minutes, once in the whole deployment."""

    name: str
    minutes: int
    function: Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Drawn:
    """Everything in Slack that is kept like the rows."""

    cards: Cards
    homes: Homes


@contextlib.asynccontextmanager
async def ticking(
    core: Core, client: AsyncWebClient, drawn: Drawn, engine: Engine, *, first_after_seconds: float = 0.0
) -> AsyncIterator[None]:
    """Have everything done that goes by the clock, until the block ends; what is under way then is finished first.

    Each replica ticks by itself, and asks the engine to run the function for the tick's slot of time: the slot is the
    key, so that it runs once, whoever asks. At start, or so long after it, the present slot is asked for, in case everybody was down.
    """
    scheduler = AsyncIOScheduler(
        timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    ticks = Background()

    def kept(tick: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            await ticks.spawn(_logged(tick)())

        return run

    first = core.clock.now() + dt.timedelta(seconds=first_after_seconds)
    for periodic in _periodics(core, client, engine):
        engine.register_periodic(periodic.name, _logged(periodic.function))
        ask = kept(_asking(core, engine, periodic))
        scheduler.add_job(ask, "interval", minutes=periodic.minutes, id=periodic.name, next_run_time=first)
    scheduler.add_job(kept(drawn.cards.draw_outdated), "interval", seconds=_DRAWING_SECONDS, id="drawings")
    scheduler.add_job(kept(drawn.homes.draw_changed), "interval", seconds=_HOME_SECONDS, id="homes")
    heartbeat = functools.partial(ask_slack, client)
    scheduler.add_job(kept(heartbeat), "interval", seconds=_HEARTBEAT_SECONDS, id="heartbeat")
    scheduler.start()
    try:
        yield
    finally:
        scheduler.pause()
        await ticks.drain(_DRAIN_SECONDS)
        # The scheduler hears of its last job's end one turn of the loop later; it cancels what it believes to run.
        await asyncio.sleep(0)
        scheduler.shutdown(wait=False)


def _periodics(core: Core, client: AsyncWebClient, engine: Engine) -> tuple[Periodic, ...]:
    return (
        Periodic("pull", core.settings.pull_every_minutes, lambda: _pull(core)),
        Periodic("findings", 5, lambda: tell_findings(core, client)),
        Periodic("digest", 15, lambda: send_digests(core, client)),
        Periodic("expiry", 1, lambda: expire_requests(core)),
        Periodic("nudges", 5, lambda: nudge_approvers(core)),
        Periodic("doubtful", 1, lambda: look_at_doubtful_writes(core)),
        Periodic("clean-up", 60, lambda: clean_up(core, engine)),
    )


def _asking(core: Core, engine: Engine, periodic: Periodic) -> Callable[[], Awaitable[None]]:
    """Asks the engine for the slot that the present moment falls into."""

    async def ask() -> None:
        slot = int(core.clock.now().timestamp()) // (periodic.minutes * 60)
        await engine.once(periodic.name, str(slot))

    return ask


async def _pull(core: Core) -> None:
    try:
        await scheduled_pull(core)
    finally:
        give_back_memory()


async def clean_up(core: Core, engine: Engine) -> None:
    """Forget runs that ended long ago, and throw away what nobody will ask for again."""
    await engine.clean_up(core.clock.now() - _KEPT)
    await throw_old_away(core)


async def look_at_doubtful_writes(core: Core) -> None:
    """Correct the results of writes that may have landed late, and have their cards drawn anew."""
    for request_id in await look_at_doubtful(core):
        core.signals.request_changed(request_id)


def _logged(tick: Callable[[], Awaitable[object]]) -> Callable[[], Coroutine[Any, Any, None]]:
    """The tick, with what it raises logged: one failure must not end the schedule."""

    async def run() -> None:
        try:
            await tick()
        except GrcError as error:
            log.warning("scheduler.refused code=%s message=%s", error.code, error.message)
        except Exception:
            log.exception("scheduler.failed")

    return run

"""What happens by the clock: pull, digests, expiry of approvals, cards drawn late. Wiring only."""

import logging
from collections.abc import Awaitable, Callable

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from slack_sdk.web.async_client import AsyncWebClient

from bot.cards import Cards
from bot.slack_errors import SLACK_TROUBLE, error_name
from bot.views.digest import digest_message
from core.errors import GrcError
from core.usecases.approvals import expire_requests
from core.usecases.digests import due_digests, unclaim_digest
from core.usecases.pull import pull
from core.wiring import Core

log = logging.getLogger(__name__)

_DIGEST_MINUTES = 15
_EXPIRY_SECONDS = 60
_DRAWING_SECONDS = 2


def make_scheduler(core: Core, client: AsyncWebClient, cards: Cards) -> AsyncIOScheduler:
    """A scheduler that is ready to be started in the running event loop."""
    scheduler = AsyncIOScheduler(
        timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )

    async def digest_tick() -> None:
        await send_digests(core, client)

    async def pull_tick() -> None:
        await pull(core)

    async def expiry_tick() -> None:
        await expire_requests(core)

    scheduler.add_job(_logged(pull_tick), "interval", minutes=core.settings.pull_every_minutes, id="pull")
    scheduler.add_job(_logged(digest_tick), "cron", minute=f"*/{_DIGEST_MINUTES}", id="digest")
    scheduler.add_job(_logged(expiry_tick), "interval", seconds=_EXPIRY_SECONDS, id="expiry")
    scheduler.add_job(_logged(cards.draw_outdated), "interval", seconds=_DRAWING_SECONDS, id="drawings")
    return scheduler


async def send_digests(core: Core, client: AsyncWebClient) -> int:
    """Send the digests that are due now; gives back how many were sent."""
    sent = 0
    for digest in await due_digests(core):
        message = digest_message(digest)
        try:
            await client.chat_postMessage(
                channel=digest.person.slack_user_id or "", text=message.text, blocks=message.blocks
            )
            sent += 1
        except SLACK_TROUBLE as error:
            log.warning("digest.not_sent person=%s error=%s", digest.person.id, error_name(error))
            await unclaim_digest(core, digest)
    return sent


def _logged(tick: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    """The tick, with what it raises logged: one failure must not end the schedule."""

    async def run() -> None:
        try:
            await tick()
        except GrcError as error:
            log.warning("scheduler.refused code=%s message=%s", error.code, error.message)
        except Exception:
            log.exception("scheduler.failed")

    return run

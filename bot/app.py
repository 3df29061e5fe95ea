"""The composition root: the only place where objects are made and joined."""

import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
from fastapi import FastAPI
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.background import Background
from bot.cards import PUSHING_SPACING_SECONDS, SPACING_SECONDS, Cards
from bot.collaborators import Collaborators
from bot.listeners import register_all
from bot.local import make_engine, open_core
from bot.people import People
from bot.scheduler import make_scheduler
from bot.server import make_server
from core.clock import Clock
from core.config import Settings
from core.engine.durable import Engine, Rhythm
from core.errors import ConfigurationError
from core.wiring import Core

log = logging.getLogger(__name__)

_DRAIN_SECONDS = 5.0


@dataclass(frozen=True)
class Pace:
    """Times that tests shorten, in seconds: between two drawings of one card, and between looks for released work."""

    card_spacing: float = SPACING_SECONDS
    pushing_card_spacing: float = PUSHING_SPACING_SECONDS
    engine_poll: float = 0.25


@dataclass(frozen=True)
class Bot:
    """A running bot. `server` is the ASGI application to be served for HTTP mode."""

    core: Core
    server: FastAPI
    engine: Engine
    cards: Cards
    client: AsyncWebClient


@contextlib.asynccontextmanager
async def running_bot(
    settings: Settings, *, clock: Clock | None = None, pace: Pace | None = None
) -> AsyncIterator[Bot]:
    """The whole bot, started, until the block ends. Raises ConfigurationError for settings that cannot work."""
    pace = pace or Pace()
    if settings.slack_bot_token is None or (settings.slack_signing_secret is None and not settings.uses_socket_mode):
        raise ConfigurationError(
            "GRCPUSH_SLACK_BOT_TOKEN and GRCPUSH_SLACK_SIGNING_SECRET are needed.",
            next_step="Take both from your Slack app's settings; the second is not needed in Socket Mode.",
        )
    async with open_core(settings, clock) as core, aiohttp.ClientSession() as session:
        client = AsyncWebClient(
            token=settings.slack_bot_token.get_secret_value(), base_url=settings.slack_api_url, session=session
        )
        identity = await client.auth_test()
        background = Background()

        def record_url(sys_id: str) -> str:
            return f"{settings.servicenow_url}/nav_to.do?uri={settings.servicenow_table}.do?sys_id={sys_id}"

        cards = Cards(
            core,
            client,
            background,
            record_url,
            spacing_seconds=pace.card_spacing,
            pushing_spacing_seconds=pace.pushing_card_spacing,
        )
        engine = make_engine(core, Rhythm(poll=pace.engine_poll))
        core.signals.request_changed = cards.changed
        core.signals.work_released = engine.wake
        people = People(core, client, identity["team_id"])
        app = _slack_app(settings, client)
        register_all(app, Collaborators(core, client, people, cards, background, record_url))
        scheduler = make_scheduler(core, client, cards)
        await engine.start()
        scheduler.start()
        socket = await _open_socket(settings, app)
        log.info("bot.started settings=%s", settings.redacted())
        try:
            await cards.draw_outdated()
            yield Bot(core, make_server(app), engine, cards, client)
        finally:
            if socket is not None:
                await socket.close_async()  # type: ignore[no-untyped-call]
            scheduler.shutdown(wait=False)
            await engine.stop(patience_seconds=settings.push_timeout_seconds + _DRAIN_SECONDS)
            cards.close()
            await background.drain(_DRAIN_SECONDS)


def _slack_app(settings: Settings, client: AsyncWebClient) -> AsyncApp:
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    secret = settings.slack_signing_secret
    return AsyncApp(
        client=client,
        signing_secret=secret.get_secret_value() if secret else "unused-in-socket-mode",
        raise_error_for_unhandled_request=True,
    )


async def _open_socket(settings: Settings, app: AsyncApp) -> AsyncSocketModeHandler | None:
    if settings.slack_app_token is None:
        return None
    handler = AsyncSocketModeHandler(app, settings.slack_app_token.get_secret_value())
    await handler.connect_async()  # type: ignore[no-untyped-call]
    return handler

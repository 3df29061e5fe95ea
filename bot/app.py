"""The composition root: the only place where objects are made and joined."""

import contextlib
import functools
import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from starlette.types import ASGIApp

from bot.api.callers import Api, Callers
from bot.api.rates import Rates
from bot.background import Background
from bot.collaborators import Collaborators, card_url
from bot.drawing.cards import Cards, Spacing
from bot.drawing.home import Homes
from bot.drawing.requests import LEASE_SECONDS, Drawer, Drawing
from bot.listeners import register_all
from bot.local import make_engine, open_core
from bot.scheduler import Drawn, ticking
from bot.slack.client import slack_client
from bot.slack.people import GROUP_SECONDS, USER_SECONDS, People
from bot.slack.signin import signed_in
from bot.slack.socket_mode import Socket, SocketPace
from bot.slack.traffic import SlackTraffic, TrafficWatch
from bot.web.health import Health
from bot.web.metrics import Metrics
from bot.web.server import make_server
from core.clock import Clock
from core.config import Settings
from core.engine.durable import Engine, Rhythm
from core.engine.liveness import Timing
from core.errors import ConfigurationError
from core.usecases.requests.drawings import doubt_open_drawings
from core.wiring import Core

log = logging.getLogger(__name__)

_DRAIN_SECONDS = 5.0


@dataclass(frozen=True)
class Pace:
    """Times that tests change, in seconds.

    The least times between two drawings of one card, also during a push and after a refusal; how long one process has
    the right to draw a card; between two looks for released work; when another process counts as dead; how long it counts
    what Slack said of a person or a group; how long after the start the work by the clock begins; and the times of the web
    socket.
    """

    card_spacing: float = 1.0
    pushing_card_spacing: float = 3.0
    refused_card_spacing: float = 1.0
    drawing_lease: float = LEASE_SECONDS
    engine_poll: float = 0.25
    liveness: Timing | None = None
    user_seconds: float = USER_SECONDS
    group_seconds: float = GROUP_SECONDS
    first_tick_seconds: float = 0.0
    socket: SocketPace = field(default_factory=SocketPace)


@dataclass(frozen=True)
class Bot:
    """A running bot. `server` is the ASGI application to be served."""

    core: Core
    server: ASGIApp
    engine: Engine
    cards: Cards
    client: AsyncWebClient
    homes: Homes


@contextlib.asynccontextmanager
async def running_bot(
    settings: Settings, *, clock: Clock | None = None, pace: Pace | None = None
) -> AsyncIterator[Bot]:
    """The whole bot, started, until the block ends.

    Raises ConfigurationError for settings that cannot work, and Refused when Slack cannot be reached at the start.
    """
    pace = pace or Pace()
    async with contextlib.AsyncExitStack() as stack:
        core = await stack.enter_async_context(open_core(settings, clock))
        metrics = Metrics()
        core.servicenow.watched_by(metrics.servicenow)
        traffic = SlackTraffic(core.clock, metrics.slack)
        client = await stack.enter_async_context(_slack_client(settings, traffic))
        identity = await signed_in(client)
        background = Background()
        stack.push_async_callback(background.drain, _DRAIN_SECONDS)

        def record_url(sys_id: str) -> str:
            return f"{settings.servicenow_url}/nav_to.do?uri={settings.servicenow_table}.do?sys_id={sys_id}"

        people = People(
            core, client, identity.team_id or "", user_seconds=pace.user_seconds, group_seconds=pace.group_seconds
        )
        spacing = Spacing(pace.card_spacing, pace.pushing_card_spacing, pace.refused_card_spacing)
        liveness = pace.liveness or Timing.for_writes_of(settings.push_timeout_seconds)
        engine = make_engine(core, Rhythm(poll=pace.engine_poll, liveness=liveness))
        drawer = Drawer(engine.executor_id, pace.drawing_lease)
        cards = Cards(core, Drawing(core, client, people, record_url, drawer), background, spacing)
        stack.callback(cards.close)
        workspace_url = identity.url or ""
        homes = Homes(core, client, people, functools.partial(card_url, workspace_url))
        core.signals.request_changed = cards.changed
        core.signals.push_progressed = cards.progressed
        core.signals.work_released = engine.wake
        core.rights.of = people.grants
        app = _slack_app(settings, client, identity)
        register_all(app, Collaborators(core, client, people, cards, background, record_url, homes, workspace_url))
        await engine.start()
        stack.push_async_callback(engine.stop, patience_seconds=settings.push_timeout_seconds + _DRAIN_SECONDS)
        await stack.enter_async_context(
            ticking(core, client, Drawn(cards, homes), engine, first_after_seconds=pace.first_tick_seconds)
        )
        await stack.enter_async_context(_web_socket(settings, app, traffic, pace.socket))
        log.info("bot.started settings=%s", settings.redacted())
        await doubt_open_drawings(core)
        await cards.draw_outdated()
        api = Api(core, Callers(core, client, people, Rates(settings.api_requests_per_minute)))
        health = Health(core, engine, traffic, metrics)
        server = make_server(None if settings.uses_socket_mode else app, api, health)
        yield Bot(core, server, engine, cards, client, homes)


def _slack_client(settings: Settings, traffic: SlackTraffic) -> AbstractAsyncContextManager[AsyncWebClient]:
    # An empty secret is none, whatever signature it would seem to fit.
    if not settings.slack_bot_token or not (settings.slack_signing_secret or settings.uses_socket_mode):
        raise ConfigurationError(
            "GRCPUSH_SLACK_BOT_TOKEN and GRCPUSH_SLACK_SIGNING_SECRET are needed.",
            next_step="Take both from your Slack app's settings; the second is not needed in Socket Mode.",
        )
    return slack_client(settings.slack_bot_token, settings.slack_api_url, TrafficWatch(traffic))


def _slack_app(settings: Settings, client: AsyncWebClient, identity: AuthorizeResult) -> AsyncApp:
    async def authorize() -> AuthorizeResult:
        return identity

    secret = settings.slack_signing_secret
    return AsyncApp(
        # Each delivery gets a client with the token from `authorize`; with one here Bolt would warn that it is ignored.
        client=AsyncWebClient(base_url=client.base_url, session=client.session, retry_handlers=client.retry_handlers),
        # In Socket Mode nothing is signed. A secret that nobody knows keeps it so.
        signing_secret=secret.get_secret_value() if secret else secrets.token_hex(),
        authorize=authorize,
        raise_error_for_unhandled_request=True,
    )


@contextlib.asynccontextmanager
async def _web_socket(
    settings: Settings, app: AsyncApp, traffic: SlackTraffic, pace: SocketPace
) -> AsyncIterator[None]:
    """The web socket of Socket Mode, if that is what is set. Raises ConfigurationError for a token that does not work."""
    if settings.slack_app_token is None:
        yield
        return
    socket = Socket(app, settings.slack_app_token.get_secret_value(), pace)
    async with socket.running():
        traffic.socket_trouble = socket.trouble
        yield

"""The bot as a process."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator

from starlette.types import ASGIApp

from bot.app import running_bot
from bot.cli.session import out
from bot.logs import configure_logs
from bot.memory import settle_collector
from bot.web.server import served
from core.config import Settings, load_settings
from core.errors import ConfigurationError


def serve() -> None:
    """Run the bot until it is told to stop. Raises Refused and ConfigurationError for what keeps it from starting."""
    asyncio.run(_serve(load_settings()))


async def _serve(settings: Settings) -> None:
    configure_logs(settings.log_level, settings.log_format)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopping.set)
    async with running_bot(settings) as bot, _listening(settings, bot.server) as url:
        settle_collector()
        out.print(f"grcpush listens on {url}")
        await stopping.wait()
        bot.engine.claim_no_more()
        out.print("Stopping: writes under way are finished, the rest waits for the next start.")


@contextlib.asynccontextmanager
async def _listening(settings: Settings, server: ASGIApp) -> AsyncIterator[str]:
    async with contextlib.AsyncExitStack() as stack:
        try:
            url = await stack.enter_async_context(served(server, settings.http_host, settings.http_port))
        except OSError as error:
            raise ConfigurationError(
                f"{settings.http_host}:{settings.http_port} cannot be listened on: {error.strerror}.",
                next_step="Choose another with GRCPUSH_HTTP_HOST and GRCPUSH_HTTP_PORT.",
            ) from error
        yield url

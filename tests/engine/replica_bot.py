"""The same as replica.py with the whole bot, which takes twice as long to load."""

import asyncio
from dataclasses import replace

from bot.app import running_bot
from bot.local import open_core
from core.config import load_settings
from tests.engine.replica import die_if_told, prepared, say
from tests.stage import FAST


async def serve_bot() -> None:
    """The whole bot. The points at which it may die are Slack's calls, which are wrapped before it makes any."""
    stopping, timing = prepared()
    settings = load_settings()
    async with open_core(settings) as core:
        die_if_told(core)
    pace = replace(FAST, drawing_lease=1.5, liveness=timing)
    async with running_bot(settings, pace=pace):
        say("started")
        await stopping.wait()
    say("stopped")


if __name__ == "__main__":
    asyncio.run(serve_bot())

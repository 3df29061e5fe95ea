"""The same as replica.py with the whole bot, which takes twice as long to load."""

import asyncio

from bot.app import Pace, running_bot
from bot.local import open_core
from core.config import load_settings
from tests.engine.replica import die_if_told, prepared, say


async def serve_bot() -> None:
    """The whole bot. The points at which it may die are Slack's calls, which are wrapped before it makes any."""
    stopping, timing = prepared()
    settings = load_settings()
    async with open_core(settings) as core:
        die_if_told(core)
    pace = Pace(
        card_spacing=0.05,
        pushing_card_spacing=0.05,
        refused_card_spacing=0.05,
        drawing_lease=1.5,
        engine_poll=0.1,
        liveness=timing,
        first_tick_seconds=3_600.0,
    )
    async with running_bot(settings, pace=pace):
        say("started")
        await stopping.wait()
    say("stopped")


if __name__ == "__main__":
    asyncio.run(serve_bot())

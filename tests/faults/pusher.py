"""A process that runs the push engine until nothing is open: tests kill it at chosen moments and start it again."""

import asyncio
import sys

from bot.local import make_engine, open_core
from core.config import load_settings
from core.engine.durable import Rhythm
from core.usecases.statements import get_status


async def push_until_done() -> None:
    async with open_core(load_settings()) as core:
        engine = make_engine(core, Rhythm(poll=0.02))
        core.signals.work_released = engine.wake
        await engine.start()
        sys.stdout.write("started\n")
        sys.stdout.flush()
        while (await get_status(core)).open_requests:
            await asyncio.sleep(0.02)
        await engine.stop()


if __name__ == "__main__":
    asyncio.run(push_until_done())

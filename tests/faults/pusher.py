"""A process that runs the push engine until nothing is open: tests kill it at chosen moments and start it again.

Its argument says whether it waits between its looks at ServiceNow as the product does ("usual") or as tests do ("short").
"""

import asyncio
import sys

from bot.local import make_engine, open_core
from core.config import load_settings
from core.engine.durable import Rhythm
from core.usecases.statements.modified import get_status
from core.wiring import Waits
from tests.faults.desk import SHORT


async def push_until_done(waits: Waits) -> None:
    async with open_core(load_settings(), waits=waits) as core:
        engine = make_engine(core, Rhythm(poll=0.1))
        core.signals.work_released = engine.wake
        await engine.start()
        sys.stdout.write("started\n")
        sys.stdout.flush()
        while (await get_status(core)).open_requests:  # noqa: ASYNC110 -- only the database tells
            await asyncio.sleep(0.02)
        await engine.stop()


if __name__ == "__main__":
    asyncio.run(push_until_done({"usual": Waits(), "short": SHORT}[sys.argv[1]]))

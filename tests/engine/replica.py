"""A process that runs the push engine until it is told to stop: one of several on the same database."""

import asyncio
import os
import signal
import sys

from bot.local import make_engine, open_core
from core.config import load_settings
from core.engine.durable import Rhythm
from core.engine.liveness import Timing
from core.wiring import Core
from tests.engine.dying import die_at


async def serve_engine() -> None:
    stopping, timing = prepared()
    async with open_core(load_settings()) as core:
        version = os.environ.get("REPLICA_VERSION", "1")
        engine = make_engine(core, Rhythm(poll=0.1, sweep=0.1, liveness=timing), version=version)
        core.signals.work_released = engine.wake
        die_if_told(core)
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            ticks += 1
            say(f"tick {os.getpid()}")

        engine.register_periodic("tick", tick)
        await engine.start()
        say("started")
        if slots := int(os.environ.get("REPLICA_SLOTS", "0")):
            for slot in range(slots):
                await engine.once("tick", str(slot))
        await stopping.wait()
        await engine.stop()
        say("stopped")


def prepared() -> tuple[asyncio.Event, Timing]:
    """What is set when the process is told to stop, and when another counts as dead."""
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    ttl = float(os.environ["REPLICA_TTL"])
    return stopping, Timing(ttl=ttl, longest_write=ttl / 4, beat=ttl / 8)


def die_if_told(core: Core) -> None:
    if point := os.environ.get("REPLICA_DIES_AT"):
        die_at(core, point, int(os.environ["REPLICA_DIES_NTH"]))


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(serve_engine())

"""A process that appends events to the trail, each in a transaction of its own, beside others that do the same."""

import asyncio
import sys

from tests.audit.trail import append_one, open_trail


async def append_many(database_url: str, first: int, count: int) -> None:
    async with open_trail(database_url, count=0) as core:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)
        for number in range(first, first + count):
            await append_one(core, number)


if __name__ == "__main__":
    asyncio.run(append_many(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))

"""Who is cancelled in the middle of a transaction leaves no lock behind."""

import asyncio
import gc
import random

from sqlalchemy import text

from core.store.database import Database

ROUNDS = 40


async def test_a_cancelled_transaction_never_keeps_the_others_out(database_url: str) -> None:
    chance, database = random.Random(7), Database(database_url)

    async def work() -> None:
        async with database.transaction() as tx:
            for number in range(3):
                await tx.exec(text(f"SELECT {number}"))  # type: ignore[call-overload]

    gc.disable()  # the collector would find what is left behind, sooner or later
    try:
        for _ in range(ROUNDS):
            tasks = [asyncio.create_task(work()) for _ in range(3)]
            await asyncio.sleep(chance.random() * 0.004)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            async with asyncio.timeout(60):
                await work()
    finally:
        gc.enable()
        await database.aclose()

import asyncio
import json
import sys

import pytest

from core.store import audit
from core.usecases.audit.verifying import verify_audit
from core.wiring import Core
from tests.audit.trail import EVENTS, append_one, event, open_trail

EACH = 40


async def test_two_processes_append_at_once_and_the_chain_holds(either_database_url: str) -> None:
    pipes = {"stdin": asyncio.subprocess.PIPE, "stdout": asyncio.subprocess.PIPE}
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.audit.appender", either_database_url, str(first), str(EACH), **pipes
        )
        for first in (1, 1001)
    ]
    for process in processes:
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 40) == b"ready\n"

    ended = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))

    assert [process.returncode for process in processes] == [0, 0], ended
    async with open_trail(either_database_url, count=0) as core:
        verdict = await verify_audit(core)
        async with core.db.reading() as tx:
            numbers = [json.loads(record.details)["number"] for record in [r async for r in audit.walk(tx)]]
    assert (verdict.fault, verdict.events) == ("", 2 * EACH)
    assert sorted(numbers) == [*range(1, EACH + 1), *range(1001, 1001 + EACH)]
    assert [n for n in numbers if n < 1000] == [*range(1, EACH + 1)]
    assert numbers != sorted(numbers), "the two never overlapped, so this proved nothing"


async def append_and_fail(core: Core) -> None:
    async with core.db.transaction() as tx:
        await audit.append(tx, core.clock.now(), event(99))
        _ = 1 / 0


async def test_what_is_rolled_back_leaves_no_trace_and_no_gap(either_database_url: str) -> None:
    async with open_trail(either_database_url) as core:
        with pytest.raises(ZeroDivisionError):
            await append_and_fail(core)
        await append_one(core, EVENTS + 1)

        verdict = await verify_audit(core)

    assert (verdict.fault, verdict.events) == ("", EVENTS + 1)


async def test_events_appended_while_the_trail_is_checked_are_no_fault(either_database_url: str) -> None:
    async with open_trail(either_database_url) as core:
        for number in range(EVENTS + 1, EVENTS + 20):
            verdict, _ = await asyncio.gather(verify_audit(core), append_one(core, number))
            assert verdict.fault == ""


async def test_any_text_survives_in_the_chain(either_database_url: str) -> None:
    hostile = {
        "text": "“quotes” \\ \n \t \u2028 \U0001f512 <script> ' ; DROP TABLE audit_events --",
        "nested": {"b": 1, "a": [None, True]},
    }
    async with open_trail(either_database_url, count=0) as core:
        async with core.db.transaction() as tx:
            await audit.append(tx, core.clock.now(), event(1, **hostile))

        verdict = await verify_audit(core)
        async with core.db.reading() as tx:
            kept = [json.loads(record.details) async for record in audit.walk(tx)]

    assert verdict.fault == ""
    assert kept[0]["text"] == hostile["text"]

import asyncio
import json
import os
import re
import sys
from pathlib import Path

import httpx

from bot.cli.demo import make_sample_edits, running_demo, ways_in
from sandbox.data import Sample
from sandbox.slack import Workspace
from tests.security.test_secrets import leaks_in
from tests.stage import FAST


async def test_the_demo_plays_one_whole_push_and_its_log_holds_no_secret_and_no_text(sample: Sample) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.cli",
        "demo",
        "--once",
        "--log-level",
        "debug",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )

    out, err = await asyncio.wait_for(process.communicate(), 150)

    told = out.decode()
    assert process.returncode == 0, err.decode()
    for words in ("/grcpush", "Keep ServiceNow", "somebody else has to approve it", "pushing,", "audit trail holds"):
        assert words in told
    assert f"{len(sample.local_edits) - 1} pushed" in told
    assert "<@" not in told
    log = err.decode()
    assert "bot.started" in log
    assert "Traceback" not in log
    assert leaks_in(log, Workspace()) == []


async def test_the_command_line_and_the_api_work_on_the_demo_as_it_says() -> None:
    typed = [sys.executable, "-m", "bot.cli"]
    root = Path(__file__).parents[2]
    free = {name: value for name, value in os.environ.items() if not name.startswith("GRCPUSH_")}
    environment = {**free, "PYTHONPATH": str(root), "GRCPUSH_ACTOR": "admin@example.com"}
    async with running_demo(pace=FAST) as (sandbox, bot):
        await make_sample_edits(sandbox, bot)
        place = [line for line in ways_in(sandbox, bot) if "cd " in line or "/api/v1" in line]
        folder = re.search(r"cd (\S+) ", place[0])
        address = re.search(r"http://\S+/api/v1", place[1])
        assert folder
        assert address

        async def typing(*words: str) -> str:
            process = await asyncio.create_subprocess_exec(
                *typed, *words, cwd=folder[1], env=environment, stdout=asyncio.subprocess.PIPE
            )
            out, _ = await asyncio.wait_for(process.communicate(), 30)
            assert process.returncode == 0
            return out.decode()

        listed = json.loads(await typing("list", "--json"))
        token = await typing("token", "create", "--person", "requester@example.com", "--role", "requester")
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.get(
                f"{address[0]}/push/modified", headers={"Authorization": f"Bearer {token.strip()}"}
            )

    assert len(str(listed)) > 100
    assert answer.status_code == 200
    assert answer.json()["total_count"] >= 10

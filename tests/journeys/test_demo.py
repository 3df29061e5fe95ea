import asyncio
import sys

from sandbox.data import Sample
from sandbox.slack import Workspace
from tests.security.test_secrets import leaks_in


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

    out, err = await asyncio.wait_for(process.communicate(), 55)

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

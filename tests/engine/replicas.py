"""Starting, pausing and ending replicas from a test, and pushing something for them to do."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from core.config import Settings
from sandbox.servicenow import SERVICE_PASSWORD

# Above the time limit of a write in these tests, as in production.
TTL_SECONDS = 2.0
PUSH_TIMEOUT_SECONDS = 1.5


@dataclass
class Replica:
    """A process, and everything it said."""

    process: asyncio.subprocess.Process
    said: list[str] = field(default_factory=list)

    async def wait_for(self, words: str, seconds: float = 60) -> None:
        """Return when the process says this."""
        async with asyncio.timeout(seconds):
            while not any(line.startswith(words) for line in self.said):
                assert self.process.stdout is not None
                line = (await self.process.stdout.readline()).decode().strip()
                assert line, f"the replica ended with {self.process.returncode}"
                self.said.append(line)

    def signal(self, number: signal.Signals) -> None:
        """Send the process a signal."""
        os.kill(self.process.pid, number)


async def start_replica(settings: Settings, **environment: str) -> Replica:
    """A started process: the push engine, or the whole bot where the environment names Slack."""
    module = "replica_bot" if "GRCPUSH_SLACK_API_URL" in environment else "replica"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        f"tests.engine.{module}",
        stdout=asyncio.subprocess.PIPE,
        env={
            **os.environ,
            "GRCPUSH_DATABASE_URL": settings.database_url,
            "GRCPUSH_SERVICENOW_URL": str(settings.servicenow_url),
            "GRCPUSH_SERVICENOW_USERNAME": str(settings.servicenow_username),
            "GRCPUSH_SERVICENOW_PASSWORD": SERVICE_PASSWORD,
            "GRCPUSH_PUSH_SETTLE_SECONDS": "0.05",
            "GRCPUSH_PUSH_TIMEOUT_SECONDS": str(PUSH_TIMEOUT_SECONDS),
            "REPLICA_TTL": str(TTL_SECONDS),
            **environment,
        },
    )
    return Replica(process)


@contextlib.asynccontextmanager
async def replicas(settings: Settings, count: int, **environment: str) -> AsyncIterator[list[Replica]]:
    """So many started replicas; what is left of them is killed at the end."""
    started = await asyncio.gather(*(start_replica(settings, **environment) for _ in range(count)))
    try:
        await asyncio.gather(*(replica.wait_for("started") for replica in started))
        yield started
    finally:
        for replica in started:
            with contextlib.suppress(ProcessLookupError):
                replica.signal(signal.SIGKILL)
            await replica.process.wait()

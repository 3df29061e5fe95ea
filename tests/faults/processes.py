"""Starting the push engine in a process of its own, to be killed."""

import asyncio
import os
import sys

from core.config import Settings


async def start_pusher(settings: Settings, *, waits: str = "short") -> asyncio.subprocess.Process:
    """A process that pushes until nothing is open, as soon as it says that it started."""
    passwords = {
        "SERVICENOW_PASSWORD": settings.servicenow_password,
        "SERVICENOW_CLIENT_SECRET": settings.servicenow_client_secret,
    }
    plain = {
        "DATABASE_URL": settings.database_url,
        "SERVICENOW_URL": settings.servicenow_url,
        "SERVICENOW_AUTH": settings.servicenow_auth.value,
        "SERVICENOW_USERNAME": settings.servicenow_username,
        "SERVICENOW_CLIENT_ID": settings.servicenow_client_id,
        "PUSH_SETTLE_SECONDS": settings.push_settle_seconds,
        "PUSH_TIMEOUT_SECONDS": settings.push_timeout_seconds,
    }
    values = plain | {name: secret.get_secret_value() for name, secret in passwords.items() if secret is not None}
    environment = {
        **os.environ,
        **{f"GRCPUSH_{name}": str(value) for name, value in values.items() if value is not None},
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults.pusher", waits, env=environment, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"started\n"
    return process

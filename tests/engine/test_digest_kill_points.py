"""Killed around the post of a reminder: the owner gets it that day, and gets it once."""

import asyncio
import datetime as dt
import os
import signal
import sys
from dataclasses import replace

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.drawing.digests import send_digests
from core.config import Settings
from core.domain.actor import Identity
from core.usecases.people.actors import remember
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import SERVICE_PASSWORD
from sandbox.slack import Workspace
from tests.cast import Cast, make_local_edits
from tests.clocks import MovedClock
from tests.stage import EDITOR

NOON = 12


def zone_where_it_is_noon() -> str:
    """A zone in which it is between twelve and one: the two hours of a reminder that is due at twelve lie ahead."""
    return f"Etc/GMT{dt.datetime.now(dt.UTC).hour - NOON:+d}"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"digest_hour": NOON, "digest_days": "mon-sun", "slack_channel": None})


@pytest.mark.parametrize("point", ["before:post", "after:post"])
async def test_a_process_killed_around_the_post_neither_loses_the_reminder_nor_doubles_it(
    core: Core, cast: Cast, sample: Sample, settings: Settings, slack: Workspace, point: str
) -> None:
    await remember(core, Identity("Erin Editor", "editor@example.com", EDITOR, zone_where_it_is_noon()))
    await make_local_edits(core, cast.editor, sample, 1)
    environment = {
        "GRCPUSH_DATABASE_URL": settings.database_url,
        "GRCPUSH_SERVICENOW_URL": str(settings.servicenow_url),
        "GRCPUSH_SERVICENOW_USERNAME": str(settings.servicenow_username),
        "GRCPUSH_SERVICENOW_PASSWORD": SERVICE_PASSWORD,
        "GRCPUSH_SLACK_BOT_TOKEN": slack.bot_token,
        "GRCPUSH_SLACK_API_URL": f"{slack.url}/api/",
        "GRCPUSH_DIGEST_HOUR": str(NOON),
        "GRCPUSH_DIGEST_DAYS": "mon-sun",
    }
    arguments = (sys.executable, "-m", "tests.engine.dying_sender", point)
    dying = await asyncio.create_subprocess_exec(*arguments, env={**os.environ, **environment})
    assert await asyncio.wait_for(dying.wait(), 60) == -signal.SIGKILL

    later, client = MovedClock(), AsyncWebClient(token=slack.bot_token, base_url=f"{slack.url}/api/")
    for _ in range(3):
        later.forward(minutes=15)
        await send_digests(replace(core, clock=later), client)

    assert len(slack.direct_messages(EDITOR)) == 1

"""Killed before and after a call to Slack: the card tells the end, and stands in the channel once."""

import asyncio
import os
import signal

import pytest

from core.config import Settings
from core.domain.push import RequestState
from core.usecases.audit.verifying import verify_audit
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import ServiceNow
from sandbox.slack import Workspace
from tests.cast import Cast, an_approved_request, until_ended
from tests.engine.replicas import replicas, start_replica

PUSHED = 4
ROUNDS = range(int(os.environ.get("GRCPUSH_ROUNDS", "1")))


@pytest.mark.pitfall("P3", "M10")
@pytest.mark.parametrize("point", ["before:post", "after:post", "before:card", "after:card"])
@pytest.mark.parametrize("number", ROUNDS, ids=lambda number: f"round{number}")
async def test_killed_around_a_call_to_slack_the_push_ends_right_and_one_card_tells_it(
    core: Core,
    cast: Cast,
    sample: Sample,
    servicenow: ServiceNow,
    settings: Settings,
    slack: Workspace,
    point: str,
    number: int,
) -> None:
    servicenow.latency = 0.01 * number
    with_slack = {
        "GRCPUSH_SLACK_BOT_TOKEN": slack.bot_token,
        "GRCPUSH_SLACK_SIGNING_SECRET": slack.signing_secret,
        "GRCPUSH_SLACK_API_URL": f"{slack.url}/api/",
        "GRCPUSH_SLACK_CHANNEL": "C0GRC",
        # Rights are looked at once more when the push starts.
        "GRCPUSH_EDITORS": ",".join(settings.editors),
        "GRCPUSH_REQUESTERS": ",".join(settings.requesters),
        "GRCPUSH_APPROVERS": ",".join(settings.approvers),
    }
    card = await an_approved_request(core, cast, sample, PUSHED)
    dying = await start_replica(settings, REPLICA_DIES_AT=point, REPLICA_DIES_NTH="1", **with_slack)
    assert await asyncio.wait_for(dying.process.wait(), 60) == -signal.SIGKILL

    async with replicas(settings, 1, **with_slack):
        ended = await until_ended(core, card.id)
        await slack.wait_for(lambda: any(f"{PUSHED} pushed" in said.words for said in slack.messages("C0GRC")))

    assert ended.state is RequestState.DONE, [(r.label, r.outcome.value) for r in ended.results if not r.is_success]
    written = [write.sys_id for write in servicenow.writes()]
    assert len(written) == len(set(written)) == PUSHED
    assert len([said for said in slack.messages("C0GRC") if "Push request #1" in said.words]) == 1
    assert (await verify_audit(core)).fault == ""

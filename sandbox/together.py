"""Both stand-ins side by side, filled with the sample: what the demo and the tests of the whole run against."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from sandbox.data import Sample, load
from sandbox.servicenow import ServiceNow
from sandbox.serving import running
from sandbox.slack import Workspace


@dataclass(frozen=True)
class Sandbox:
    """A workspace and an instance, both listening."""

    slack: Workspace
    servicenow: ServiceNow
    sample: Sample
    slack_url: str
    servicenow_url: str


@contextlib.asynccontextmanager
async def running_sandbox(*, port: int = 0) -> AsyncIterator[Sandbox]:
    """Both servers until the block ends: the workspace on `port`, ServiceNow on the next one (any free ones for 0).

    Raises OSError when a port is taken.
    """
    servicenow, slack = ServiceNow(), Workspace()
    sample = load(servicenow)
    async with (
        running(servicenow.app, port=port + 1 if port else 0) as servicenow_url,
        slack.running(port=port) as slack_url,
    ):
        slack.links["servicenow"] = servicenow_url
        servicenow.links["slack"] = slack_url
        yield Sandbox(slack, servicenow, sample, slack_url, servicenow_url)

"""Everything the bot drew in the stand-in Slack during a test, held against the limits check."""

import json
import re
from collections.abc import Iterator
from typing import Any

from sandbox.slack import Workspace
from tests.payload_lint import faults_of

# The stand-in ServiceNow listens without TLS on the machine itself; a real one never does.
_LOOPBACK = re.compile(r"http://127\.0\.0\.1:\d+")


def lint_drawings(slack: Workspace) -> None:
    """Raise AssertionError with the faults of every message and modal that was sent."""
    faults = [f"{where}: {fault}" for where, drawn in drawings(slack) for fault in faults_of(drawn)]
    assert not faults, "\n".join(dict.fromkeys(faults))


def drawings(slack: Workspace) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every message and modal the bot sent, with the way it went; asked for again at the end of a test."""
    for call in slack.calls:
        if call.method in ("chat.postMessage", "chat.update") and call.args.get("blocks"):
            yield call.method, _real({"text": call.args["text"], "blocks": call.args["blocks"]})
        elif "view" in call.args:
            yield call.method, _real({key: value for key, value in call.args["view"].items() if key != "external_id"})
    for delivery in slack.deliveries:
        if isinstance(delivery.body, dict) and "view" in delivery.body:
            view = {key: value for key, value in delivery.body["view"].items() if key != "external_id"}
            yield "acknowledgement", _real(view)
    for message in slack.posts.everywhere():
        if message.via_response_url:
            for text, blocks in message.drawings:
                yield "response_url", _real({"text": text, "blocks": blocks})


def _real(payload: dict[str, Any]) -> dict[str, Any]:
    addressed: dict[str, Any] = json.loads(_LOOPBACK.sub("https://acme.service-now.com", json.dumps(payload)))
    return addressed

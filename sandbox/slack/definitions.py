"""The definitions of views as the bot sends them: by the Web API, or in the acknowledgement of a submission."""

import json
from typing import Any

from sandbox.slack.blockkit.whole import check_view
from sandbox.slack.refusal import Refusal

VIEW_BYTES = 250_000
"""Above this Slack answers view_too_large."""


def checked_definition(definition: Any, surface: str) -> dict[str, Any]:
    """The view when it is sound.

    Refused as invalid_arguments, with the places in response_metadata.messages, or as view_too_large.
    """
    report = check_view(definition, surface)
    if report.faults:
        raise Refusal("invalid_arguments", response_metadata={"messages": report.lines})
    if len(json.dumps(definition).encode()) > VIEW_BYTES:
        raise Refusal("view_too_large")
    return dict(definition)

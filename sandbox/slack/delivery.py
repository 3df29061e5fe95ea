"""What was sent to the bot, and what came of it."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

Payload = dict[str, Any]


@dataclass
class Delivery:
    """One delivery and its acknowledgement.

    `kind` is slash_commands, interactive, events_api or raw. `error` is None when the bot answered 2xx in time, else
    timeout, http_error, connection_failed or not_connected. `ack_ms` is how long the answer took.
    """

    kind: str
    payload: Payload
    user: str | None = None
    status: int | None = None
    body: Any = None
    ack_ms: float = 0.0
    error: str | None = None
    via: str = "http"
    attempt: int = 0

    @property
    def ok(self) -> bool:
        """Whether the bot acknowledged it in time."""
        return self.error is None

    @property
    def name(self) -> str:
        """What it was about: the command, the action id, the view's or shortcut's callback id, the type of event."""
        payload = self.payload
        if self.kind == "slash_commands":
            return str(payload["command"])
        if self.kind == "events_api":
            return str(payload["event"]["type"])
        if payload.get("type") == "block_actions":
            return str(payload["actions"][0]["action_id"])
        if payload.get("type") == "block_suggestion":
            return str(payload["action_id"])
        view = payload.get("view", {})
        return str(payload.get("callback_id") or view.get("callback_id") or payload.get("type", "raw"))


def encoded(kind: str, payload: Payload) -> tuple[bytes, str]:
    """The HTTP body and content type Slack uses for this kind of delivery."""
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"

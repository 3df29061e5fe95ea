"""Deliveries that are not what they seem: forged, replayed, stale; for tests of what the bot refuses."""

import time
from typing import Any

from sandbox.slack.deliveries.signing import signature
from sandbox.slack.delivery import Delivery, encoded
from sandbox.slack.service import Service


class Forging:
    """Posts to the bot's address with whatever signature and age is asked for."""

    def __init__(self, workspace: Service) -> None:
        self._workspace = workspace

    async def post(
        self,
        body: bytes,
        *,
        content_type: str = "application/x-www-form-urlencoded",
        secret: str | None = None,
        timestamp: str | None = None,
        signed: str | None = None,
    ) -> Delivery:
        """Post raw bytes. The defaults sign them properly; `signed` "" leaves the signature out.

        `secret` signs with another secret, `timestamp` with another time, `signed` is sent as it is.
        """
        stamp = str(int(time.time())) if timestamp is None else timestamp
        if signed is None:
            signed = signature(secret or self._workspace.signing_secret, stamp, body)
        headers = {"Content-Type": content_type, "X-Slack-Request-Timestamp": stamp}
        if signed:
            headers["X-Slack-Signature"] = signed
        return await self._workspace.sender.raw(body, headers)

    async def post_payload(self, kind: str, payload: dict[str, Any], **how: Any) -> Delivery:
        """Post a payload (of an earlier delivery, perhaps changed) as that kind; `how` as in `post`."""
        body, content_type = encoded(kind, payload)
        return await self.post(body, content_type=content_type, **how)

    async def again(self, delivery: Delivery) -> Delivery:
        """Deliver the very same thing once more, newly signed; an event as a retry, as Slack does."""
        attempt = delivery.attempt + 1 if delivery.kind == "events_api" else 0
        return await self._workspace.sender.attempt(
            delivery.kind, delivery.payload, delivery.user, attempt, "http_timeout" if attempt else None
        )

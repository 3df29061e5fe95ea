"""Sending deliveries: signed over HTTP, or in envelopes over Socket Mode; three seconds to answer."""

import asyncio
import json
import ssl
import time
from functools import cache
from typing import Any

import httpx

from sandbox.slack.deliveries.signing import signature
from sandbox.slack.deliveries.sockets import NotConnected, Sockets
from sandbox.slack.delivery import Delivery, Payload, encoded
from sandbox.slack.team import Team

RETRY_REASONS = {"timeout": "http_timeout", "http_error": "http_error", "connection_failed": "connection_failed"}


class Sender:
    """The workspace's postman."""

    def __init__(self, workspace: Team, sockets: Sockets) -> None:
        self._workspace = workspace
        self._sockets = sockets
        self._client: httpx.AsyncClient | None = None
        self._stamps: dict[int, int] = {}

    async def send(self, kind: str, payload: Payload, user: str | None = None) -> Delivery:
        """Deliver something a person did; what goes wrong is shown to that person.

        With `duplicate_deliveries` above 0 it is sent twice at once, and the first answer counts.
        """
        ws = self._workspace
        if ws.duplicate_deliveries > 0:
            ws.duplicate_deliveries -= 1
            first, _ = await asyncio.gather(self.attempt(kind, payload, user), self.attempt(kind, payload, user))
        else:
            first = await self.attempt(kind, payload, user)
        if not first.ok:
            self.failed(first, first.error or "")
        return first

    def failed(self, delivery: Delivery, reason: str) -> None:
        """Show a person that what they did came to nothing."""
        delivery.error = reason
        self._workspace.failures.append(delivery)
        self._workspace.feed.publish("delivery_failed", to=delivery.user, name=delivery.name, reason=reason)

    async def attempt(
        self, kind: str, payload: Payload, user: str | None = None, attempt: int = 0, reason: str | None = None
    ) -> Delivery:
        """One delivery, recorded; `attempt` above 0 marks a retry of an event, with the reason for it."""
        ws = self._workspace
        delivery = Delivery(kind, payload, user, attempt=attempt, via="socket" if ws.socket_mode else "http")
        ws.deliveries.append(delivery)
        started = time.perf_counter()
        try:
            async with asyncio.timeout(ws.ack_timeout):
                if ws.socket_mode:
                    await self._by_socket(delivery, reason)
                else:
                    await self._by_http(delivery, reason)
        except TimeoutError:
            delivery.error = "timeout"
        except NotConnected:
            delivery.error = "not_connected"
        except (httpx.TransportError, ConnectionError):
            delivery.error = "connection_failed"
        delivery.ack_ms = (time.perf_counter() - started) * 1000
        ws.feed.changed()
        return delivery

    async def raw(self, body: bytes, headers: dict[str, str]) -> Delivery:
        """Post any bytes with any headers to the bot, for those who want to see it refuse them."""
        delivery = Delivery("raw", {})
        started = time.perf_counter()
        await self._post(delivery, body, headers)
        delivery.ack_ms = (time.perf_counter() - started) * 1000
        return delivery

    async def close(self) -> None:
        """Hang up."""
        if self._client is not None:
            await self._client.aclose()

    async def _by_http(self, delivery: Delivery, reason: str | None) -> None:
        body, content_type = encoded(delivery.kind, delivery.payload)
        timestamp = self._timestamp(body)
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self._workspace.signing_secret, timestamp, body),
        }
        if delivery.attempt:
            headers |= {"X-Slack-Retry-Num": str(delivery.attempt), "X-Slack-Retry-Reason": reason or "http_error"}
        await self._post(delivery, body, headers)

    def _timestamp(self, body: bytes) -> str:
        """The time of sending. What is delivered again is signed anew, so it never bears the same time twice.

        The bot compares with its own clock, so this is real time whatever the workspace's clock says.
        """
        mark = hash(body)
        self._stamps[mark] = max(int(time.time()), self._stamps.get(mark, 0) + 1)
        return str(self._stamps[mark])

    async def _post(self, delivery: Delivery, body: bytes, headers: dict[str, str]) -> None:
        ws = self._workspace
        if ws.bot_url is None:
            raise NotConnected
        if self._client is None:
            self._client = httpx.AsyncClient(verify=_tls(), timeout=None, trust_env=False)  # noqa: S113 - it is around it
        answer = await self._client.post(ws.bot_url, content=body, headers=headers)
        delivery.status, delivery.body = answer.status_code, _read(answer)
        if not answer.is_success:
            delivery.error = "http_error"

    async def _by_socket(self, delivery: Delivery, reason: str | None) -> None:
        delivery.body = await self._sockets.send(delivery.kind, delivery.payload, delivery.attempt, reason)
        delivery.status = 200


@cache
def _tls() -> ssl.SSLContext:
    """Made once, as it takes a while; a bot on this machine is spoken to without."""
    return httpx.create_ssl_context(trust_env=False)


def _read(answer: httpx.Response) -> Any:
    if answer.headers.get("content-type", "").startswith("application/json"):
        try:
            return answer.json()
        except json.JSONDecodeError:
            return answer.text
    return answer.text

"""Reading what Slack delivers."""

from dataclasses import dataclass
from typing import Any, Protocol

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.actions import ButtonValue, decode
from core.domain.origin import Origin, Surface, Via


class Incoming(Protocol):
    """A delivery with the means to answer it, as Bolt hands it to every listener."""

    @property
    def body(self) -> dict[str, Any]:
        """What Slack sent."""

    @property
    def context(self) -> AsyncBoltContext:
        """What is kept beside it while it is handled."""

    @property
    def ack(self) -> AsyncAck:
        """The acknowledgement."""

    @property
    def client(self) -> AsyncWebClient:
        """For calls to Slack."""


@dataclass(frozen=True)
class Untaken:
    """A delivery that no listener was handed."""

    body: dict[str, Any]
    context: AsyncBoltContext

    @property
    def ack(self) -> AsyncAck:
        """The acknowledgement."""
        return self.context.ack

    @property
    def client(self) -> AsyncWebClient:
        """For calls to Slack."""
        return self.context.client


def user_of(body: dict[str, Any]) -> str:
    """The Slack id of the person a delivery is from."""
    user = body.get("user") or body.get("event", {}).get("user") or body.get("user_id") or ""
    return str(user["id"] if isinstance(user, dict) else user)


def home_url(body: dict[str, Any]) -> str:
    """Slack's address of our Home tab: every delivery names the workspace and the app."""
    team = body.get("team_id") or (body.get("team") or {}).get("id", "")
    return f"slack://app?team={team}&id={body['api_app_id']}&tab=home"


def origin_of(body: dict[str, Any]) -> Origin:
    """Where in Slack a delivery comes from: the message that was clicked, a modal, Home, a command, or a reply."""
    if "command" in body:
        return Origin(Via.SLACK, Surface.COMMAND, str(body.get("channel_id", "")))
    view = body.get("view")
    if view:
        return Origin(Via.SLACK, Surface.HOME if view.get("type") == "home" else Surface.MODAL)
    container = body.get("container", {})
    if container.get("type") == "message":
        return Origin(Via.SLACK, Surface.MESSAGE, str(container["channel_id"]), str(container["message_ts"]))
    return Origin(Via.SLACK, Surface.SHORTCUT if body.get("type") == "shortcut" else None)


def clicked(body: dict[str, Any]) -> ButtonValue:
    """What the clicked button, or the chosen menu entry, carries. Raises StaleCard when it carries nothing of ours."""
    return decode(carried(body["actions"][0]))


def carried(action: dict[str, Any]) -> str:
    """What a clicked element carries, as text; empty when it carries nothing."""
    option = action.get("selected_option") or {}
    return str(action.get("value") or option.get("value") or "")

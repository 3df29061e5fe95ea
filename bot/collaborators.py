"""What listeners are given: made once, in the composition root."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.background import Background
from bot.drawing.cards import Cards
from bot.drawing.home import Homes
from bot.slack.incoming import origin_of, user_of
from bot.slack.people import People
from core.domain.actor import Actor
from core.usecases.requests.drawings import shows_titles_only
from core.wiring import Core


def card_url(workspace_url: str, channel: str, ts: str) -> str:
    """The address of a message in the workspace of this address; empty where either is not known."""
    return f"{workspace_url}archives/{channel}/p{ts.replace('.', '')}" if workspace_url and ts else ""


@dataclass(frozen=True)
class Collaborators:
    """The objects every listener may use. `record_url` gives the address of a record in ServiceNow by its sys_id.

    `workspace_url` is the address of the Slack workspace, empty where Slack did not tell it.
    """

    core: Core
    client: AsyncWebClient
    people: People
    cards: Cards
    background: Background
    record_url: Callable[[str], str]
    homes: Homes
    workspace_url: str = ""

    def card_url(self, channel: str, ts: str) -> str:
        """The address of a message in this workspace; empty where the workspace's own is not known."""
        return card_url(self.workspace_url, channel, ts)

    def check_reader(self, actor: Actor, systems: tuple[str, ...]) -> None:
        """Raise NotAllowed where the team's channel shows no texts, and the actor has no role for one of the systems."""
        if shows_titles_only(self.core, self.core.settings.slack_channel or ""):
            actor.require_reader(systems)

    async def actor(self, body: dict[str, Any]) -> Actor:
        """The person a delivery is from, with the roles held now, and where they act. Raises NotAllowed for outsiders."""
        return await self.people.actor(user_of(body), origin_of(body))

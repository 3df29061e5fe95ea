"""What listeners are given: made once, in the composition root."""

from collections.abc import Callable
from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.background import Background
from bot.cards import Cards
from bot.people import People
from core.wiring import Core


@dataclass(frozen=True)
class Collaborators:
    """The objects every listener may use. `record_url` gives the address of a record in ServiceNow by its sys_id."""

    core: Core
    client: AsyncWebClient
    people: People
    cards: Cards
    background: Background
    record_url: Callable[[str], str]

"""The bot on stage: the real one, started against both stand-ins, and short ways to where a scene begins."""

import contextlib
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from bot.actions import Action, decode
from bot.app import Bot, Pace, running_bot
from bot.local import open_core
from bot.web.server import served
from core.clock import Clock
from core.config import Settings
from core.models.requests import RequestCard
from core.usecases.pulling.pull import pull
from core.usecases.requests.asking import request_push
from core.usecases.requests.cards import request_card
from core.usecases.requests.drafts import prepare_push
from core.usecases.statements.edits import get_statement, save_edit
from sandbox.data import Sample
from sandbox.servicenow import SERVICE_ACCOUNT, Commit, ServiceNow
from sandbox.slack import Delivery, Message, View, Workspace
from sandbox.slack.blockkit.reading import Placed, elements
from tests.cast import Cast, make_local_edits, meet_everybody

CHANNEL = "C0GRC"
EDITOR, REQUESTER, APPROVER, SECOND, ADMIN = "U0EDITOR", "U0REQUEST", "U0APPROVE", "U0SECOND", "U0ADMIN"
# What goes by the clock begins after the test: a pull in the background would find conflicts before the test does.
FAST = Pace(
    card_spacing=0.02,
    pushing_card_spacing=0.05,
    refused_card_spacing=0.02,
    engine_poll=0.1,
    first_tick_seconds=3_600,
)


def slack_settings(settings: Settings, slack: Workspace, **more: Any) -> Settings:
    """The settings, with this workspace's address and secrets and whatever else is given."""
    known = {
        "slack_bot_token": SecretStr(slack.bot_token),
        "slack_signing_secret": SecretStr(slack.signing_secret),
        "slack_api_url": f"{slack.url}/api/",
    }
    return Settings(**{**dict(settings), **known, **more})


@contextlib.asynccontextmanager
async def served_bot(
    settings: Settings, slack: Workspace, *, clock: Clock | None = None, pace: Pace = FAST
) -> AsyncIterator[Bot]:
    """The real bot behind a port of its own, known to the workspace, with everything pulled."""
    async with open_core(settings, clock) as core:
        await pull(core)
    async with running_bot(settings, clock=clock, pace=pace) as bot, served(bot.server, "127.0.0.1", 0) as url:
        slack.deliver_to(url)
        yield bot


@dataclass(frozen=True)
class Stage:
    """Everything a scene needs."""

    bot: Bot
    slack: Workspace
    servicenow: ServiceNow
    sample: Sample
    cast: Cast

    @classmethod
    async def set(cls, bot: Bot, slack: Workspace, servicenow: ServiceNow, sample: Sample) -> "Stage":
        """A stage with the people already known to the bot."""
        return cls(bot, slack, servicenow, sample, await meet_everybody(bot.core))

    async def edit(self, count: int | None = None) -> list[uuid.UUID]:
        """The editor's local edits; gives back the ids in list order."""
        return await make_local_edits(self.bot.core, self.cast.editor, self.sample, count)

    async def request(self, count: int | None = None, *, with_conflicts: bool = False) -> Message:
        """The editor's edits and a push request for them; gives back its card in the channel."""
        await self.edit(count)
        if with_conflicts:
            self.sample.apply_remote_edits(self.servicenow)
        return await self.ask(count)

    async def ask(self, count: int | None = None) -> Message:
        """The requester asks for a push of so many of the sample's edits; gives back the card in the channel."""
        wanted = [(await get_statement(self.bot.core, edit.sys_id)).id for edit in self.sample.local_edits[:count]]
        asked = await self.ask_for(wanted)
        return await self.slack.wait_message(f"Push request #{asked.number}", channel=CHANNEL)

    async def ask_for(self, wanted: Sequence[uuid.UUID]) -> RequestCard:
        """The requester asks for a push of these statements."""
        draft = await prepare_push(self.bot.core, self.cast.requester, wanted)
        return await request_push(self.bot.core, self.cast.requester, draft.request_id, channel=CHANNEL)

    async def card_of(self, message: Message) -> RequestCard:
        """What our rows say of the request behind a card."""
        values = [
            element["value"]
            for block in message.blocks
            for element in block.get("elements", [])
            if element.get("action_id") == Action.REVIEW
        ]
        return await request_card(self.bot.core, decode(values[0]).id)

    async def until(self, message: Message, words: str, timeout: float = 60) -> None:  # noqa: ASYNC109
        """Wait until a person can read these words in the message."""
        await self.slack.wait_for(lambda: words in message.words, timeout)

    async def save(self, statement_id: uuid.UUID, text: str) -> None:
        """The editor saves a local text."""
        await save_edit(self.bot.core, self.cast.editor, statement_id, text, source="test")

    def conflicts(self, card: Message) -> list[Message]:
        """The conflicts in the card's thread, as they are."""
        return [reply for reply in self.slack.thread(card.channel, card.ts) if reply.ts != card.ts and reply.blocks]

    async def until_conflicts(self, card: Message, count: int) -> list[Message]:
        """The replies in the thread, once there are so many."""
        await self.slack.wait_for(lambda: len(self.conflicts(card)) >= count)
        return self.conflicts(card)

    def written(self) -> list[Commit]:
        """What the service account wrote to ServiceNow."""
        return self.servicenow.writes(by=SERVICE_ACCOUNT)

    async def click(self, who: str, where: Message | View, action: str) -> Delivery:
        """Somebody presses a button and answers yes when asked."""
        delivery = await self.slack.person(who).click(where, action)
        assert delivery is not None
        return delivery

    async def click_again(self, who: str, where: Message, pressed: Placed) -> Delivery:
        """Somebody presses a button that was drawn there earlier: their client had not seen the newer drawing yet."""
        delivery = await self.slack.acting.act(who, where, pressed, {})
        assert delivery is not None
        return delivery

    def elements(self, where: Message | View, action: str) -> list[Placed]:
        """Every element with this action id that is on show."""
        return [placed for placed in elements(where.blocks) if placed.action_id == action]

    def button(self, where: Message | View, action: str) -> Placed:
        """The one element with this action id."""
        (placed,) = self.elements(where, action)
        return placed

    def shows(self, where: Message | View, action: str) -> bool:
        """Whether such an element is on show."""
        return bool(self.elements(where, action))

    async def pull(self) -> None:
        """Take over what changed in ServiceNow, as happens by the clock."""
        await pull(self.bot.core)

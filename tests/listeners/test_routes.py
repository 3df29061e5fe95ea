import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.actions import Action, ButtonValue, Callback
from bot.collaborators import Collaborators
from bot.listeners import register_all
from bot.slack.manifest import app_manifest
from core.ids import new_id
from sandbox.slack.blockkit.reading import elements
from tests.stage import REQUESTER, Stage

GOLDEN = Path(__file__).parents[1] / "views" / "golden"


class Registry:
    """Stands where the Slack application stands and keeps what is registered."""

    def __init__(self) -> None:
        self.commands: list[str] = []
        self.events: list[str] = []
        self.actions: list[str] = []
        self.views: list[str] = []
        self.menus: list[str] = []
        self.shortcuts: list[str] = []
        self.last_resorts: list[Any] = []

    def command(self, name: str) -> Callable[[Any], Any]:
        return self._kept(self.commands, name)

    def action(self, name: str) -> Callable[[Any], Any]:
        return self._kept(self.actions, name)

    def view(self, name: str) -> Callable[[Any], Any]:
        return self._kept(self.views, name)

    def shortcut(self, name: str) -> Callable[[Any], Any]:
        return self._kept(self.shortcuts, name)

    def event(self, name: str) -> Callable[[Any], Any]:
        return self._kept(self.events, name)

    def options(self, name: str) -> Callable[[Any], Any]:
        return self._kept(self.menus, name)

    def error(self, handler: Any) -> Any:
        self.last_resorts.append(handler)
        return handler

    def _kept(self, names: list[str], name: str) -> Callable[[Any], Any]:
        names.append(name)
        return lambda listener: listener


async def test_every_action_and_submission_has_one_listener_and_every_listener_has_its_word(stage: Stage) -> None:
    bot, registry = stage.bot, Registry()

    register_all(registry, Collaborators(bot.core, bot.client, None, bot.cards, None, str, None))  # type: ignore[arg-type]

    assert sorted(registry.actions) == sorted(Action)
    # What can only be read has no submit button, so nothing of it is ever delivered.
    assert sorted(registry.views) == sorted(set(Callback) - {Callback.READ_ONLY})
    assert registry.commands == ["/grcpush"]
    assert registry.shortcuts == [shortcut["callback_id"] for shortcut in app_manifest()["features"]["shortcuts"]]
    # A menu that is filled as somebody types has two: one for what is typed, one for what is chosen.
    assert set(registry.menus) == {Action.FILTER_SYSTEM, Action.FILTER_FAMILY, Action.FILTER_OWNER}


def drawn_actions() -> set[str]:
    """The action id of everything that can be clicked in any of the drawings that are kept."""
    found: set[str] = set()
    for path in GOLDEN.glob("*.json"):
        drawn = json.loads(path.read_text(encoding="utf-8"))
        found |= {placed.action_id for placed in elements(drawn["blocks"]) if placed.block["type"] != "input"}
        # Fields are sent with their form; only one that acts by itself needs somebody who listens.
        found |= {placed.action_id for placed in elements(drawn["blocks"]) if placed.block.get("dispatch_action")}
    return found


async def test_whatever_is_drawn_has_its_listener_and_every_listener_is_drawn_somewhere(stage: Stage) -> None:
    registry, bot = Registry(), stage.bot
    register_all(registry, Collaborators(bot.core, bot.client, None, bot.cards, None, str, None))  # type: ignore[arg-type]
    ticked = {Action.TICK}  # boxes in a modal stand in a field

    assert drawn_actions() | ticked == set(registry.actions)


async def test_every_action_is_answered_over_the_socket(stage: Stage) -> None:
    card = await stage.request(1)
    known = (await stage.click(REQUESTER, card, Action.REVIEW)).payload
    nobody = ButtonValue(new_id()).encode()

    statuses = {}
    for name in Action:
        action = {"action_id": str(name), "block_id": "b", "type": "button", "value": nobody, "action_ts": "1.0"}
        delivery = await stage.slack.forging.post_payload("interactive", {**known, "actions": [action]})
        statuses[str(name)] = delivery.status

    assert set(statuses.values()) == {200}

from collections.abc import Callable
from typing import Any

from bot.actions import Action, ButtonValue, Callback
from bot.collaborators import Collaborators
from bot.listeners import register_all
from bot.manifest import app_manifest
from core.ids import new_id
from tests.stage import REQUESTER, Stage


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

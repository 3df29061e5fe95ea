"""Modals in their stack of at most three, and the Home tab of each person."""

import copy
import secrets
from dataclasses import dataclass, field
from typing import Any

from sandbox.slack.blockkit.reading import Block, visible_text, with_ids
from sandbox.slack.blockkit.state import Values, carried_state, initial_state
from sandbox.slack.ids import new_id
from sandbox.slack.refusal import Refusal

STACK_LIMIT = 3

_KEPT = (
    "callback_id",
    "external_id",
    "private_metadata",
    "title",
    "submit",
    "close",
    "clear_on_close",
    "notify_on_close",
)


@dataclass
class View:
    """A modal or Home tab as it is now; `drawings` keeps every form it had."""

    id: str
    user: str
    team_id: str
    definition: dict[str, Any]
    root_view_id: str
    previous_view_id: str | None = None
    hash: str = ""
    state: Values = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    drawings: list[dict[str, Any]] = field(default_factory=list)
    is_open: bool = True

    @property
    def blocks(self) -> list[Block]:
        """Its blocks, every one with an id."""
        blocks: list[Block] = self.definition["blocks"]
        return blocks

    @property
    def callback_id(self) -> str:
        """The app's name for this kind of view."""
        return str(self.definition.get("callback_id", ""))

    @property
    def private_metadata(self) -> str:
        """What the app stored in it."""
        return str(self.definition.get("private_metadata", ""))

    @property
    def title(self) -> str:
        """The words at its top; empty for a Home tab."""
        return str(self.definition.get("title", {}).get("text", ""))

    @property
    def words(self) -> str:
        """Everything a person can read in it."""
        return "\n".join(part for part in (self.title, visible_text(self.blocks)) if part)

    def draw(self, definition: dict[str, Any]) -> None:
        """Put a definition in place, with a new hash; entered values stay where the ids stay."""
        named = {**definition, "blocks": with_ids(definition["blocks"])}
        self.state = carried_state(self.state, named["blocks"]) if self.drawings else initial_state(named["blocks"])
        self.definition = named
        self.errors = {}
        self.hash = f"{secrets.randbelow(10**10):010d}.{secrets.token_hex(4)}"
        self.drawings.append(named)

    def as_slack(self, app_id: str, bot_id: str) -> dict[str, Any]:
        """The view object of payloads and Web API answers."""
        shown = {name: self.definition.get(name) for name in _KEPT}
        defaults = {"callback_id": "", "external_id": "", "private_metadata": ""}
        flags = {name: bool(shown[name]) for name in ("clear_on_close", "notify_on_close")}
        return {
            "id": self.id,
            "team_id": self.team_id,
            "type": self.definition["type"],
            "blocks": self.blocks,
            **shown,
            **{name: shown[name] or default for name, default in defaults.items()},
            **flags,
            "state": {"values": copy.deepcopy(self.state)},
            "hash": self.hash,
            "root_view_id": self.root_view_id,
            "previous_view_id": self.previous_view_id,
            "app_id": app_id,
            "app_installed_team_id": self.team_id,
            "bot_id": bot_id,
        }


class Views:
    """Which modals each person has open, bottom first, and each person's Home."""

    def __init__(self, team_id: str) -> None:
        self._team_id = team_id
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}
        self._known: dict[str, View] = {}

    def stack(self, user: str) -> list[View]:
        """The open modals of a person, bottom first."""
        return list(self._stacks.get(user, []))

    def home(self, user: str) -> View | None:
        """The person's Home tab, when one was published."""
        return self._homes.get(user)

    def open(self, user: str, definition: dict[str, Any]) -> View:
        """A new modal at the bottom of the stack; what was open before is gone."""
        self._refuse_taken_external_id(definition)
        self.clear(user)
        view_id = new_id("V")
        return self._put(user, View(view_id, user, self._team_id, {}, root_view_id=view_id), definition)

    def push(self, user: str, definition: dict[str, Any]) -> View:
        """A new modal on top of the open ones. Refused as push_limit_reached when three are open."""
        stack = self._stacks.get(user, [])
        if not stack:
            return self.open(user, definition)
        if len(stack) >= STACK_LIMIT:
            raise Refusal("push_limit_reached")
        self._refuse_taken_external_id(definition)
        view = View(new_id("V"), user, self._team_id, {}, stack[0].id, previous_view_id=stack[-1].id)
        return self._put(user, view, definition)

    def update(self, view: View, definition: dict[str, Any], hash_seen: str | None) -> View:
        """The view redrawn. Refused as hash_conflict when `hash_seen` is not its present hash."""
        if hash_seen and hash_seen != view.hash:
            raise Refusal("hash_conflict")
        self._refuse_taken_external_id(definition, besides=view)
        view.draw(definition)
        return view

    def publish(self, user: str, definition: dict[str, Any], hash_seen: str | None) -> View:
        """The person's Home, redrawn or new. Refused as hash_conflict when `hash_seen` is stale."""
        home = self._homes.get(user)
        if home is not None:
            return self.update(home, definition, hash_seen)
        view_id = new_id("V")
        home = View(view_id, user, self._team_id, {}, root_view_id=view_id)
        home.draw(definition)
        self._homes[user] = self._known[view_id] = home
        return home

    def find(self, view_id: str | None, external_id: str | None = None) -> View | None:
        """An open modal or a Home by its id or the app's external id."""
        if view_id:
            view = self._known.get(view_id)
            return view if view is not None and view.is_open else None
        named = (view for view in self._known.values() if view.definition.get("external_id") == external_id)
        return next((view for view in named if view.is_open), None) if external_id else None

    def close(self, view: View) -> None:
        """Close one modal; those beneath it stay."""
        view.is_open = False
        self._stacks[view.user] = [other for other in self._stacks.get(view.user, []) if other is not view]

    def clear(self, user: str) -> None:
        """Close all modals of a person."""
        for view in self.stack(user):
            self.close(view)

    def _put(self, user: str, view: View, definition: dict[str, Any]) -> View:
        view.draw(definition)
        self._stacks.setdefault(user, []).append(view)
        self._known[view.id] = view
        return view

    def _refuse_taken_external_id(self, definition: dict[str, Any], besides: View | None = None) -> None:
        external_id = definition.get("external_id")
        holder = self.find(None, external_id)
        if holder is not None and holder is not besides:
            raise Refusal("duplicate_external_id")

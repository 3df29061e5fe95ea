"""Buttons that lead to the same places from wherever they stand."""

import uuid
from typing import Literal

from bot.actions import Action, ButtonValue
from bot.views.parts.blocks import Element, button, link_button

_NOWHERE = ButtonValue(uuid.UUID(int=0))


def my_changes(label: str, *, style: Literal["primary"] | None = None) -> Element:
    """To the choice among one's own edits."""
    spoken = f"{label} of mine to push"
    return button(label, Action.CHOOSE_MINE, _NOWHERE, spoken=spoken, style=style)


def all_changes() -> Element:
    """To the choice among everybody's edits."""
    return button("All changes", Action.CHOOSE_ANY, _NOWHERE, spoken="All changes: choose among everybody's statements")


def settings_button() -> Element:
    """To what one is told, and the team's policy."""
    return button("Settings", Action.SETTINGS, _NOWHERE, spoken="Settings: what I am told, and the team's policy")


def home_button(url: str) -> Element:
    """To the Home tab; `url` is Slack's own address of it."""
    return link_button("Open Home", url, spoken="Open Home: all that waits for me")

"""Menus and fields that act at once, without a form being sent."""

from collections.abc import Sequence

from bot.actions import Action
from bot.views.parts.blocks import Block, Element, plain

_OPTION = 75
_PLACEHOLDER = 150
_LONGEST_SEARCH = 100


def menu_option(text: str, value: str) -> Element:
    """One line of a menu. Raises ValueError for a value longer than Slack takes."""
    if len(value) > _OPTION:
        raise ValueError("the value of a menu's option has at most 75 characters")
    return {"text": plain(text, _OPTION), "value": value}


def static_menu(action: Action, options: Sequence[Element], *, placeholder: str, chosen: str = "") -> Element:
    """A menu of a few fixed choices; `chosen` names the value that is set. Its `placeholder` is also its spoken name."""
    element = _menu("static_select", action, placeholder) | {"options": list(options)}
    return _with_initial(element, next((each for each in options if each["value"] == chosen), None))


def typing_menu(action: Action, *, placeholder: str, chosen: Element | None = None) -> Element:
    """A menu whose choices are asked for as the person types; all of them before the first letter."""
    return _with_initial(_menu("external_select", action, placeholder) | {"min_query_length": 0}, chosen)


def search_field(block_id: str, action: Action, label: str, text: str, *, hint: str) -> Block:
    """A line to type in, told to us when Enter is pressed."""
    element: Element = {
        "type": "plain_text_input",
        "action_id": action.value,
        "max_length": _LONGEST_SEARCH,
        "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
        "placeholder": plain(hint, _PLACEHOLDER),
    }
    if text:
        element["initial_value"] = text
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": element,
        "optional": True,
        "dispatch_action": True,
    }


def _menu(kind: str, action: Action, placeholder: str) -> Element:
    return {"type": kind, "action_id": action.value, "placeholder": plain(placeholder, _PLACEHOLDER)}


def _with_initial(element: Element, chosen: Element | None) -> Element:
    return element if chosen is None else {**element, "initial_option": chosen}

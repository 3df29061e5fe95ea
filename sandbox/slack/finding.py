"""Finding the element a person means, and the choice they make in it; failing loudly when it is not on show."""

from typing import Any

from sandbox.slack.blockkit.reading import Placed, elements
from sandbox.slack.blockkit.state import HOLDS_MANY, VALUE_FIELD, options_of
from sandbox.slack.deliveries.payloads import Place

Option = dict[str, Any]


class NotOnShow(AssertionError):
    """There is no such element or option; the message says which there are."""


def find_element(place: Place, action_id: str, block_id: str | None = None, value: str | None = None) -> Placed:
    """The one element with that action id; block id or value tell several apart.

    Raises NotOnShow when there is none, or more than one.
    """
    shown = list(elements(place.blocks))
    matching = [
        placed
        for placed in shown
        if placed.action_id == action_id
        and block_id in (None, placed.block_id)
        and (value is None or placed.element.get("value") == value)
    ]
    if len(matching) == 1:
        return matching[0]
    there = ", ".join(f"{p.block_id}/{p.action_id}={p.element.get('value', '')!r}" for p in shown) or "nothing"
    found = "several elements" if matching else "no element"
    wanted = f"{action_id!r}, block {block_id!r}, value {value!r}"
    raise NotOnShow(f"{found} with action id {wanted}; on show: {there}")


def find_field(place: Place, name: str) -> Placed:
    """The element with that action id, else the element of the block with that id. Raises NotOnShow."""
    shown = list(elements(place.blocks))
    matching = [placed for placed in shown if placed.action_id == name]
    matching = matching or [placed for placed in shown if placed.block_id == name]
    if len(matching) != 1:
        there = ", ".join(f"{placed.block_id}/{placed.action_id}" for placed in shown) or "nothing"
        raise NotOnShow(f"{len(matching)} fields called {name!r}; on show: {there}")
    return matching[0]


def find_option(options: list[Option], wanted: Any) -> Option:
    """The option with that value or those words. Raises NotOnShow."""
    for option in options:
        if wanted in (option["value"], option["text"]["text"]) or wanted == option:
            return option
    there = ", ".join(f"{option['value']!r} ({option['text']['text']})" for option in options) or "none"
    raise NotOnShow(f"no option {wanted!r}; on show: {there}")


def choice_for(element: dict[str, Any], wanted: Any, offered: list[Option] | None = None) -> dict[str, Any]:
    """The fields of an action in which `wanted` was chosen, typed or picked.

    Options are named by value or words; `offered` are those the bot gave for an external select.
    Raises NotOnShow for what is not offered, or more of it than allowed.
    """
    kind = element["type"]
    if kind == "button":
        return {}
    if kind == "overflow":
        return {"selected_option": find_option(element["options"], wanted)}
    name = VALUE_FIELD[kind][0]
    options = offered if offered is not None else options_of(element)
    if kind in HOLDS_MANY:
        chosen = [wanted] if isinstance(wanted, str | dict) else list(wanted)
        if len(chosen) > element.get("max_selected_items", len(chosen)):
            raise NotOnShow(f"at most {element['max_selected_items']} may be chosen in {element['action_id']}")
        return {name: chosen if options is None else [find_option(options, one) for one in chosen]}
    if options is not None and wanted is not None:
        return {name: find_option(options, wanted)}
    return {name: wanted}

"""What somebody chooses who does not look: any option of any element, any words in any field."""

from typing import Any

from sandbox.slack import View
from sandbox.slack.blockkit.reading import elements


def chosen(element: dict[str, Any], which: int) -> dict[str, Any] | None:
    """The fields of a click on the element; None for one that is no thing to click without more knowledge."""
    kind, options = element["type"], element.get("options", [])
    if kind == "button":
        return {}
    if kind in ("overflow", "radio_buttons", "static_select") and options:
        return {"selected_option": options[which % len(options)]}
    if kind == "checkboxes":
        return {"selected_options": [option for place, option in enumerate(options) if which >> place & 1]}
    return None


def filled(view: View, which: int, text: str) -> dict[str, Any]:
    """Something for each field of a modal, by its block id: the text, or one of the choices."""
    values: dict[str, Any] = {}
    for placed in elements(view.blocks):
        if placed.block["type"] != "input":
            continue
        kind = placed.element["type"]
        if kind == "plain_text_input":
            values[placed.block_id] = text
        elif kind in ("radio_buttons", "static_select"):
            options = placed.element["options"]
            values[placed.block_id] = options[which % len(options)]["value"]
    return values

"""Finding things in a drawing, as a person would: by the words on a button."""

from typing import Any

from bot.actions import ButtonValue, decode
from bot.views.parts.blocks import Message
from sandbox.slack.blockkit.reading import elements, visible_text

Drawing = Message | dict[str, Any]


def blocks_of(drawing: Drawing) -> list[dict[str, Any]]:
    """The blocks of a message or modal."""
    return drawing.blocks if isinstance(drawing, Message) else drawing["blocks"]


def words_of(drawing: Drawing) -> str:
    """Everything a person can read."""
    return visible_text(blocks_of(drawing))


def buttons_of(drawing: Drawing) -> dict[str, dict[str, Any]]:
    """The buttons by their labels."""
    found = [placed.element for placed in elements(blocks_of(drawing)) if placed.element["type"] == "button"]
    return {button["text"]["text"]: button for button in found}


def labels_of(drawing: Drawing) -> list[str]:
    """The labels of the buttons, in reading order."""
    return list(buttons_of(drawing))


def value_of(drawing: Drawing, label: str) -> ButtonValue:
    """What the button of this label carries."""
    return decode(buttons_of(drawing)[label]["value"])


def elements_of(drawing: Drawing, kind: str) -> list[dict[str, Any]]:
    """The elements of one kind."""
    return [placed.element for placed in elements(blocks_of(drawing)) if placed.element["type"] == kind]

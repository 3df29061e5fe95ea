"""Fields of modals that take statement text, and what fits into them."""

from collections.abc import Sequence

from bot.views.parts.blocks import Block, Element, option, plain

TYPED = "typed"
"""Action id of every field in which a statement, or a part of one, is written or chosen; its block id says which."""

FIELD = 3_000
"""Characters that one field of Slack's takes."""
LONGEST = 2_900
"""Longer texts are not offered in one field: whoever edits also adds."""
WARN_FROM = 2_700
"""From here on the room that is left is told."""

TEXT, BLOCK, PICK = "text", "block", "pick"


def text_field(name: str, label: str, initial: str, *, hint: str = "", optional: bool = False) -> Block:
    """A field of several lines that holds `initial` at first.

    `name` must be new for each drawing: under an old one, Slack keeps what stood in the field before.
    """
    element: Element = {"type": "plain_text_input", "action_id": TYPED, "multiline": True, "max_length": FIELD}
    if initial:
        element["initial_value"] = initial
    return _input(name, label, element, hint=hint, optional=optional)


def pick_field(name: str, label: str, choices: Sequence[tuple[str, str]], chosen: str = "") -> Block:
    """One of a few choices, given as (value, words); none is chosen at first unless `chosen` names it."""
    options = [option(words, value) for value, words in choices]
    element: Element = {"type": "radio_buttons", "action_id": TYPED, "options": options}
    initial = next((each for each in options if each["value"] == chosen), None)
    return _input(name, label, {**element, "initial_option": initial} if initial else element)


def field_name(kind: str, number: int, drawing: int) -> str:
    """The block id of a field: which part it is, and in which drawing."""
    return f"{kind}:{number}:{drawing}"


def part_of(name: str) -> tuple[str, int]:
    """The kind and number in a field's block id. Raises ValueError for a block that is no such field."""
    kind, number, _ = name.split(":")
    return kind, int(number)


def room_hint(text: str) -> str:
    """How much may still be added, where that is little."""
    return f"{FIELD - len(text):,} more characters fit in here." if len(text) >= WARN_FROM else ""


def _input(name: str, label: str, element: Element, *, hint: str = "", optional: bool = False) -> Block:
    block: Block = {
        "type": "input",
        "block_id": name,
        "label": plain(label, 150),
        "element": element,
        "optional": optional,
    }
    return {**block, "hint": plain(hint, 300)} if hint else block

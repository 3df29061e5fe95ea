"""What is on show in a list of blocks: its words, and the elements a person can use."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.slack.ids import short_id

Block = dict[str, Any]


@dataclass(frozen=True)
class Placed:
    """An interactive element and the block it stands in."""

    block: Block
    element: dict[str, Any]

    @property
    def block_id(self) -> str:
        """The id of the block around it."""
        return str(self.block["block_id"])

    @property
    def action_id(self) -> str:
        """The id of the element."""
        return str(self.element["action_id"])


def elements(blocks: list[Block]) -> Iterator[Placed]:
    """Every element with an action id, in reading order."""
    for block in blocks:
        held = [*block.get("elements", [])] if block["type"] == "actions" else []
        held += [block[part] for part in ("accessory", "element") if part in block]
        for element in held:
            if element.get("type") != "image":
                yield Placed(block, element)


def with_ids(blocks: list[Block]) -> list[Block]:
    """A copy of the blocks in which every block and element has an id, invented where the sender gave none."""
    named = copy.deepcopy(blocks)
    for block in named:
        block.setdefault("block_id", short_id())
    for placed in elements(named):
        placed.element.setdefault("action_id", short_id())
    return named


def visible_text(blocks: list[Block]) -> str:
    """All words of the blocks as they were sent, what is prefilled included; one line for each piece."""
    return "\n".join(piece for piece in _words(blocks) if piece)


_SPOKEN = (
    "title",
    "text",
    "fields",
    "label",
    "hint",
    "description",
    "placeholder",
    "caption",
    "rows",
    "alt_text",
    "initial_value",
)
_HOLDERS = ("accessory", "element", "elements", "options", "option_groups")
_LINES = {"rich_text_section", "rich_text_preformatted", "rich_text_quote"}


def _words(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for part in node:
            yield from _words(part)
    elif isinstance(node, dict):
        if node.get("type") in _LINES:
            yield "".join(_rich_piece(part) for part in node.get("elements", []))
            return
        for key in (*_SPOKEN, *_HOLDERS):
            if key in node:
                yield from _words(node[key])


def _rich_piece(part: dict[str, Any]) -> str:
    marks = {"user": "user_id", "channel": "channel_id", "usergroup": "usergroup_id", "broadcast": "range"}
    kind = part.get("type", "")
    if kind == "emoji":
        return f":{part.get('name', '')}:"
    if kind in marks:
        return f"@{part.get(marks[kind], '')}"
    return str(part.get("text") or part.get("fallback") or part.get("url") or "")

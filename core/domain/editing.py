"""A statement in the form in which people write it, and what they wrote as a statement again.

Whoever changes one word changes one block: all others come back with the very bytes they had.
"""

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from core.errors import LossyText, Refused
from core.text.block_editing import editable_blocks, with_block
from core.text.content import Block, TextKind, assemble, clean, fingerprint, leaf_blocks, lost_content
from core.text.markdown import from_markdown, lost_in_markdown, round_trips, to_markdown

_LINE_END = re.compile(r"\r\n?")


class Format(StrEnum):
    """In which form a statement is written by people."""

    MARKDOWN = "markdown"
    HTML = "html"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Written:
    """A statement as people write it: `body` has one way to end lines, and no empty line at its end."""

    format: Format
    body: str


@dataclass(frozen=True, slots=True)
class BlockField:
    """One block of a statement that is edited block by block; `position` counts the blocks from 0."""

    position: int
    label: str
    text: str
    may_be_edited: bool


def written(text: str, kind: TextKind) -> Written:
    """The statement for an editor: as Markdown only where the way there and back is proved for this very text."""
    if kind is TextKind.PLAIN:
        return Written(Format.PLAIN, as_lines(text))
    if round_trips(text):
        return Written(Format.MARKDOWN, as_lines(to_markdown(text)))
    return Written(Format.HTML, as_lines(text))


def is_same_writing(shown: str, typed: str) -> bool:
    """Whether nothing was typed: line ends, and empty lines at the end, are the editor's and not the person's."""
    return as_lines(shown) == as_lines(typed)


def read_back(original: str, shown: Written, typed: str, kind: TextKind) -> str:
    """The statement that was typed over `shown`; the original itself, byte for byte, when nothing was typed."""
    return original if is_same_writing(shown.body, typed) else statement_of(typed, shown.format, kind, [original])


def statement_of(typed: str, form: Format, kind: TextKind, originals: Iterable[str]) -> str:
    """The statement that this writing says, with the bytes of every block that one of the originals has just so.

    Raises LossyText for writing that asks for content that cannot be carried.
    """
    lines = as_lines(typed)
    originals = list(originals)
    if form is Format.PLAIN:
        return lines.replace("\n", "\r\n") if any("\r\n" in original for original in originals) else lines
    if lost := lost_in_markdown(lines) if form is Format.MARKDOWN else lost_content(lines, kind):
        raise _lossy(lost)
    return keeping_bytes(from_markdown(lines) if form is Format.MARKDOWN else lines, originals, kind)


def keeping_bytes(text: str, originals: Iterable[str], kind: TextKind) -> str:
    """The text with the bytes of the originals wherever a block says and looks the same; the first original wins."""
    known: defaultdict[tuple[str, str], deque[Block]] = defaultdict(deque)
    for original in originals:
        own: defaultdict[tuple[str, str], deque[Block]] = defaultdict(deque)
        for block in leaf_blocks(original, kind):
            own[block.key, block.style].append(block)
        known = defaultdict(deque, own | known)
    blocks = [_taken(known[block.key, block.style], block) for block in leaf_blocks(text, kind)]
    kept = assemble(blocks)
    return kept if fingerprint(kept, kind) == fingerprint(text, kind) else clean(text, kind)


def _taken(same: deque[Block], block: Block) -> Block:
    """The next of the equal blocks; the last one serves for all further ones."""
    if not same:
        return block
    return same.popleft() if len(same) > 1 else same[0]


def block_fields(text: str, kind: TextKind) -> list[BlockField]:
    """The blocks of a statement for editing one by one; those that words alone cannot say are only shown."""
    blocks = leaf_blocks(text, kind)
    if kind is TextKind.PLAIN:
        return [BlockField(position, "", as_lines(block.html), True) for position, block in enumerate(blocks)]
    offered = {position: markdown for position, _, markdown in editable_blocks(text)}
    return [
        BlockField(position, block.label, offered.get(position, block.text), position in offered)
        for position, block in enumerate(blocks)
    ]


def with_fields(text: str, kind: TextKind, typed: Mapping[int, str]) -> str:
    """The statement with the words typed into its blocks; a block left empty goes.

    The text itself, byte for byte, when no words changed. Raises Refused when a position is no block that may be edited,
    when its words are more than one block, and when the other blocks would not say the same any more.
    """
    original = leaf_blocks(text, kind)
    offered = {field.position: field for field in block_fields(text, kind) if field.may_be_edited}
    # From the last to the first, so that a block that goes moves no position that is still to come.
    for position in sorted(typed, reverse=True):
        if position not in offered:
            raise Refused("The paragraphs are not those that were shown.", next_step="Open the statement again.")
        if not is_same_writing(offered[position].text.strip(), typed[position].strip()):
            text = _with_field(text, kind, position, as_lines(typed[position]))
    said = iter((block.text, block.style) for block in leaf_blocks(text, kind))
    if not all((block.text, block.style) in said for position, block in enumerate(original) if position not in typed):
        raise Refused(
            "Put together, the other paragraphs would not stay as they are, so nothing was saved.",
            next_step="Edit this statement with grcpush edit, or in ServiceNow.",
        )
    return text


def _with_field(text: str, kind: TextKind, position: int, words: str) -> str:
    if kind is TextKind.HTML:
        if lost := lost_in_markdown(words):
            raise _lossy(lost)
        try:
            return with_block(text, position, words.strip())
        except ValueError as error:
            raise Refused(f"In paragraph {position + 1}, {error}.") from error
    blocks: list[Block] = leaf_blocks(text, kind)
    html = words.replace("\n", blocks[position].line_end)
    own = [replace(blocks[position], html=html)] if words.strip() else []
    return assemble([*blocks[:position], *own, *blocks[position + 1 :]])


def _lossy(lost: tuple[str, ...]) -> LossyText:
    return LossyText(
        f"The text holds content grcpush cannot carry: {', '.join(lost)}.",
        next_step="Take it out, or edit this statement in ServiceNow itself.",
    )


def as_lines(text: str) -> str:
    """The text with one way to end lines, and without empty lines at its end."""
    return _LINE_END.sub("\n", text).rstrip("\n")

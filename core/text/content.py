"""The door to statement text: everything other packages ask of it, for either kind of field."""

import contextlib
from collections.abc import Sequence
from functools import lru_cache

from core.text.block import Block
from core.text.blocks import assembled_html, html_blocks, html_leaves
from core.text.display import safe_display, shortened
from core.text.fingerprint import Fingerprint, html_fingerprint, plain_fingerprint
from core.text.formats import character_runs, look_changes, structure_change, target_change
from core.text.lost_look import dropped_look
from core.text.placeholders import shown_tree
from core.text.plain import assembled_plain, plain_blocks
from core.text.readable import joined
from core.text.reader import leaves_of
from core.text.rules import TextKind
from core.text.sanitise import sanitised
from core.text.survey import findings

__all__ = [
    "Block", "Fingerprint", "TextKind", "assemble", "character_runs", "clean", "fingerprint", "fingerprint_in", "joined", "leaf_blocks",
    "look_changes", "lost_content", "lost_look", "preview", "readable", "safe_display", "shown_blocks", "structure_change",
    "target_change",
]  # fmt: skip

# Longer texts are rare, and keeping five hundred of them would fill the memory; each of them takes the longest, though.
_LONG = 20_000


def clean(text: str, kind: TextKind) -> str:
    """The text as it is saved and sent: HTML sanitised, plain text unchanged. Doing it twice changes nothing."""
    return sanitised(text) if kind is TextKind.HTML else text


def fingerprint(text: str, kind: TextKind) -> Fingerprint:
    """What the text is compared by: equal fingerprints mean that no reader could tell the texts apart."""
    return (_known_fingerprint if len(text) <= _LONG else _known_long_fingerprint)(text, kind)


def fingerprint_in(token: str | None, text: str, kind: TextKind) -> Fingerprint:
    """The fingerprint that a token of this text holds; made anew where there is none, or one that was made by other rules."""
    if token:
        with contextlib.suppress(ValueError):
            return Fingerprint.parse(token)
    return fingerprint(text, kind)


def _fingerprint(text: str, kind: TextKind) -> Fingerprint:
    if kind is TextKind.PLAIN:
        return plain_fingerprint(text)
    return html_fingerprint(html_leaves(text), findings(text))


# One push asks five or six times for the fingerprint of the same two texts, within seconds.
_known_fingerprint = lru_cache(maxsize=512)(_fingerprint)
_known_long_fingerprint = lru_cache(maxsize=16)(_fingerprint)
_NOTHING_LOST = plain_fingerprint("").inventory


def lost_content(text: str, kind: TextKind) -> tuple[str, ...]:
    """What saving or sending this text from here would drop, by the names readers use, such as `image`.

    Empty for a text that can be edited, merged and pushed. Invisible attributes (class, id) do not count.
    """
    # Who asks this of a text compares it as well, so its fingerprint is known or will be needed.
    if kind is TextKind.PLAIN or fingerprint(text, kind).inventory == _NOTHING_LOST:
        return ()
    return tuple(dict.fromkeys(finding.noun for finding in findings(text)))


def lost_look(text: str, kind: TextKind) -> tuple[str, ...]:
    """What of the look saving this text from here would drop, such as `borders`: nothing that is said, only seen."""
    return () if kind is TextKind.PLAIN else dropped_look(text)


def leaf_blocks(text: str, kind: TextKind) -> list[Block]:
    """The paragraphs, list items and table rows of the text as it is saved, in reading order."""
    return plain_blocks(text) if kind is TextKind.PLAIN else html_blocks(html_leaves(text))


def shown_blocks(text: str, kind: TextKind) -> list[Block]:
    """The blocks as they are shown: like leaf_blocks, with `[image]` and the like where content cannot be carried."""
    return plain_blocks(text) if kind is TextKind.PLAIN else html_blocks(leaves_of(shown_tree(text)))


def readable(text: str, kind: TextKind) -> str:
    """The text for people: lines for blocks, list labels, table rows as `a | b`, links as `label (target)`."""
    return joined((block.kind, block.label, block.text) for block in shown_blocks(text, kind))


def preview(text: str, kind: TextKind, limit: int = 200) -> str:
    """The first characters on one line, at most `limit` of them, cut between words."""
    return shortened(safe_display(readable(text, kind)), limit)


def assemble(blocks: Sequence[Block]) -> str:
    """One text from blocks, possibly of several texts: sanitised and balanced, each block with its own bytes."""
    if any(block.kind == "text" for block in blocks):
        return assembled_plain(list(blocks))
    return assembled_html(blocks)

"""Differences of statement texts, drawn so that they can be read and read aloud.

Statement text stands only in literal text elements, which Slack neither parses nor links. What went is struck through,
what came is bold, and the words `removed` and `added` stand before it for those who see neither. Our own words are in
italics, statement text never is.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from bot.views.parts.blocks import Block, Element
from bot.views.parts.markup import beginning, counted
from core.domain.diff import BlockChange, Run, TextDiff, fold
from core.domain.diff_words import count_of_words
from core.text.display import (
    END_OF_DIRECTION,
    RIGHT_TO_LEFT,
    in_reading_order,
    is_right_to_left,
    safe_display,
    shortened,
)

LIMIT = 2_500
"""Characters of a difference in one block: more than a screenful is read in a modal or a file."""
BEGINNING = 200
"""Characters of a statement shown in a list."""
_ATOM = 400
VIEW_BYTES = 200_000
"""JSON bytes of a difference in one modal; Slack refuses views above 250 kB."""
_STYLES = {"removed": {"strike": True}, "added": {"bold": True}, "own": {"italic": True}}


@dataclass(frozen=True, slots=True)
class _Atom:
    """The unit of cutting: a short piece of one run, or a few words of our own.

    `block` numbers the paragraph it stands in, `said` is spoken before the first piece of a change.
    """

    block: int
    kind: str
    text: str
    said: str = ""
    is_first: bool = True
    begins_change: bool = False


def diff_block(diff: TextDiff, *, limit: int = LIMIT, rest: str) -> Block:
    """The difference in one block, unchanged paragraphs counted; `rest` is the sentence that tells where to read what did not fit."""
    head, left = _packed(_atoms(diff, context=0), limit, _length)
    return _rich_text([*head, *_remainder(left, rest)])


def whole_diff_blocks(diff: TextDiff) -> list[Block]:
    """The whole difference in blocks of readable size, however many that are."""
    return list(_in_blocks(_atoms(diff)))


def view_diff_blocks(diff: TextDiff, *, rest: str, limit: int = VIEW_BYTES) -> list[Block]:
    """The difference as far as `limit` JSON bytes of a view go; `rest` is the sentence that tells where to read on."""
    head, left = _packed(_atoms(diff), limit, _json_bytes)
    return list(_in_blocks([*head, *_remainder(left, rest)]))


def size_of(diff: TextDiff) -> int:
    """How many characters `diff_block` takes for the difference when it leaves nothing out."""
    return sum(_length(atom) for atom in _atoms(diff, context=0))


def lead_in(block: Block, title: str) -> Block:
    """The block with a bold title on a line of its own above it."""
    top = {"type": "rich_text_section", "elements": [_text(title, {"bold": True})]}
    return {**block, "elements": [top, *block["elements"]]}


def quoted_block(lines: Iterable[tuple[str, str]]) -> Block:
    """Beginnings of statements, each under its name."""
    parts: list[Element] = []
    for name, words in lines:
        shown = shortened(safe_display(words), BEGINNING)
        body = _text(in_reading_order(shown), {}) if shown else _text("empty text", _STYLES["own"])
        parts.append({"type": "rich_text_section", "elements": [_text(safe_display(name) or "–", {"bold": True})]})
        parts.append({"type": "rich_text_quote", "elements": [body]})
    return {"type": "rich_text", "elements": parts}


def _atoms(diff: TextDiff, *, context: int = 1) -> list[_Atom]:
    if diff.is_empty:
        return [_Atom(0, "own", "No change.")]
    lines: list[list[_Atom]] = [[_Atom(0, "own", line, begins_change=True)] for line in _opening_lines(diff)]
    lines += [list(_block_atoms(block)) for block in fold(diff, context).blocks]
    return [replace(atom, block=number) for number, line in enumerate(lines) for atom in line]


def _opening_lines(diff: TextDiff) -> Iterator[str]:
    """What is to be said about the text as a whole."""
    if diff.formatting_only:
        yield "Only the formatting changes; the words stay the same."
    said = {note for block in diff.blocks for note in block.note.split("; ")}
    yield from (f"{note[:1].upper()}{note[1:]}." for note in diff.notes if note not in said)


def _block_atoms(block: BlockChange) -> Iterator[_Atom]:
    has_changed_words = any(run.kind in ("removed", "added") for run in block.runs)
    if block.note and block.kind != "moved":
        yield _Atom(0, "own", f"{block.note}: ", begins_change=not has_changed_words)
    if block.label:
        yield _Atom(0, "same", block.label)
    previous = "same"
    for run in block.runs:
        is_change = run.kind in ("removed", "added")
        begins = is_change and previous not in ("removed", "added")
        said = (block.note if block.kind == "moved" else run.kind) if is_change else ""
        for index, piece in enumerate(_pieces(run)):
            yield _Atom(0, _kind(run), piece, said, is_first=index == 0, begins_change=begins and index == 0)
        previous = run.kind


def _kind(run: Run) -> str:
    return "own" if run.kind == "folded" else run.kind


def _pieces(run: Run) -> Iterator[str]:
    """The run in short pieces that end between words where there are any; changes nobody would see get a name."""
    text = safe_display(run.text)
    if run.kind in ("removed", "added") and not text.strip():
        text = _named_blank(text)
    while len(text) > _ATOM:
        head = beginning(text, _ATOM) or text[:_ATOM]
        yield head
        text = text[len(head) :]
    if text:
        yield text


def _named_blank(text: str) -> str:
    if "\n" in text:
        return "[line break]"
    return f"[{counted(len(text), 'space')}]" if text else "[characters that are not visible]"


def _packed(atoms: Sequence[_Atom], limit: int, measure: Callable[[_Atom], int]) -> tuple[list[_Atom], list[_Atom]]:
    """What fits, and what does not; at least one piece fits."""
    used = 0
    for index, atom in enumerate(atoms):
        used += measure(atom)
        if used > limit and index:
            return list(atoms[:index]), list(atoms[index:])
    return list(atoms), []


def _length(atom: _Atom) -> int:
    return len(atom.text) + (len(atom.said) + 3 if atom.is_first and atom.said else 0)


def _json_bytes(atom: _Atom) -> int:
    """At most what Slack gets for it, ids and styles around the text included."""
    return len(json.dumps(atom.text)) + 200


def _remainder(left: Sequence[_Atom], rest: str) -> list[_Atom]:
    """A line that says how much is not shown and where it is; none when everything is shown."""
    changed = [atom for atom in left if atom.kind in ("removed", "added")]
    changes = sum(atom.begins_change for atom in left)
    if not left:
        return []
    words = counted(sum(count_of_words(atom.text) for atom in changed), "word")
    if changes:
        line = f"… {counted(changes, 'more change')} ({words}). {rest}"
    else:
        line = f"… {words} more of this change. {rest}" if changed else f"… more unchanged text. {rest}"
    return [_Atom(left[-1].block + 1, "own", line)]


def _in_blocks(atoms: Sequence[_Atom]) -> Iterator[Block]:
    left = list(atoms)
    while left:
        head, left = _packed(left, LIMIT, _length)
        yield _rich_text(head)


def _rich_text(atoms: Sequence[_Atom]) -> Block:
    lines = [_line(list(line)) for _, line in groupby(atoms, key=lambda atom: atom.block)]
    return {"type": "rich_text", "elements": lines}


def _line(atoms: Sequence[_Atom]) -> Element:
    elements: list[Element] = []
    for index, atom in enumerate(atoms):
        text = atom.text.lstrip(" ") if index == 0 and atom.kind == "own" else atom.text
        if atom.said and (atom.is_first or index == 0):
            space = " " if elements and not elements[-1]["text"][-1].isspace() else ""
            elements.append(_text(f"{space}{atom.said}: ", _STYLES["own"]))
            # The space that parted a change from the words before it now parts our word from them.
            text = text.lstrip(" ") or text
        elements.append(_text(text, _STYLES.get(atom.kind, {})))
    return {"type": "rich_text_section", "elements": _directed(elements, atoms)}


def _directed(elements: list[Element], atoms: Iterable[_Atom]) -> list[Element]:
    """The elements of one paragraph; of one that is written from right to left, our own words in it are laid out so too."""
    if not is_right_to_left("".join(atom.text for atom in atoms if atom.kind != "own")):
        return elements
    elements[0]["text"] = RIGHT_TO_LEFT + elements[0]["text"]
    elements[-1]["text"] += END_OF_DIRECTION
    return elements


def _text(text: str, style: dict[str, bool]) -> Element:
    element: Element = {"type": "text", "text": text}
    return {**element, "style": style} if style else element

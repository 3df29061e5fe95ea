"""Statement text for people: plain characters that keep what emphasis and layout said."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from core.text.leaves import Leaf
from core.text.links import shown_link
from core.text.runs import Run

_RAISED = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_RAISABLE = frozenset("0123456789+-=()n")
_LOWERABLE = frozenset("0123456789+-=()")
_CLOSE = frozenset({"li li", "tr tr", "dt dd", "dd dt", "dt dt", "dd dd"})


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a block's text, with the run that it comes from (none for signs between cells)."""

    text: str
    run: Run | None


def leaf_text(leaf: Leaf) -> str:
    """What the block says, without its list label; a function of the block's key alone."""
    return "".join(piece.text for piece in leaf_pieces(leaf))


def leaf_pieces(leaf: Leaf) -> list[Piece]:
    """The text of the block in pieces, each of one emphasis, link and look."""
    if leaf.name == "hr":
        return [Piece("———", None)]
    if leaf.name != "tr":
        return _inline_pieces(leaf.runs)
    pieces: list[Piece] = []
    for number, cell in enumerate(leaf.cells):
        if number:
            pieces.append(Piece(" | ", None))
        for line, inner in enumerate(cell.leaves):
            pieces.append(Piece((" / " if line else "") + inner.label.lstrip(), None))
            pieces.extend(Piece(piece.text.replace("\n", " / "), piece.run) for piece in leaf_pieces(inner))
    return pieces


def _inline_pieces(runs: Iterable[Run]) -> list[Piece]:
    """Links with their target, struck text between tildes, raised digits raised."""
    pieces: list[Piece] = []
    for link, linked in groupby(runs, key=lambda run: run.link):
        label = [piece for marks, group in _by_sense(linked) for piece in _sensible(marks, list(group))]
        if link is None:
            pieces.extend(label)
            continue
        said = "".join(piece.text for piece in label)
        shown = shown_link(said, link.href)
        if said and shown.startswith(said):
            pieces.extend([*label, Piece(shown[len(said) :], label[-1].run)])
        else:
            pieces.append(Piece(shown, label[0].run if label else None))
    return pieces


def _by_sense(runs: Iterable[Run]) -> "groupby[tuple[str, ...], Run]":
    return groupby(runs, key=lambda run: tuple(mark for mark in run.marks if mark in {"s", "sup", "sub"}))


def _sensible(marks: tuple[str, ...], runs: list[Run]) -> list[Piece]:
    # Dropping these three would change what is said: 10⁶ would read 106, and struck text as if it held.
    text = "".join(run.text for run in runs)
    table: dict[int, int] = {}
    opening = ""
    if "sup" in marks:
        table, opening = (_RAISED, "") if _RAISABLE.issuperset(text) else (table, "^(")
    elif "sub" in marks:
        table, opening = (_LOWERED, "") if _LOWERABLE.issuperset(text) else (table, "_(")
    closing = ")" if opening else ""
    if "s" in marks:
        opening, closing = f"~~{opening}", f"{closing}~~"
    pieces = [Piece(run.text.translate(table), run) for run in runs]
    return [Piece(opening, runs[0]), *pieces, Piece(closing, runs[-1])] if opening else pieces


def separator(before: str, after: str) -> str:
    """What parts two neighbouring blocks of these kinds: a line end inside a list or table, else an empty line."""
    return "\n" if f"{before} {after}" in _CLOSE else "\n\n"


def joined(blocks: Iterable[tuple[str, str, str]]) -> str:
    """One text out of (kind, label, text) of each block."""
    parts: list[str] = []
    last = ""
    for kind, label, text in blocks:
        if parts:
            parts.append(separator(last, kind))
        parts.append(label + text)
        last = kind
    return "".join(parts)

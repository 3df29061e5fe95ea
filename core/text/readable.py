"""Statement text for people: plain characters that keep what emphasis and layout said."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from core.text.leaves import Leaf
from core.text.links import shown_link
from core.text.runs import Run

_RAISED = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_RAISABLE = frozenset("0123456789+-=()n")
_LOWERABLE = frozenset("0123456789+-=()")
_CLOSE_KINDS = frozenset({"li", "tr", "dt", "dd"})


def leaf_text(leaf: Leaf) -> str:
    """What the block says, without its list label; a function of the block's key alone."""
    if leaf.name == "hr":
        return "———"
    if leaf.name == "tr":
        return " | ".join(" / ".join(_cell_lines(cell.leaves)) for cell in leaf.cells)
    return inline_text(leaf.runs)


def _cell_lines(leaves: Sequence[Leaf]) -> list[str]:
    return [leaf.label.lstrip() + leaf_text(leaf).replace("\n", " / ") for leaf in leaves]


def inline_text(runs: Iterable[Run]) -> str:
    """The runs as plain text: links with their target, struck text between tildes, raised digits raised."""
    parts = []
    for link, linked in groupby(runs, key=lambda run: run.link):
        label = "".join(_marked(marks, "".join(run.text for run in group)) for marks, group in _by_sense(linked))
        parts.append(shown_link(label, link.href) if link else label)
    return "".join(parts)


def _by_sense(runs: Iterable[Run]) -> "groupby[tuple[str, ...], Run]":
    return groupby(runs, key=lambda run: tuple(mark for mark in run.marks if mark in {"s", "sup", "sub"}))


def _marked(marks: tuple[str, ...], text: str) -> str:
    # Dropping these three would change what is said: 10⁶ would read 106, and struck text as if it held.
    if "sup" in marks:
        text = text.translate(_RAISED) if _RAISABLE.issuperset(text) else f"^({text})"
    elif "sub" in marks:
        text = text.translate(_LOWERED) if _LOWERABLE.issuperset(text) else f"_({text})"
    return f"~~{text}~~" if "s" in marks else text


def separator(before: str, after: str) -> str:
    """What parts two neighbouring blocks of these kinds: a line end inside lists and tables, else an empty line."""
    return "\n" if before in _CLOSE_KINDS and after in _CLOSE_KINDS else "\n\n"


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

"""The leaf blocks of a text: paragraphs, list items and table rows, each with the containers it lies in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from core.text.runs import Run, canonical_inline, style_signature

ITEMS = frozenset({"li", "dt", "dd", "caption"})
"""Containers of which each neighbour is a new one; of the others (lists, tables) neighbours are parts of one."""


@dataclass(frozen=True, slots=True)
class Step:
    """One container on the way from the text to a leaf block.

    `mark` says what the order of the blocks alone would not: `*` a new container where one would expect the last to
    go on, `+` the last container going on where one would expect a new one. Without a mark the default holds, so a
    block keeps its path when blocks before it come and go.
    """

    name: str
    attributes: str
    tag: str
    identity: int
    mark: str = ""

    @property
    def signature(self) -> str:
        """What kind of container this is, such as `ol start="3"`."""
        return self.name + self.attributes

    @property
    def is_see_through(self) -> bool:
        """Whether the container only lends its look to the blocks in it, and says nothing itself: a styled `div`."""
        return self.name == "div"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table row; `style` is its own look, which shows even where the cell is empty."""

    name: str
    attributes: str
    leaves: tuple["Leaf", ...]
    style: str = ""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A block that holds text and no other block (or, for `tr`, a whole table row)."""

    name: str
    path: tuple[Step, ...]
    runs: tuple[Run, ...] = ()
    cells: tuple[Cell, ...] = ()
    html: str = ""
    is_bare: bool = False
    label: str = ""
    starts_item: bool = False

    @property
    def kind(self) -> str:
        """What a reader would call it: `p`, `li`, `tr`, `h2`."""
        return self.structure[-1].name if self.name == "p" and self.starts_item else self.name

    @property
    def structure(self) -> tuple[Step, ...]:
        """The containers that say something: lists, tables, quotations."""
        return structural(self.path)

    @property
    def key(self) -> str:
        """Equal for two blocks exactly when they say the same at the same place in the structure; the look is left out."""
        return "/".join(f"{step.signature}{step.mark}" for step in self.structure) + "\n" + canonical_leaf(self)

    @property
    def style(self) -> str:
        """The look of the block, empty for a plain one."""
        if self.name != "tr":
            return style_signature(self.runs)
        looks = [f"{cell.style}({'/'.join(leaf.style for leaf in cell.leaves)})" for cell in self.cells]
        return ";".join(looks) if any(look.strip("(/)") for look in looks) else ""


def canonical_leaf(leaf: Leaf) -> str:
    """The block as HTML in one way only."""
    if leaf.name == "hr":
        return "<hr>"
    if leaf.name != "tr":
        return f"<{leaf.name}>{canonical_inline(leaf.runs)}</{leaf.name}>"
    cells = (f"<{cell.name}{cell.attributes}>{canonical_html(cell.leaves)}</{cell.name}>" for cell in leaf.cells)
    return f"<tr>{''.join(cells)}</tr>"


def canonical_html(leaves: Iterable[Leaf]) -> str:
    """The blocks as one HTML text in one way only."""
    parts: list[str] = []
    path: tuple[Step, ...] = ()
    for leaf in leaves:
        structure = leaf.structure
        shared = shared_steps(path, structure)
        parts.extend(f"</{step.name}>" for step in reversed(path[shared:]))
        parts.extend(f"<{step.signature}>" for step in structure[shared:])
        parts.append(canonical_leaf(leaf))
        path = structure
    parts.extend(f"</{step.name}>" for step in reversed(path))
    return "".join(parts)


def shared_steps(before: Sequence[Step], path: Sequence[Step]) -> int:
    """How many containers of the block before go on into a block with this path."""
    for level, step in enumerate(path):
        if level >= len(before) or before[level].signature != step.signature:
            return level
        goes_on = step.mark == "+" or (step.mark != "*" and not _expects_new(path, level))
        if not goes_on:
            return level
    return len(path)


def marked(before: Sequence[Step], path: Sequence[Step]) -> tuple[Step, ...]:
    """The path with its marks set, for a block that follows one with the path `before` in the same text."""
    earlier, structure = structural(before), structural(path)
    marks: dict[int, str] = {}
    for level, step in enumerate(structure):
        if level >= len(earlier) or earlier[level].signature != step.signature:
            break
        goes_on = earlier[level].identity == step.identity
        if goes_on == _expects_new(structure, level):
            marks[step.identity] = "+" if goes_on else "*"
        if not goes_on:
            break
    return tuple(replace(step, mark=marks.get(step.identity, "")) for step in path)


def structural(path: Sequence[Step]) -> tuple[Step, ...]:
    """The steps of a path that say something, without those that only lend their look."""
    return tuple(step for step in path if not step.is_see_through)


def _expects_new(path: Sequence[Step], level: int) -> bool:
    return path[level].name in ITEMS and all(step.is_see_through for step in path[level + 1 :])

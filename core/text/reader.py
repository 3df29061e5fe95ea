"""From the tree of a sanitised text to its leaf blocks."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from html import escape

from core.text.leaves import ITEMS, Cell, Leaf, Step, marked, structural
from core.text.looks import Look
from core.text.numbering import item_labels
from core.text.rules import STYLED
from core.text.runs import BREAK, Run, settled, settled_preformatted
from core.text.tree import PLACEHOLDER, Element, Placeholder, Text, Tree

_GROUPS = frozenset({"ul", "ol", "dl", "blockquote", "table", "thead", "tbody", "tfoot"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LINES = _HEADINGS | {"pre"}
_STRUCTURE = ("colspan", "dir", "reversed", "rowspan", "scope", "start", "type", "value")
_DEFAULTS = {("type", "1"), ("start", "1"), ("colspan", "1"), ("rowspan", "1")}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the reader is: inside which containers, emphasis, look and inline tags."""

    path: tuple[Step, ...] = ()
    look: Look = field(default_factory=Look)
    wrappers: tuple[tuple[str, str], ...] = ()
    is_preformatted: bool = False


def leaves_of(tree: Tree) -> list[Leaf]:
    """The leaf blocks in reading order."""
    reader = _Reader(tree.source, tree.placeholders)
    reader.read(tree.children, _Place())
    reader.flush()
    return reader.leaves


@dataclass(slots=True)
class _Reader:
    source: str
    placeholders: tuple[Placeholder, ...]
    leaves: list[Leaf] = field(default_factory=list)
    _runs: list[Run] = field(default_factory=list)
    _pieces: list[tuple[_Place, int, int]] = field(default_factory=list)
    _labels: dict[int, str] = field(default_factory=dict)

    def read(self, nodes: Sequence[Text | Element], place: _Place) -> None:
        for node in nodes:
            if isinstance(node, Element) and node.is_block:
                self.flush()
                self._read_block(node, place)
                self.flush()
            elif isinstance(node, Element) and node.holds_blocks:
                wrapper = (self.source[node.start : node.inner], node.name)
                inside = replace(place, look=place.look.inside(node), wrappers=(*place.wrappers, wrapper))
                self.read(node.children, inside)
            elif self._pieces or isinstance(node, Element) or node.text.strip():
                self._runs.extend(self._runs_of(node, place.look))
                self._pieces.append((place, node.start, node.end))

    def flush(self) -> None:
        """End the paragraph that text outside any paragraph element makes."""
        if not self._pieces:
            return
        place = self._pieces[0][0]
        html = "".join(_wrapped(piece, self.source[start:end]) for piece, start, end in self._pieces)
        html = html if place.is_preformatted else html.strip(" \t\n\r\f")
        # Alone in a heading, text without a paragraph element would be read as the heading's own.
        is_bare = not place.path or place.path[-1].name not in _LINES
        leaf = Leaf("p", place.path, html=html if is_bare else f"<p>{html}</p>", is_bare=is_bare)
        self._append(leaf, self._runs, place)
        self._runs, self._pieces = [], []

    def _read_block(self, element: Element, place: _Place) -> None:
        name = element.name
        if name in _HEADINGS and any(step.name in _HEADINGS for step in place.path):
            # A parser ends a heading where the next begins, so one inside another is but text of the outer one.
            self.read(element.children, replace(place, look=place.look.inside(element)))
        elif name in _LINES | {"p", "div"} and not element.holds_blocks:
            self._read_leaf(element, place)
        elif name == "hr":
            self._append(Leaf("hr", place.path, html="<hr>"), [], place)
        elif name == "tr":
            self._read_row(element, place)
        elif name in _GROUPS or name in ITEMS or name in _LINES or (name == "div" and element.attributes):
            self._read_container(element, place)
        elif name not in {"col", "colgroup"}:
            self.read(element.children, replace(place, look=place.look.inside(element)))

    def _read_leaf(self, element: Element, place: _Place) -> None:
        look = place.look.inside(element)
        runs = [run for node in element.children for run in self._runs_of(node, look)]
        source = self.source
        if place.wrappers:
            inner = _wrapped(place, source[element.inner : element.inner_end])
            html = source[element.start : element.inner] + inner + source[element.inner_end : element.end]
        else:
            html = source[element.start : element.end]
        name = "p" if element.name == "div" else element.name
        inside = replace(place, is_preformatted=place.is_preformatted or name == "pre")
        self._append(Leaf(name, place.path, html=html), runs, inside)

    def _read_container(self, element: Element, place: _Place) -> None:
        tag = self.source[element.start : element.inner]
        step = Step(element.name, _structure(element) if element.name != "div" else tag, tag, element.start)
        inside = replace(
            place,
            path=(*place.path, step),
            look=place.look.inside(element),
            is_preformatted=place.is_preformatted or element.name == "pre",
        )
        if element.name in {"ul", "ol"}:
            self._labels.update(item_labels(element))
        before = len(self.leaves)
        self.read(element.children, inside)
        self.flush()
        if element.name in ITEMS - {"caption"} and len(self.leaves) == before:
            # An empty item stays: it shows its bullet, and the numbers after it count on from it.
            self._place_leaf(Leaf("p", inside.path, is_bare=True))
        if element.name in _HEADINGS and [leaf.name for leaf in self.leaves[before:]] == ["p"]:
            self._unwrap_heading(element, place)

    def _unwrap_heading(self, element: Element, place: _Place) -> None:
        """A heading around a single paragraph is the heading that it looks like."""
        leaf = self.leaves[-1]
        if len(leaf.path) == len(place.path) + 1:
            inner = _wrapped(place, self.source[element.inner : element.inner_end])
            html = self.source[element.start : element.inner] + inner + f"</{element.name}>"
            self.leaves.pop()
            self._place_leaf(Leaf(element.name, place.path, runs=leaf.runs, html=html))

    def _read_row(self, element: Element, place: _Place) -> None:
        cells = []
        html = [self.source[element.start : element.inner]]
        for cell in element.children:
            if not isinstance(cell, Element) or cell.name not in {"td", "th"}:
                continue
            look = place.look.inside(cell)
            reader = _Reader(self.source, self.placeholders)
            reader.read(cell.children, _Place(look=look, is_preformatted=place.is_preformatted))
            reader.flush()
            own = "" if look.style == place.look.style else look.style
            cells.append(Cell(cell.name, _structure(cell), tuple(reader.leaves), own))
            html.append(self.source[cell.start : cell.inner])
            html.append(_wrapped(place, self.source[cell.inner : cell.inner_end]))
            html.append(self.source[cell.inner_end : cell.end])
        html.append(self.source[element.inner_end : element.end])
        if cells:
            raw = "".join(html) if place.wrappers else self.source[element.start : element.end]
            self._place_leaf(Leaf("tr", place.path, cells=tuple(cells), html=raw))

    def _runs_of(self, node: Text | Element, look: Look) -> list[Run]:
        if isinstance(node, Text):
            run = Run(node.text, look.marks, look.link, look.style)
            return self._parted_at_placeholders(run) if self.placeholders else [run]
        if node.name == "br":
            return [BREAK]
        inside = look.inside(node)
        return [run for child in node.children for run in self._runs_of(child, inside)]

    def _parted_at_placeholders(self, run: Run) -> list[Run]:
        parts = []
        for index, text in enumerate(PLACEHOLDER.split(run.text)):
            if index % 2 == 0:
                parts.append(replace(run, text=text))
            elif int(text) < len(self.placeholders):
                shown = self.placeholders[int(text)]
                parts.append(replace(run, text=shown.text, kind="embed", identity=shown.identity))
        return parts

    def _append(self, leaf: Leaf, runs: list[Run], place: _Place) -> None:
        if leaf.name == "hr":
            self._place_leaf(leaf)
            return
        inline = settled_preformatted(runs) if place.is_preformatted else settled(runs)
        if inline:
            self._place_leaf(replace(leaf, runs=inline))

    def _place_leaf(self, leaf: Leaf) -> None:
        before = self.leaves[-1].path if self.leaves else ()
        ongoing = {step.identity for step in before}
        path = marked(before, leaf.path)
        holder = structural(path)[-1:]
        starts_item = bool(holder) and holder[0].name in ITEMS and holder[0].identity not in ongoing
        label = self._label(path, ongoing)
        self.leaves.append(replace(leaf, path=path, starts_item=starts_item, label=label))

    def _label(self, path: Sequence[Step], ongoing: set[int]) -> str:
        """What stands before the first line of a block: quote marks, indent, and the label of a new list item."""
        quotes = "> " * sum(step.name == "blockquote" for step in path)
        holders = [step for step in path if step.name in {"li", "dd"}]
        if holders and holders[-1].name == "li" and holders[-1].identity not in ongoing:
            return quotes + "  " * (len(holders) - 1) + self._labels.get(holders[-1].identity, "• ")
        return quotes + "  " * len(holders)


def _wrapped(place: _Place, html: str) -> str:
    """The slice inside the inline elements that hold it together with other blocks."""
    for tag, name in reversed(place.wrappers):
        html = f"{tag}{html}</{name}>"
    return html


def _structure(element: Element) -> str:
    """The attributes that are part of what is said, such as ` start="3"`, in one way only."""
    parts = []
    for name in _STRUCTURE:
        value = element.attributes.get(name)
        if value is None or (name, value) in _DEFAULTS or (name == "dir" and element.name in STYLED):
            continue
        parts.append(f' {name}="{escape(value)}"')
    return "".join(parts)

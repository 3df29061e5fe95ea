"""Sanitised HTML as a tree that remembers which slice of the source each element is."""

import re
from dataclasses import dataclass, field
from html import unescape

from core.text.rules import MAX_DEPTH
from core.text.sanitise import TAG

_ATTRIBUTE = re.compile(r'([^\s=>]+)="([^"]*)"')
_VOID = frozenset({"br", "hr", "col", "img", "input", "embed", "source", "track", "wbr"})

# Two private-use characters around a number travel through the sanitiser as text and come out as a placeholder.
_OPEN, _CLOSE = "\ue0f0", "\ue0f1"
PLACEHOLDER = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")

BLOCKS = frozenset(
    {"p", "div", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "ul", "ol", "li", "dl", "dt", "dd"}
    | {"table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "td", "th"}
)


@dataclass(slots=True)
class Text:
    """A run of characters, unescaped."""

    start: int
    end: int
    text: str


@dataclass(slots=True)
class Element:
    """An element; `start:end` is its slice of the source, `inner:inner_end` the slice of its content."""

    name: str
    attributes: dict[str, str]
    start: int
    inner: int
    inner_end: int = 0
    end: int = 0
    children: list["Text | Element"] = field(default_factory=list)
    holds_blocks: bool = False

    @property
    def is_block(self) -> bool:
        """Whether it starts a new line of its own."""
        return self.name in BLOCKS


@dataclass(frozen=True, slots=True)
class Placeholder:
    """What a reader sees instead of content that is not carried, and what tells one such thing from another."""

    text: str
    identity: str


@dataclass(frozen=True, slots=True)
class Tree:
    """A parsed text; `is_too_deep` when elements nested beyond MAX_DEPTH were read as if they were not there.

    `placeholders` are those that tokens in the text stand for.
    """

    source: str
    children: list[Text | Element]
    is_too_deep: bool
    placeholders: tuple[Placeholder, ...] = ()


def parse(source: str, placeholders: tuple[Placeholder, ...] = ()) -> Tree:
    """The tree of a text that comes from the sanitiser: balanced, quoted and escaped by its serialiser."""
    parser = _Parser(source)
    position = 0
    while position < len(source):
        tag = TAG.match(source, position)
        if tag is None:
            end = source.find("<", position + 1)
            end = len(source) if end < 0 else end
            parser.add(Text(position, end, unescape(source[position:end])))
            position = end
        else:
            parser.take(tag)
            position = tag.end()
    return Tree(source, parser.finished(), parser.is_too_deep, placeholders)


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.is_too_deep = False
        self._open = [Element("", {}, 0, 0)]
        self._skipped = 0

    def add(self, node: Text | Element) -> None:
        self._open[-1].children.append(node)

    def take(self, tag: re.Match[str]) -> None:
        name = tag["name"].lower()
        if tag["close"]:
            self._close(name, tag)
            return
        is_void = name in _VOID
        if not is_void and len(self._open) > MAX_DEPTH:
            self._skipped += 1
            self.is_too_deep = True
            return
        element = Element(name, _attributes(tag), tag.start(), tag.end(), tag.end(), tag.end())
        self.add(element)
        if name in BLOCKS:
            self._note_block()
        if not is_void:
            self._open.append(element)

    def finished(self) -> list[Text | Element]:
        for element in self._open:
            element.inner_end = element.end = len(self.source)
        return self._open[0].children

    def _close(self, name: str, tag: re.Match[str]) -> None:
        if self._skipped:
            self._skipped -= 1
        elif len(self._open) > 1 and self._open[-1].name == name:
            element = self._open.pop()
            element.inner_end, element.end = tag.start(), tag.end()

    def _note_block(self) -> None:
        for element in reversed(self._open):
            if element.holds_blocks:
                return
            element.holds_blocks = True


def _attributes(tag: re.Match[str]) -> dict[str, str]:
    text = tag["attributes"]
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(text)} if text else {}


def placeholder_token(index: int) -> str:
    """The characters that stand in a text for the placeholder of that index."""
    return f"{_OPEN}{index}{_CLOSE}"

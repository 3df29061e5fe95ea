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
    root = Element("", {}, 0, 0)
    open_elements = [root]
    skipped = 0
    is_too_deep = False
    position = 0
    while position < len(source):
        tag = TAG.match(source, position)
        if tag is None:
            end = source.find("<", position + 1)
            end = len(source) if end < 0 else end
            open_elements[-1].children.append(Text(position, end, unescape(source[position:end])))
            position = end
            continue
        position = tag.end()
        name = tag["name"].lower()
        if tag["close"]:
            if skipped:
                skipped -= 1
            else:
                _close(open_elements, name, tag.start(), tag.end())
        elif name in _VOID:
            open_elements[-1].children.append(_opened(name, tag, end=tag.end()))
            if name in BLOCKS:
                _note_block(open_elements)
        elif len(open_elements) > MAX_DEPTH:
            skipped += 1
            is_too_deep = True
        else:
            element = _opened(name, tag)
            open_elements[-1].children.append(element)
            if name in BLOCKS:
                _note_block(open_elements)
            open_elements.append(element)
    for element in open_elements:
        element.inner_end = element.end = len(source)
    return Tree(source, root.children, is_too_deep, placeholders)


def _opened(name: str, tag: re.Match[str], end: int = 0) -> Element:
    text = tag["attributes"]
    attributes = {key: unescape(value) for key, value in _ATTRIBUTE.findall(text)} if text else {}
    return Element(name, attributes, tag.start(), tag.end(), inner_end=end, end=end)


def _note_block(open_elements: list[Element]) -> None:
    for element in reversed(open_elements):
        if element.holds_blocks:
            return
        element.holds_blocks = True


def _close(open_elements: list[Element], name: str, start: int, end: int) -> None:
    if len(open_elements) > 1 and open_elements[-1].name == name:
        element = open_elements.pop()
        element.inner_end = start
        element.end = end


def placeholder_token(index: int) -> str:
    """The characters that stand in a text for the placeholder of that index."""
    return f"{_OPEN}{index}{_CLOSE}"

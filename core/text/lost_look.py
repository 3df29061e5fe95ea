"""Look that saving a text from here drops: nothing that is said, but something that readers see, so it is told."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

import nh3

from core.text.css import declarations, numbering_type
from core.text.rules import DROPPED_WITH_CONTENT, PRESENTATIONAL, STYLED, TAGS
from core.text.sanitise import FOREIGN
from core.text.survey import surveyed_html
from core.text.tree import Element, Text, parse

_SUSPECT = re.compile(
    r"\b(?:style|align|valign|bgcolor|border|width|height|face|size|cellpadding|cellspacing|title)\s*=", re.IGNORECASE
)

# A place that a link may lead to, or a link to a place in its own text.
_LINKED = re.compile(r"<a\b[^>]*?\s(?:name|id)\s*=|\bhref\s*=\s*[\"']?\s*#", re.IGNORECASE)
_PLACES = "places that links lead to"
_NAMED = nh3.Cleaner(
    tags=set(TAGS | FOREIGN),
    clean_content_tags=set(DROPPED_WITH_CONTENT),
    attributes={"*": {"id"}, "a": {"id", "name", "href"}},
    link_rel=None,
)

# By the beginning of a property's name; what is in none of these groups (line heights, office markup) hardly shows.
_GROUPS = (
    ("borders", ("border", "outline")),
    ("sizes", ("width", "height", "min-", "max-")),
    ("spacing", ("margin", "padding", "text-indent", "letter-spacing", "word-spacing", "cellpadding", "cellspacing")),
    ("alignment", ("text-align", "vertical-align", "align", "valign", "float")),
    ("colours", ("background", "color", "bgcolor")),
    ("fonts", ("font", "face", "size")),
    ("emphasis", ("text-decoration", "text-transform")),
    ("list marks", ("list-style",)),
    ("text direction", ("direction", "writing-mode")),
    ("notes that show when pointed at", ("title",)),
)
_NOTHING = re.compile(
    r"(?:0(?:\.0+)?[a-z%]*|none|normal|auto|initial|inherit|transparent|medium)(?:\s+none)*", re.IGNORECASE
)


def dropped_look(html: str) -> tuple[str, ...]:
    """What of the look saving this text would drop, by the names readers use, such as `borders`; empty for nothing.

    Named places go too: a link to one of them is kept, and leads nowhere afterwards.
    """
    has_places = _LINKED.search(html) is not None
    if not has_places and not _SUSPECT.search(html):
        return ()
    found = dict.fromkeys(_dropped(parse(surveyed_html(html)).children))
    look = tuple(noun for noun, _ in _GROUPS if noun in found)
    return (*look, _PLACES) if has_places and _names_a_place(parse(_NAMED.clean(html)).children) else look


def _dropped(nodes: list[Text | Element]) -> Iterator[str]:
    for element in _elements(nodes):
        for name, value in _look_of(element):
            # A list without marks is no usual list: saved without the style, it shows numbers or bullets.
            if name.startswith("list-style") or not _NOTHING.fullmatch(value.strip()):
                yield from (noun for noun, prefixes in _GROUPS if name.startswith(prefixes))


def _names_a_place(nodes: list[Text | Element]) -> bool:
    """Whether an anchor stands there, or an element by whose id a link in the text finds it.

    Other ids nobody sees: editors give one to every heading.
    """
    elements = list(_elements(nodes))
    targets = {each.attributes.get("href", "").strip() for each in elements if each.name == "a"}
    linked = {unquote(target[1:]) for target in targets if target.startswith("#")}
    for each in elements:
        names = {each.attributes.get("id", ""), each.attributes.get("name", "") if each.name == "a" else ""} - {""}
        if names & linked or (names and each.name == "a" and "href" not in each.attributes):
            return True
    return False


def _elements(nodes: list[Text | Element]) -> Iterator[Element]:
    stack = list(nodes)
    while stack:
        node = stack.pop()
        if isinstance(node, Element):
            yield node
            stack.extend(node.children)


def _look_of(element: Element) -> Iterator[tuple[str, str]]:
    """The look of the element that the sanitiser does not keep."""
    style = element.attributes.get("style", "")
    kept = declarations(style) if element.name in STYLED else {}
    if element.name == "ol" and numbering_type(style):
        kept["list-style"] = kept["list-style-type"] = ""
    for declaration in style.split(";"):
        name, _, value = declaration.partition(":")
        name = name.strip().lower()
        if name and name not in kept and not (name == "background" and "background-color" in kept):
            yield name, value
    own = PRESENTATIONAL if element.name == "a" else PRESENTATIONAL | {"title"}
    for name in own & element.attributes.keys():
        yield name, element.attributes[name]

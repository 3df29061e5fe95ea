"""Look that saving a text from here drops: nothing that is said, but something that readers see, so it is told."""

import re
from collections.abc import Iterator

from core.text.css import declarations, numbering_type
from core.text.rules import PRESENTATIONAL, STYLED
from core.text.survey import surveyed_html
from core.text.tree import Element, Text, parse

_SUSPECT = re.compile(
    r"\b(?:style|align|valign|bgcolor|border|width|height|face|size|cellpadding|cellspacing|title)\s*=", re.IGNORECASE
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
    """What of the look saving this text would drop, by the names readers use, such as `borders`; empty for nothing."""
    if not _SUSPECT.search(html):
        return ()
    found = dict.fromkeys(_dropped(parse(surveyed_html(html)).children))
    return tuple(noun for noun, _ in _GROUPS if noun in found)


def _dropped(nodes: list[Text | Element]) -> Iterator[str]:
    stack = list(nodes)
    while stack:
        node = stack.pop()
        if isinstance(node, Text):
            continue
        stack.extend(node.children)
        for name, value in _look_of(node):
            # A list without marks is no usual list: saved without the style, it shows numbers or bullets.
            if name.startswith("list-style") or not _NOTHING.fullmatch(value.strip()):
                yield from (noun for noun, prefixes in _GROUPS if name.startswith(prefixes))


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

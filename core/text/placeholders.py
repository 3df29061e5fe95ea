"""Names in the place of content that cannot be carried, so that readers see `[image]` where there is one."""

import re

import nh3

from core.text.rules import ATTRIBUTES, DROPPED_WITH_CONTENT, EMBEDS, TAGS
from core.text.sanitise import FOREIGN, sanitised
from core.text.tree import Element, Placeholder, Text, Tree, parse, placeholder_token

_ANY_EMBED = re.compile(rf"<(?:{'|'.join(sorted({*EMBEDS, 'image'}))})\b", re.IGNORECASE)


_SHOWN = nh3.Cleaner(
    tags=set(TAGS | FOREIGN | EMBEDS.keys()),
    clean_content_tags=set(DROPPED_WITH_CONTENT - EMBEDS.keys()),
    attributes={
        **ATTRIBUTES,
        "font": {"color"},
        **{name: {"alt", "title", "type", "value", "src", "data"} for name in EMBEDS},
    },
    url_schemes={"http", "https", "mailto", "data", "cid", "file", "blob"},
    link_rel=None,
)


def shown_tree(html: str) -> Tree:
    """The tree of the sanitised text, with placeholders where the sanitiser would leave nothing. For reading only."""
    if not _ANY_EMBED.search(html):
        return parse(sanitised(html))
    source = _SHOWN.clean(html)
    placeholders: list[Placeholder] = []
    parts = []
    position = 0
    for element in _outermost_embeds(parse(source).children):
        parts.append(source[position : element.start])
        parts.append(placeholder_token(len(placeholders)))
        placeholders.append(_placeholder(element))
        position = element.end
    parts.append(source[position:])
    return parse(sanitised("".join(parts)), tuple(placeholders))


def _outermost_embeds(nodes: list[Text | Element]) -> list[Element]:
    found: list[Element] = []
    stack = list(reversed(nodes))
    while stack:
        node = stack.pop()
        if isinstance(node, Element) and node.name in EMBEDS:
            if node.attributes.get("type") != "hidden":
                found.append(node)
        elif isinstance(node, Element):
            stack.extend(reversed(node.children))
    return found


def _placeholder(element: Element) -> Placeholder:
    description = " ".join((element.attributes.get("alt") or element.attributes.get("title") or "").split())
    noun = EMBEDS[element.name]
    identity = " ".join(f"{name}={value}" for name, value in sorted(element.attributes.items()))
    return Placeholder(f"[{noun}: {description}]" if description else f"[{noun}]", identity)

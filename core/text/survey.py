"""What a text holds that this bot cannot carry: found before sanitising, because sanitising drops it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import nh3

from core.text.links import kept_target
from core.text.rules import ATTRIBUTES, DROPPED_WITH_CONTENT, EMBEDS, MAX_DEPTH, PRESENTATIONAL, TAGS
from core.text.runs import count_of_visible, visible
from core.text.sanitise import FOREIGN
from core.text.tree import Element, Text, parse

# Only a text that holds one of these can hold content that is lost; all others are spared the survey. Tag and
# attribute names cannot be written in any other way in HTML, so nothing slips past.
_EMBED_NAMES = "|".join(sorted({*EMBEDS, "image"}))
_SUSPECT = re.compile(rf"<(?:{_EMBED_NAMES}|dialog|bdo|rt)\b|\bhref\b|\bstyle\s*=|\bhidden\b", re.IGNORECASE)

# The sanitiser drops targets by scheme before anybody can see them, so for the survey they travel under other names.
_TARGET_NAME = re.compile(r"(?<=[\s\"'/])(href|src)(?=\s*=)", re.IGNORECASE)
_ALIAS = "data-surveyed-"
_ATTACHMENT = re.compile(r"\bsys_attachment\.do\b|/api/now/attachment/", re.IGNORECASE)
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0*)?\s*(?:[;!]|$)", re.IGNORECASE
)
_REORDERING = re.compile(r"unicode-bidi\s*:\s*(?:bidi|isolate)-override", re.IGNORECASE)
# An inline element that starts a line of its own by its style: without the style its words stick to their neighbours.
_PARTING_STYLE = re.compile(r"display\s*:\s*(?:block|flex|grid|table|list-item)", re.IGNORECASE)
_LOADING = re.compile(r"url\s*\(", re.IGNORECASE)

# Elements whose inside says what they show; of the others their attributes say it all.
_TELLING_INSIDE = "svg|math|object|video|audio|select|textarea|canvas|applet|xmp|iframe|button"
_INSIDE = re.compile(rf"<({_TELLING_INSIDE})\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)

_EMBED_ATTRIBUTES = {"alt", "title", "type", "value", "checked", "data", f"{_ALIAS}src", f"{_ALIAS}href"}
# Elements of which the sanitiser keeps the text alone; they are looked at because they, too, can hide it.
_STRIPPED = frozenset({"abbr", "acronym", "label", "nobr", "time", "bdi", "bdo", "rt"})
_SURVEY = nh3.Cleaner(
    tags=set(TAGS | EMBEDS.keys() | FOREIGN | _STRIPPED),
    clean_content_tags=set(DROPPED_WITH_CONTENT - EMBEDS.keys()),
    attributes={
        **ATTRIBUTES,
        "dialog": {"open"},
        "bdo": {"dir"},
        "*": {"style", "hidden", "title", *PRESENTATIONAL},
        "a": {f"{_ALIAS}href", "title"},
        **dict.fromkeys(EMBEDS, _EMBED_ATTRIBUTES),
    },
    link_rel=None,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that would be lost: its name for people, what identifies it, and after how much text it stands."""

    noun: str
    identity: str
    position: int


def findings(html: str) -> list[Finding]:
    """Everything in the text that this bot cannot carry, in reading order."""
    is_suspect = _SUSPECT.search(html) is not None
    if not is_suspect and html.count("<") <= MAX_DEPTH:
        return []
    tree = parse(surveyed_html(html))
    found = list(_surveyed(tree.children)) if is_suspect else []
    nouns = {finding.noun for finding in found}
    for inside in _INSIDE.finditer(html):
        noun = EMBEDS[inside.group(1).lower()]
        if noun in nouns:  # else it stands in a comment or in a quoted value
            found.append(Finding(noun, " ".join(inside.group().split()), -1))
    if tree.is_too_deep:
        found.append(Finding("layout nested too deeply", "", 0))
    return found


def surveyed_html(html: str) -> str:
    """The text with everything a reader sees still in it: to be read here and shown as placeholders, never sent."""
    return _SURVEY.clean(_TARGET_NAME.sub(rf"{_ALIAS}\1", html))


def _surveyed(nodes: list[Text | Element]) -> Iterator[Finding]:
    position = 0
    stack: list[Element | Text] = list(reversed(nodes))
    while stack:
        node = stack.pop()
        if isinstance(node, Text):
            position += count_of_visible(visible(node.text))
            continue
        for noun, identity in _losses(node):
            yield Finding(noun, identity, position)
        if node.name not in EMBEDS:
            stack.extend(reversed(node.children))


def _losses(element: Element) -> Iterator[tuple[str, str]]:
    attributes = element.attributes
    if element.name in EMBEDS and not (element.name == "input" and attributes.get("type", "").lower() == "hidden"):
        yield EMBEDS[element.name], " ".join(f"{key}={value}" for key, value in sorted(attributes.items()))
    target = attributes.get(f"{_ALIAS}href")
    if target is not None and element.name == "a":
        if _ATTACHMENT.search(target):
            yield "attachment link", target
        elif target and kept_target(target) is None:
            yield "link of a kind not supported", target
    style = attributes.get("style", "")
    is_closed = element.name == "dialog" and "open" not in attributes
    if (is_closed or "hidden" in attributes or _HIDING.search(style)) and _holds_text(element):
        yield "hidden text", ""
    if element.name == "bdo" or _REORDERING.search(style):
        yield "text shown in another order", attributes.get("dir", "") or style
    if element.name == "rt":
        yield "reading aid above the text", ""
    if not element.is_block and element.name not in EMBEDS and _PARTING_STYLE.search(style) and _holds_text(element):
        yield "lines made by a style", style
    if _LOADING.search(style):
        yield "background image", style


def _holds_text(element: Element) -> bool:
    return any(child.text.strip() if isinstance(child, Text) else _holds_text(child) for child in element.children)

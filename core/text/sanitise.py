"""Statement HTML made safe: the form that is saved, approved and sent."""

import re
from html import escape

import nh3

from core.text.css import kept_style, numbering_type
from core.text.links import kept_target
from core.text.rules import ATTRIBUTES, DROPPED_WITH_CONTENT, TAGS, URL_SCHEMES

MAX_ROUNDS = 8
"""Rounds until the sanitiser's output must be stable; real texts need one, the worst known vectors three."""

_NUMBER = re.compile(r"-?[0-9]{1,6}")
_SPAN = re.compile(r"[0-9]{1,4}")
_ATTRIBUTE_VALUES = {
    "start": _NUMBER,
    "value": _NUMBER,
    "colspan": _SPAN,
    "rowspan": _SPAN,
    "type": re.compile(r"[1aAiI]"),
    "scope": re.compile(r"row|col|rowgroup|colgroup"),
    "dir": re.compile(r"ltr|rtl|auto"),
}

# Elements that part their text from the text around them. Dropping the tag alone would glue words together, so they
# become div, which is what they look like.
_PARTING = frozenset(
    {"section", "article", "aside", "header", "footer", "main", "nav", "address", "center", "figure", "figcaption"}
    | {"details", "summary", "fieldset", "legend", "form", "dialog", "hgroup", "menu", "dir", "listing", "search"}
)
# Elements that say nothing which a listed one would not say as well.
_LIKE = {"kbd": "code", "samp": "code", "tt": "code", "var": "em", "cite": "em", "dfn": "em"}
_STYLED_LIKE = {"mark": "background-color: yellow", "big": "font-size: larger"}
FOREIGN = _PARTING | {"q", "font"} | _LIKE.keys() | _STYLED_LIKE.keys()
_UNFAMILIAR = re.compile(rf"<(?:{'|'.join(sorted(FOREIGN))})\b|list-style", re.IGNORECASE)
TAG = re.compile(r"<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)(?P<attributes>(?:\s+[^\s=>]+=\"[^\"]*\")*)\s*/?>")
"""One tag in the sanitiser's own output, which quotes every attribute and escapes every other angle bracket."""


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "style":
        return numbering_type(value) if tag == "ol" else kept_style(value)
    if name == "href":
        return kept_target(value)
    allowed = _ATTRIBUTE_VALUES.get(name)
    return value if allowed is None or allowed.fullmatch(value) else None


_PUSH = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags=set(DROPPED_WITH_CONTENT),
    attributes=ATTRIBUTES,
    attribute_filter=_attribute,
    link_rel=None,
    url_schemes=set(URL_SCHEMES),
)
_FOREIGN_KEPT = nh3.Cleaner(
    tags=set(TAGS | FOREIGN),
    clean_content_tags=set(DROPPED_WITH_CONTENT),
    attributes={**ATTRIBUTES, "font": {"color"}, "ol": ATTRIBUTES["ol"] | {"style"}},
    attribute_filter=_attribute,
    link_rel=None,
    url_schemes=set(URL_SCHEMES),
)


def sanitised(html: str) -> str:
    """The push form: only listed elements, attributes, link targets and styles. Doing it twice changes nothing.

    Rounds are repeated until the text is stable, because dropping one element can let the next parse differently.
    Every round's output is already safe, so stopping after MAX_ROUNDS costs stability at most.
    """
    if _UNFAMILIAR.search(html):
        html = TAG.sub(_familiar_tag, _FOREIGN_KEPT.clean(html))
    text = _PUSH.clean(html)
    for _ in range(MAX_ROUNDS):
        again = _PUSH.clean(text)
        if again == text:
            break
        text = again
    return text


def _familiar_tag(match: re.Match[str]) -> str:
    """The listed element that looks like a foreign one, and a list whose numbers are not left to a style."""
    name, closing = match["name"], bool(match["close"])
    if name in _PARTING:
        return "</div>" if closing else "<div>"
    if name == "q":
        return "”" if closing else "“"
    if name in _LIKE:
        return f"</{_LIKE[name]}>" if closing else f"<{_LIKE[name]}>"
    if name in _STYLED_LIKE:
        return "</span>" if closing else f'<span style="{_STYLED_LIKE[name]};">'
    if name == "font":
        colour = re.search(r'color="([^"]*)"', match["attributes"])
        style = f' style="color: {escape(colour.group(1))}"' if colour else ""
        return "</span>" if closing else f"<span{style}>"
    if name == "ol" and 'style="' in match["attributes"]:
        # Editors write lettered lists as a style. Without it "see item c" would lead nowhere, so it becomes the type.
        attributes = dict(re.findall(r'([a-z]+)="([^"]*)"', match["attributes"]))
        attributes["type"] = attributes.pop("style")
        return "<ol" + "".join(f' {key}="{value}"' for key, value in attributes.items()) + ">"
    return match.group()

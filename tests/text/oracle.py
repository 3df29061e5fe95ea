"""A second opinion on whether HTML is harmless: other parsers than the product's, and rules written down again here."""

import re
from collections.abc import Iterator

import html5lib
from selectolax.lexbor import LexborHTMLParser

TAGS = {
    "p",
    "div",
    "br",
    "hr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "pre",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "table",
    "caption",
    "colgroup",
    "col",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "td",
    "th",
    "a",
    "strong",
    "b",
    "em",
    "i",
    "u",
    "s",
    "strike",
    "del",
    "ins",
    "sub",
    "sup",
    "code",
    "small",
    "span",
}
ATTRIBUTES = {
    "a": {"href", "title"},
    "td": {"colspan", "rowspan", "style", "dir"},
    "th": {"colspan", "rowspan", "scope", "style", "dir"},
    "ol": {"start", "type", "reversed", "dir"},
    "li": {"value", "style", "dir"},
    "ul": {"dir"},
    "table": {"dir"},
    "blockquote": {"dir"},
    **{name: {"style", "dir"} for name in ("p", "div", "span", "h1", "h2", "h3", "h4", "h5", "h6")},
}
PROPERTIES = {
    "text-decoration",
    "font-weight",
    "font-style",
    "text-align",
    "color",
    "background-color",
    "font-size",
    "font-family",
    "padding-left",
    "margin-left",
    "direction",
    "vertical-align",
}
_SCAFFOLD = {"html", "head", "body"}
_RISKY_CSS = re.compile(
    r"url|expression|javascript|import|binding|behavior|\\|/\*|<|>|var\(|calc\(|attr\(", re.IGNORECASE
)


def faults(html: str) -> list[str]:
    """What two independent parsers find in the text that must not be there."""
    found = []
    for parser, elements in (("html5lib", _html5lib(html)), ("lexbor", _lexbor(html))):
        for tag, attributes in elements:
            found.extend(f"{parser}: {fault}" for fault in _element_faults(tag, attributes))
    return found


def _html5lib(html: str) -> Iterator[tuple[str, dict[str, str]]]:
    for container in ("div", "td"):
        tree = html5lib.parseFragment(html, container=container, namespaceHTMLElements=False)
        for element in tree.iter():
            if isinstance(element.tag, str) and element.tag != "DOCUMENT_FRAGMENT":
                yield element.tag.rpartition("}")[2], {str(k): v for k, v in element.attrib.items()}


def _lexbor(html: str) -> Iterator[tuple[str, dict[str, str]]]:
    root = LexborHTMLParser(html).root
    for node in root.traverse(include_text=False) if root else ():
        if node.tag not in _SCAFFOLD:
            yield node.tag, {name: value or "" for name, value in node.attributes.items()}


def _element_faults(tag: str, attributes: dict[str, str]) -> Iterator[str]:
    if tag not in TAGS:
        yield f"element {tag}"
    for name, value in attributes.items():
        if name not in ATTRIBUTES.get(tag, set()):
            yield f"attribute {name} on {tag}"
        if name == "href" and not _is_harmless_target(value):
            yield f"target {value!r}"
        if name == "style":
            yield from _style_faults(value)


def _is_harmless_target(value: str) -> bool:
    """As a browser reads it: control characters and spaces at the edges do not count, nor tabs and line ends inside."""
    read = re.sub(r"[\t\n\r]", "", value.strip("".join(map(chr, range(33)))))
    scheme = re.match(r"([a-z][a-z0-9+.-]*):", read, re.IGNORECASE)
    if scheme:
        return scheme.group(1).lower() in {"http", "https", "mailto"}
    return not re.match(r"[/\\]{2}", read)


def _style_faults(style: str) -> Iterator[str]:
    if _RISKY_CSS.search(style):
        yield f"style {style!r}"
    for declaration in filter(str.strip, style.split(";")):
        if declaration.partition(":")[0].strip().lower() not in PROPERTIES:
            yield f"declaration {declaration!r}"

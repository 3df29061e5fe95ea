"""What a statement may hold: the one allow-list that sanitising, comparing and merging share."""

from enum import StrEnum

RULE_VERSION = "c1"
"""Stored with every fingerprint: when these rules change, old fingerprints are made again instead of read as edits."""


class TextKind(StrEnum):
    """How the text of a field is to be read."""

    HTML = "html"
    PLAIN = "plain"


STYLED = frozenset({"p", "div", "li", "td", "th", "span", "h1", "h2", "h3", "h4", "h5", "h6"})
DIRECTED = STYLED | {"ul", "ol", "table", "blockquote"}

INLINE = frozenset({"a", "strong", "b", "em", "i", "u", "s", "strike", "del", "ins", "sub", "sup", "code", "small"})
"""Inline elements that carry meaning. A span carries only its style and is not among them."""

TAGS = (
    INLINE
    | STYLED
    | {"div", "br", "hr", "blockquote", "pre", "ul", "ol", "dl", "dt", "dd"}
    | {"table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr"}
)

ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),  # without this the sanitiser lets its own defaults through on every element
    "a": {"href", "title"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start", "type", "reversed"},
    "li": {"value"},
}
for _tag in STYLED:
    ATTRIBUTES.setdefault(_tag, set()).add("style")
for _tag in DIRECTED:
    ATTRIBUTES.setdefault(_tag, set()).add("dir")

DROPPED_WITH_CONTENT = frozenset(
    {"script", "style", "svg", "math", "iframe", "template", "noscript", "textarea", "select", "xmp", "title"}
    | {"object", "video", "audio", "canvas", "applet", "noframes", "noembed"}
)
"""Elements whose inside is never text of the statement."""

URL_SCHEMES = frozenset({"http", "https", "mailto"})

STYLE_PROPERTIES = frozenset(
    {"text-decoration", "font-weight", "font-style", "text-align", "color", "background-color", "font-size"}
    | {"font-family", "padding-left", "margin-left", "direction", "vertical-align"}
)

PRESENTATIONAL = frozenset(
    {"align", "valign", "bgcolor", "border", "width", "height", "face", "size", "cellpadding", "cellspacing"}
)
"""Attributes by which old markup says what styles say today."""

EMBEDS = {
    "img": "image", "iframe": "embedded frame", "frame": "embedded frame", "object": "embedded object",
    "embed": "embedded object", "applet": "embedded object", "video": "video", "audio": "audio recording",
    "svg": "drawing", "canvas": "drawing", "math": "formula", "input": "form field", "button": "form field",
    "select": "form field", "textarea": "form field", "meter": "form field", "progress": "form field",
    "xmp": "unformatted source text",
}  # fmt: skip
"""Elements with content that this bot cannot carry, under the names by which a reader knows them."""

MAX_DEPTH = 100
"""Elements nested deeper than this are not read: no editor makes them, and each level costs recursion."""

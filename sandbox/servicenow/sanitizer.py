"""The HTML sanitiser that runs when an html field is saved; the stored text may then differ from the one sent."""

import re
from html import entities

import nh3

# Where an instance tells whether its sanitiser is on.
SANITIZE_PROPERTY = "glide.html.sanitize_all_fields"

_TAGS = (
    "a abbr address article aside b bdo big blockquote br caption center cite code col colgroup dd del details dfn div "
    "dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q s samp "
    "section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var"
)
ALLOWED_TAGS = set(_TAGS.split())
_EVERYWHERE = {"id", "class", "lang", "title", "style", "dir", "align"}
ALLOWED_ATTRIBUTES = {
    "*": _EVERYWHERE,
    "a": {"href", "name", "target", "rel"},
    "img": {"src", "alt", "width", "height", "border"},
    "table": {"border", "cellpadding", "cellspacing", "width", "summary"},
    "td": {"colspan", "rowspan", "width", "valign"},
    "th": {"colspan", "rowspan", "width", "scope", "valign"},
    "ol": {"start", "type"},
    "ul": {"type"},
    "li": {"value"},
    "font": {"color", "face", "size"},
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
}
SCHEMES = {"http", "https", "mailto", "data"}

_CHECKED = nh3.Cleaner(
    tags=ALLOWED_TAGS,
    attributes=ALLOWED_ATTRIBUTES,
    url_schemes=SCHEMES,
    link_rel=None,
    clean_content_tags={"script", "style"},
    strip_comments=True,
)
_VOID = re.compile(r"<(br|hr|img|col)\b([^<>]*?)\s*/?>")
_BEFORE_BLOCKS = re.compile(r">\s*(?=</?(?:ul|ol|table|thead|tbody|tr)\b|<(?:p|li|td|th|h[1-6]|blockquote|div)\b)")
_NAMED = {code: name for code, name in entities.codepoint2name.items() if code > 159}


def sanitized(html: str, mode: str, attributes: str = "") -> str:
    """`html` as it is stored. `mode` is the instance's; the dictionary's `html_sanitize=` beats the mode "off"."""
    own = dict(part.split("=", 1) for part in attributes.split(",") if "=" in part).get("html_sanitize")
    if mode == "off":
        return _stripped(html) if own == "true" else html
    if own == "false":
        return html
    return {"strip": _stripped, "reserialise": _reserialised, "churn": _churned}[mode](html)


def _stripped(html: str) -> str:
    """The text without tags and attributes that are not allowed; the bytes stay where nothing had to go."""
    cleaned = str(_CHECKED.clean(html))
    # The parser also spells quotes and entities its own way. Where that is all it did, the text is kept as sent.
    permissive = nh3.clean(
        html,
        tags=_tags_in(html),
        attributes={tag: _attributes_in(html) for tag in _tags_in(html)},
        clean_content_tags=set(),
        generic_attribute_prefixes={"data-", "on"},
        url_schemes=SCHEMES | {"javascript", "ftp", "tel", "file"},
        link_rel=None,
        strip_comments=False,
    )
    return html if permissive == cleaned else cleaned


def _tags_in(html: str) -> set[str]:
    return {tag.lower() for tag in re.findall(r"<([A-Za-z][\w-]*)", html)}


def _attributes_in(html: str) -> set[str]:
    return {name.lower() for name in re.findall(r"[\s\"']([A-Za-z][\w-]*)\s*=", html)}


def _reserialised(html: str) -> str:
    """Cleaned and written anew: void tags closed, named entities for all that is not ASCII, a line for each block."""
    closed = _VOID.sub(lambda tag: f"<{tag[1]}{tag[2]} />", str(_CHECKED.clean(html)))
    return _BEFORE_BLOCKS.sub(">\n", _with_entities(closed))


def _churned(html: str) -> str:
    """The same document with its characters spelt as entities: nothing a reader sees changes."""
    return _with_entities(html).replace("&quot;", "&#34;").replace("&nbsp;", "&#160;")


def _with_entities(html: str) -> str:
    return "".join(f"&{_NAMED[ord(sign)]};" if ord(sign) in _NAMED else sign for sign in html)

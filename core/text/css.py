"""Inline styles: which declarations are kept, how they are written, and when two of them look alike."""

import re

from core.text.rules import STYLE_PROPERTIES

# One declaration value: quoted font names, colour functions, or plain words and numbers. Anything that could load,
# compute or escape (url(), var(), backslashes, comments) does not match and is dropped with its declaration.
_VALUE = re.compile(
    r"""(?:'[\w\s.,-]*'|"[\w\s.,-]*"|(?:rgb|hsl)a?\([\d\s.,%/]+\)|[\w#%.,\s+-])+""", re.ASCII | re.IGNORECASE
)
_IMPORTANT = re.compile(r"\s*!\s*important\s*$", re.IGNORECASE | re.ASCII)
_COLOUR = re.compile(r"#[0-9a-f]{3,8}|(?:rgb|hsl)a?\([^)]*\)|[a-z]+", re.IGNORECASE | re.ASCII)
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*(?:,\s*(?:1|1\.0|100%)\s*)?\)", re.ASCII)
_RAISING = frozenset({"super", "sub"})  # they change what is said (10⁶ is not 106); other alignments only how it looks
_ASCII_SPACE = " \t\n\r\f"

_NUMBERING = re.compile(r"list-style(?:-type)?\s*:\s*(?:(?:in|out)side\s+)?([a-z-]+)", re.IGNORECASE | re.ASCII)
_NUMBERING_TYPES = {
    "decimal": "1", "lower-alpha": "a", "lower-latin": "a", "upper-alpha": "A", "upper-latin": "A",
    "lower-roman": "i", "upper-roman": "I",
}  # fmt: skip

# The colours that editors write by name; any other name stays as it is.
_NAMED = {
    "black": "#000000", "silver": "#c0c0c0", "gray": "#808080", "grey": "#808080", "white": "#ffffff",
    "maroon": "#800000", "red": "#ff0000", "purple": "#800080", "fuchsia": "#ff00ff", "magenta": "#ff00ff",
    "green": "#008000", "lime": "#00ff00", "olive": "#808000", "yellow": "#ffff00", "navy": "#000080",
    "blue": "#0000ff", "teal": "#008080", "aqua": "#00ffff", "cyan": "#00ffff", "orange": "#ffa500",
}  # fmt: skip


def declarations(style: str) -> dict[str, str]:
    """The kept declarations of a style attribute: property in lower case to value as written; the last one wins."""
    kept: dict[str, str] = {}
    for declaration in style.split(";"):
        name, colon, value = declaration.partition(":")
        name = name.strip(_ASCII_SPACE).lower()
        value = _IMPORTANT.sub("", value).strip(_ASCII_SPACE)
        if name == "background" and _COLOUR.fullmatch(value) and value.lower() != "none":
            name = "background-color"
        if name == "vertical-align" and value.lower() not in _RAISING:
            continue
        if colon and name in STYLE_PROPERTIES and _VALUE.fullmatch(value):
            kept.pop(name, None)
            kept[name] = value
    return kept


def kept_style(style: str) -> str | None:
    """The style attribute as it is saved, or None when nothing of it is kept. Doing it twice changes nothing."""
    kept = declarations(style)
    return " ".join(f"{name}: {value};" for name, value in kept.items()) or None


def numbering_type(style: str) -> str | None:
    """The `type` of a numbered list that its style asks for, such as `a` for letters; None where it asks for none."""
    match = _NUMBERING.search(style)
    return _NUMBERING_TYPES.get(match.group(1).lower()) if match else None


def comparable(name: str, value: str) -> str:
    """One value in the form in which equal looks are equal strings: case, spaces and ways to write a colour."""
    value = re.sub(r"\s+", " ", value.lower()).strip()
    if name in {"color", "background-color"}:
        return _colour(value)
    if name == "font-family":
        return ",".join(part.strip(" '\"") for part in value.split(","))
    if name == "font-weight":
        return {"400": "normal", "700": "bold"}.get(value, value)
    return "0" if re.fullmatch(r"[+-]?0(?:\.0+)?[a-z%]*", value) else value


def _colour(value: str) -> str:
    value = _NAMED.get(value, value)
    if re.fullmatch(r"#[0-9a-f]{3}", value):
        return "#" + "".join(digit * 2 for digit in value[1:])
    channels = _RGB.fullmatch(value)
    if channels and all(int(channel) <= 255 for channel in channels.groups()):
        return "#" + "".join(f"{int(channel):02x}" for channel in channels.groups())
    return value.replace(" ", "")

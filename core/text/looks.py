"""Emphasis, link and look of text, as inherited from the elements around it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from core.text.css import comparable, declarations
from core.text.rules import STYLED
from core.text.runs import Link, with_mark
from core.text.tree import Element

_MARK_OF = {
    "strong": "strong", "b": "strong", "em": "em", "i": "em", "u": "u", "s": "s", "strike": "s", "del": "s",
    "ins": "ins", "small": "small", "code": "code", "sup": "sup", "sub": "sub",
}  # fmt: skip
_INDENTS = frozenset({"padding-left", "margin-left"})  # an indent adds to the one around it
_DRAWN_LINES = {"underline": "u", "line-through": "s"}
_NO_LINES = frozenset({"none", "solid", "initial", "auto", "currentcolor"})


@dataclass(frozen=True, slots=True)
class Look:
    """What the elements around a text give to it."""

    marks: tuple[str, ...] = ()
    link: Link | None = None
    styles: tuple[tuple[str, str], ...] = ()

    @property
    def style(self) -> str:
        """The look in one string, such as `color=#ff0000;text-align=center`; emphasis is not part of it."""
        return ";".join(f"{name}={value}" for name, value in self.styles)

    def inside(self, element: Element) -> "Look":
        """The look of text inside that element."""
        name = element.name
        if name in _MARK_OF:
            return replace(self, marks=with_mark(self.marks, _MARK_OF[name]))
        if name == "a":
            href = element.attributes.get("href", "").replace(" ", "%20")
            return replace(self, link=Link(href, element.attributes.get("title", ""))) if href else self
        if name not in STYLED or not element.attributes:
            return self
        look = self
        if "dir" in element.attributes:
            look = _styled(look, [("direction", element.attributes["dir"])])
        found = declarations(element.attributes.get("style", "")).items()
        values = [(prop, comparable(prop, value)) for prop, value in found]
        return _emphasised(look, values) if name == "span" else _styled(look, values)


def _emphasised(look: Look, values: list[tuple[str, str]]) -> Look:
    """A span's bold, italic, underline and strike are emphasis; the rest of its style is look."""
    rest = []
    for name, value in values:
        mark, cancels = _emphasis(name, value)
        if mark:
            look = replace(look, marks=with_mark(look.marks, mark))
        elif name == "text-decoration":
            look, other = _with_lines(look, value)
            rest.extend([(name, other)] if other else [])
        elif not cancels or cancels in look.marks:
            rest.append((name, value))
    return _styled(look, rest)


def _with_lines(look: Look, value: str) -> tuple[Look, str]:
    for word in value.split():
        if word in _DRAWN_LINES:
            look = replace(look, marks=with_mark(look.marks, _DRAWN_LINES[word]))
    return look, " ".join(word for word in value.split() if word not in _DRAWN_LINES and word not in _NO_LINES)


def _styled(look: Look, values: Iterable[tuple[str, str]]) -> Look:
    styles = dict(look.styles)
    for name, value in values:
        added = _indent(styles.get(name, ""), value) if name in _INDENTS else value
        if added:
            styles[name] = added
    return replace(look, styles=tuple(sorted(styles.items())))


def _indent(around: str, value: str) -> str:
    """An indent, with those around it."""
    return f"{around}>{value}" if value != "0" else around


def _emphasis(name: str, value: str) -> tuple[str, str]:
    """The mark that a declaration stands for, and the mark that it takes away where there is one."""
    if name == "font-weight":
        is_bold = value in {"bold", "bolder"} or (value.isdecimal() and int(value) >= 600)
        return ("strong", "") if is_bold else ("", "strong")
    if name == "vertical-align":
        return {"super": "sup", "sub": "sub"}.get(value, ""), ""
    if name == "font-style":
        is_italic = value.startswith(("italic", "oblique"))
        return ("em", "") if is_italic else ("", "em")
    return "", ""

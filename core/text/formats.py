"""How the look and structure of text differ, in words for people."""

from core.text.block import Block
from core.text.leaves import structural
from core.text.readable import leaf_pieces
from core.text.runs import Run

_PLAIN = Run("")
_MARK_NAMES = {
    "strong": "bold", "em": "italic", "u": "underline", "s": "strike-through", "ins": "insertion mark",
    "small": "small print", "code": "code", "sup": "superscript", "sub": "subscript",
}  # fmt: skip
_STYLE_NAMES = {
    "color": "colour", "background-color": "background colour", "text-align": "alignment", "font-family": "font",
    "font-size": "font size", "padding-left": "indent", "margin-left": "indent", "direction": "text direction",
    "font-weight": "bold", "font-style": "italic", "text-decoration": "underline",
}  # fmt: skip
_KIND_NAMES = {
    "p": "paragraph", "li": "list item", "tr": "table row", "pre": "preformatted text", "dt": "term",
    "dd": "definition", "caption": "table caption", "hr": "line",
}  # fmt: skip


def character_runs(block: Block) -> list[Run]:
    """For each character of the block's text the run it comes from, so that looks can be compared place by place."""
    if block.leaf is None:
        return [_PLAIN] * len(block.text)
    characters: list[Run] = []
    for piece in leaf_pieces(block.leaf):
        characters.extend([piece.run or _PLAIN] * len(piece.text))
    return characters


def look_changes(before: Run, after: Run) -> list[str]:
    """What differs in the look of two runs that say the same, such as `bold` or `colour`."""
    changed = set(before.marks) ^ set(after.marks)
    names = [_MARK_NAMES[mark] for mark in _MARK_NAMES if mark in changed]
    if not names and before.marks != after.marks:
        names.append("nesting of raised or small text")
    old, new = _styles(before.style), _styles(after.style)
    names.extend(_STYLE_NAMES[name] for name in _STYLE_NAMES if old.get(name) != new.get(name))
    if before.link and after.link and before.link.title != after.link.title:
        names.append("link title")
    return names


def target_change(before: Run, after: Run) -> str | None:
    """A link that says the same and leads elsewhere, in words."""
    if before.link and after.link and before.link.href != after.link.href:
        return f"link target changed: {before.link.href} → {after.link.href}"
    return None


def structure_change(before: Block, after: Block) -> str | None:
    """How the place of a block in headings, lists and tables changed, in words; None when it did not."""
    if before.kind != after.kind:
        return f"{_kind_name(before.kind)} became {_kind_name(after.kind)}"
    old, new = ([(step.signature, step.mark) for step in structural(block.path)] for block in (before, after))
    if [name for name, _ in old] != [name for name, _ in new]:
        return "place in lists or tables changed"
    if old != new:
        return "start of a list or table changed"
    return None


def _kind_name(kind: str) -> str:
    return f"heading {kind[1]}" if kind[0] == "h" and kind[1:].isdecimal() else _KIND_NAMES[kind]


def _styles(style: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in style.split(";")) if style else {}

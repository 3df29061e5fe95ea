"""How the look and structure of text differ, in words for people."""

from collections.abc import Sequence

from core.text.block import Block
from core.text.leaves import Step, structural
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

_LIST_NAMES = {"ul": "bulleted list", "ol": "numbered list", "dl": "list of terms"}


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
    old, new = structural(before.path), structural(after.path)
    if [step.signature for step in old] != [step.signature for step in new]:
        return _container_change(old, new)
    if [step.mark for step in old] != [step.mark for step in new]:
        return "start of a list, quotation or table changed"
    if before.kind == "tr" and _cells(before) != _cells(after):
        return "cells of the table row changed"
    return None


def _container_change(old: Sequence[Step], new: Sequence[Step]) -> str:
    old_names, new_names = [step.name for step in old], [step.name for step in new]
    if old_names == new_names:
        is_turned = any('dir="' in step.attributes for step in (*old, *new))
        return "direction or numbering of the list changed" if is_turned else "numbering of the list changed"
    changed = [pair for pair in zip(old_names, new_names, strict=False) if pair[0] != pair[1]]
    if len(old) == len(new) and len(changed) == 1 and set(changed[0]) <= _LIST_NAMES.keys():
        return f"{_LIST_NAMES[changed[0][0]]} became {_LIST_NAMES[changed[0][1]]}"
    for name, place in (("blockquote", "quotation"), ("table", "table"), ("li", "list")):
        if old_names.count(name) != new_names.count(name):
            return f"level in {place} changed" if name in old_names and name in new_names else f"{place} begun or ended"
    return "place in lists or tables changed"


def _cells(block: Block) -> list[tuple[str, str]]:
    return [(cell.name, cell.attributes) for cell in block.leaf.cells] if block.leaf else []


def _kind_name(kind: str) -> str:
    return f"heading {kind[1]}" if kind[0] == "h" and kind[1:].isdecimal() else _KIND_NAMES[kind]


def _styles(style: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in style.split(";")) if style else {}

"""The inside of one block as runs of text: what is said, with which emphasis, in which look."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby
from typing import Literal

MARKS = ("strong", "em", "u", "s", "ins", "small", "code", "sup", "sub")
"""Emphasis in the order in which the canonical form nests it."""

_STACKING = frozenset({"small", "sup", "sub"})  # a superscript of a superscript is not the same as one

# No reader sees these: zero-width space, word joiner, byte order mark, soft hyphen. Joiners (U+200C, U+200D) stay,
# they change the shape of letters and emoji; so do bidi controls, which change the order in which text is read.
INVISIBLE = {0x200B: None, 0x2060: None, 0xFEFF: None, 0x00AD: None}
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Link:
    """Where a run leads."""

    href: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one emphasis, link and look; or a line break; or content that only a placeholder stands for."""

    text: str
    marks: tuple[str, ...] = ()
    link: Link | None = None
    style: str = ""
    kind: Literal["text", "break", "embed"] = "text"
    identity: str = ""


BREAK = Run("\n", kind="break")


def with_mark(marks: tuple[str, ...], mark: str) -> tuple[str, ...]:
    """The emphasis with one more, in canonical order."""
    if mark in marks and mark not in _STACKING:
        return marks
    return tuple(sorted((*marks, mark), key=MARKS.index))


def visible(text: str) -> str:
    """The characters that count: composed (NFC), without those nobody sees."""
    return unicodedata.normalize("NFC", text.translate(INVISIBLE))


def settled(runs: Iterable[Run]) -> tuple[Run, ...]:
    """The runs in canonical form: white space collapsed, trimmed at block edges and around line breaks."""
    items: list[Run] = []
    for run in runs:
        items.extend(_parted(run))
    items = _without_outer_breaks(_without_idle_spaces(items))
    return _joined(_with_space_marks(items))


def settled_preformatted(runs: Iterable[Run]) -> tuple[Run, ...]:
    """The runs of preformatted text: every space and line counts, but for line ends at the very end."""
    kept = []
    for run in runs:
        if run.kind == "break":
            kept.append(Run("\n"))
        else:
            kept.append(replace(run, text=visible(run.text).replace("\u00a0", " ")))
    while kept and kept[-1].kind == "text" and not kept[-1].text.strip("\n"):
        kept.pop()
    if kept and kept[-1].kind == "text":
        kept[-1] = replace(kept[-1], text=kept[-1].text.rstrip("\n"))
    if not any(run.kind == "embed" or run.text.strip() for run in kept):
        return ()
    return _joined(kept)


def _parted(run: Run) -> list[Run]:
    """The run as words and single spaces, so that a space at its edge can be judged by itself."""
    if run.kind != "text":
        return [run]
    text = _SPACE.sub(" ", visible(run.text))
    core = text.strip(" ")
    if not core:
        return [replace(run, text=" ")] if text else []
    parts = [replace(run, text=core)]
    if text[0] == " ":
        parts.insert(0, replace(run, text=" "))
    if text[-1] == " ":
        parts.append(replace(run, text=" "))
    return parts


def _without_idle_spaces(items: list[Run]) -> list[Run]:
    kept: list[Run] = []
    for item in items:
        if item.kind == "text" and item.text == " ":
            if not kept or kept[-1].kind == "break" or kept[-1].text == " ":
                continue
        elif item.kind == "break" and kept and kept[-1].kind == "text" and kept[-1].text == " ":
            kept.pop()
        kept.append(item)
    if kept and kept[-1].kind == "text" and kept[-1].text == " ":
        kept.pop()
    return kept


def _without_outer_breaks(items: list[Run]) -> list[Run]:
    while items and items[-1].kind == "break":
        items.pop()
    return items


def _with_space_marks(items: list[Run]) -> list[Run]:
    """A space between two words has the emphasis that both have: nobody sees whether a lone space is bold.

    Links and code show where they end, so a space belongs to them only if it was inside.
    """
    kept = list(items)
    for index in range(1, len(items) - 1):
        item = items[index]
        if item.kind != "text" or item.text != " ":
            continue
        left, right = items[index - 1], items[index + 1]
        shared = [mark for mark in left.marks if mark in right.marks and (mark != "code" or mark in item.marks)]
        link = item.link if left.link == right.link == item.link else None
        style = left.style if left.style == right.style else ""
        kept[index] = Run(" ", tuple(dict.fromkeys(shared)), link, style)
    return kept


def _joined(items: Iterable[Run]) -> tuple[Run, ...]:
    """Neighbouring text of one emphasis, link and look as one run."""
    joined: list[Run] = []
    for (kind, marks, link, style), group in groupby(items, key=_likeness):
        if kind == "text":
            text = visible("".join(run.text for run in group))
            joined.extend([Run(text, marks, link, style)] if text else [])
        else:
            joined.extend(group)
    return tuple(joined)


def _likeness(run: Run) -> tuple[str, tuple[str, ...], Link | None, str]:
    return run.kind, run.marks, run.link, run.style


def canonical_inline(runs: Iterable[Run]) -> str:
    """The runs as HTML in one way only, without any look."""
    parts: list[str] = []
    for (kind, marks, link), group in groupby(runs, key=lambda run: (run.kind, run.marks, run.link)):
        if kind == "break":
            parts.extend("<br>" for _ in group)
            continue
        if kind == "embed":
            text = "".join(f"[{escape(run.text)} {escape(run.identity)}]" for run in group)
        else:
            text = escape("".join(run.text for run in group), quote=False)
        opening = "".join(f"<{mark}>" for mark in marks)
        closing = "".join(f"</{mark}>" for mark in reversed(marks))
        parts.append(_linked(f"{opening}{text}{closing}", link))
    return "".join(parts)


def _linked(html: str, link: Link | None) -> str:
    if link is None:
        return html
    title = f' title="{escape(link.title)}"' if link.title else ""
    return f'<a href="{escape(link.href)}"{title}>{html}</a>'


def style_signature(runs: Iterable[Run]) -> str:
    """How much text has which look: `12 color=#ff0000|40`. Empty when nothing has a look of its own."""
    spans: list[tuple[int, str]] = []
    for run in runs:
        length = count_of_visible(run.text) if run.kind == "text" else 0
        if not length:
            continue
        if spans and spans[-1][1] == run.style:
            spans[-1] = (spans[-1][0] + length, run.style)
        else:
            spans.append((length, run.style))
    if not any(style for _, style in spans):
        return ""
    return "|".join(f"{length} {style}".rstrip() for length, style in spans)


def count_of_visible(text: str) -> int:
    """How many characters of the text leave a mark on paper, so that ways to write white space do not count."""
    return len(_SPACE.sub("", text))

"""A difference made short for reading, and written in full for a file."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from core.domain.diff_model import BlockChange, TextDiff
from core.domain.diff_words import Run, count_of_words

_NOUNS = {"li": "list item", "tr": "table row"}

FOLDED_AT_LEAST = 20
"""Characters that folding must save inside a block; a marker in the place of less is no gain."""


def fold(diff: TextDiff, context: int = 1, around: int = 60) -> TextDiff:
    """The difference with unchanged text folded: what went and came is all there, what stayed is counted.

    Keeps `context` unchanged blocks beside a changed one, and `around` unchanged characters beside a changed word.
    """
    shown = _near_changes(diff.blocks, context)
    blocks: list[BlockChange] = []
    hidden: list[BlockChange] = []
    for index, block in enumerate(diff.blocks):
        if index not in shown:
            hidden.append(block)
            continue
        blocks.extend(_folded_blocks(hidden))
        hidden = []
        blocks.append(replace(block, runs=_folded_runs(block.runs, around)))
    blocks.extend(_folded_blocks(hidden))
    return replace(diff, blocks=tuple(blocks))


def _near_changes(blocks: Sequence[BlockChange], context: int) -> set[int]:
    shown: set[int] = set()
    for index, block in enumerate(blocks):
        if block.kind != "same":
            shown.update(range(index - context, index + context + 1))
    return shown


def _folded_blocks(hidden: list[BlockChange]) -> list[BlockChange]:
    if not hidden:
        return []
    counts = Counter(_NOUNS.get(block.after.kind, "paragraph") for block in hidden if block.after)
    first, *more = (f"{count} {noun}{'' if count == 1 else 's'}" for noun, count in counts.items())
    told = f"{', '.join([first, *more])} unchanged" if more else first.replace(" ", " unchanged ", 1)
    return [BlockChange("folded", (Run("folded", f"… {told} …"),))]


def _folded_runs(runs: Sequence[Run], around: int) -> tuple[Run, ...]:
    folded: list[Run] = []
    for index, run in enumerate(runs):
        if run.kind != "same":
            folded.append(run)
            continue
        is_first, is_last = index == 0, index == len(runs) - 1
        head = "" if is_first and not is_last else _head(run.text, around)
        tail = "" if is_last and not is_first else _tail(run.text, around)
        middle = run.text[len(head) : len(run.text) - len(tail)]
        words = count_of_words(middle)
        if len(head) + len(tail) + FOLDED_AT_LEAST > len(run.text) or words < 2:
            folded.append(run)
            continue
        marker = f"{' ' if head else ''}… {words} words the same …{' ' if tail else ''}"
        parts = (Run("same", head), Run("folded", marker), Run("same", tail))
        folded.extend(part for part in parts if part.text)
    return tuple(folded)


def _head(text: str, around: int) -> str:
    """The first characters up to a word's end."""
    if len(text) <= around:
        return text
    space = text.rfind(" ", 0, around + 1)
    return text[: space if space > 0 else around]


def _tail(text: str, around: int) -> str:
    """The last characters from a word's start."""
    if len(text) <= around:
        return text
    space = text.find(" ", len(text) - around - 1)
    return text[space + 1 if space >= 0 else len(text) - around :]


def unified(diff: TextDiff) -> str:
    """The whole difference as text for a file: lines with `-` went, with `+` came; nothing is cut."""
    lines: list[str] = []
    for block in diff.blocks:
        if block.note:
            lines.append(f"@@ {block.note} @@")
        if block.kind == "same" or all(run.kind in {"same", "folded"} for run in block.runs):
            lines.extend(_prefixed("  ", block.label, block.runs, "same"))
            continue
        if block.before is not None:
            lines.extend(_prefixed("- ", block.before.label, block.runs, "removed"))
        if block.after is not None:
            lines.extend(_prefixed("+ ", block.after.label, block.runs, "added"))
    noted = {note for block in diff.blocks for note in block.note.split("; ")}
    lines.extend(f"@@ {note} @@" for note in diff.notes if note not in noted)
    return "\n".join(lines) + "\n" if lines else ""


def _prefixed(sign: str, label: str, runs: Sequence[Run], own: str) -> list[str]:
    text = label + "".join(run.text for run in runs if run.kind in {"same", "folded", own})
    return [f"{sign}{line}".rstrip() for line in text.split("\n")]

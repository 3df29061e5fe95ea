"""Word differences inside one block."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cydifflib import SequenceMatcher  # difflib's compiled twin: the same hunks, many times faster

# Scripts written without spaces (Japanese, Chinese, Thai) are compared character by character.
_UNSPACED = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(rf"\s+|[{_UNSPACED}]|[^\W{_UNSPACED}]+(?:[-'’.][^\W{_UNSPACED}]+)*|[^\w\s]")
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+(?:[-'’.][^\W{_UNSPACED}]+)*")
_SENTENCE = re.compile(r"[^.!?;\n]*[.!?;\n]*\s*")

BLOCK_BUDGET = 2_000 * 2_000
"""Token pairs compared in one block; beyond it, sentences are compared, and a sentence beyond it counts as replaced."""
TEXT_BUDGET = 4 * BLOCK_BUDGET
"""Token pairs compared in one whole text, so that a rewrite of 32,000 characters takes a fraction of a second."""

ISLAND_WORDS = 2
"""Up to so many equal words between two changes are shown as part of one change: easier to read than confetti."""


@dataclass(frozen=True, slots=True)
class Run:
    """Text that stayed, went or came; `folded` text stands for unchanged text that is not shown."""

    kind: Literal["same", "removed", "added", "folded"]
    text: str


@dataclass(slots=True)
class WordBudget:
    """How many token pairs may still be compared in this text."""

    left: int = TEXT_BUDGET

    def allows(self, old: Sequence[str], new: Sequence[str]) -> bool:
        """Whether these two may be compared; what is allowed is used up."""
        cost = len(old) * len(new)
        if cost > min(self.left, BLOCK_BUDGET):
            return False
        self.left -= cost
        return True


@dataclass(slots=True)
class _Hunk:
    """Tokens of both sides; of a hunk that is the same, both are equal."""

    is_same: bool
    old: list[str]
    new: list[str]


def count_of_words(text: str) -> int:
    """How many words the text has."""
    return sum(1 for _ in _WORD.finditer(text))


def word_runs(old: str, new: str, budget: WordBudget) -> tuple[Run, ...]:
    """What stayed, went and came, in reading order; what went stands before what came."""
    if old == new:
        return (Run("same", old),) if old else ()
    hunks = _hunks(_TOKEN.findall(old), _TOKEN.findall(new), budget)
    return tuple(_runs(_without_islands(_merged(hunks))))


def _hunks(old: list[str], new: list[str], budget: WordBudget) -> list[_Hunk]:
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    middle = _compared(old[start : len(old) - end], new[start : len(new) - end], budget)
    head = _Hunk(True, old[:start], new[:start])
    tail = _Hunk(True, old[len(old) - end :], new[len(new) - end :])
    return [head, *middle, tail]


def _compared(old: list[str], new: list[str], budget: WordBudget) -> list[_Hunk]:
    if not old or not new:
        return [_Hunk(False, old, new)]
    if budget.allows(old, new):
        return _matched(old, new)
    old_sentences, new_sentences = _sentences(old), _sentences(new)
    if len(old_sentences) == 1 or len(new_sentences) == 1 or not budget.allows(old_sentences, new_sentences):
        return [_Hunk(False, old, new)]
    hunks = []
    for part in _matched(old_sentences, new_sentences):
        before, after = (_TOKEN.findall("".join(side)) for side in (part.old, part.new))
        if not part.is_same and budget.allows(before, after):
            hunks.extend(_matched(before, after))
        else:
            hunks.append(_Hunk(part.is_same, before, after))
    return hunks


def _matched(old: Sequence[str], new: Sequence[str]) -> list[_Hunk]:
    opcodes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [_Hunk(tag == "equal", list(old[i1:i2]), list(new[j1:j2])) for tag, i1, i2, j1, j2 in opcodes]


def _sentences(tokens: list[str]) -> list[str]:
    return [sentence for sentence in _SENTENCE.findall("".join(tokens)) if sentence]


def _merged(hunks: list[_Hunk]) -> list[_Hunk]:
    merged: list[_Hunk] = []
    for hunk in hunks:
        if not hunk.old and not hunk.new:
            continue
        if merged and merged[-1].is_same == hunk.is_same:
            merged[-1] = _Hunk(hunk.is_same, merged[-1].old + hunk.old, merged[-1].new + hunk.new)
        else:
            merged.append(hunk)
    return merged


def _without_islands(hunks: list[_Hunk]) -> list[_Hunk]:
    kept: list[_Hunk] = []
    for index, hunk in enumerate(hunks):
        is_inner = 0 < index < len(hunks) - 1
        if hunk.is_same and not (is_inner and _is_island(hunk, kept[-1], hunks[index + 1])):
            kept.append(hunk)
        elif kept and not kept[-1].is_same:
            kept[-1] = _Hunk(False, kept[-1].old + hunk.old, kept[-1].new + hunk.new)
        else:
            kept.append(_Hunk(False, hunk.old, hunk.new))
    return kept


def _is_island(hunk: _Hunk, before: _Hunk, after: _Hunk) -> bool:
    words = _word_count(hunk.old)
    around = sum(_word_count(side) for near in (before, after) for side in (near.old, near.new))
    return words <= ISLAND_WORDS and around > 2 * words


def _word_count(tokens: list[str]) -> int:
    return sum(1 for token in tokens if token[0].isalnum())


def _runs(hunks: list[_Hunk]) -> list[Run]:
    runs = []
    for hunk in hunks:
        if hunk.is_same:
            runs.append(Run("same", "".join(hunk.old)))
            continue
        if hunk.old:
            runs.append(Run("removed", "".join(hunk.old)))
        if hunk.new:
            runs.append(Run("added", "".join(hunk.new)))
    return runs

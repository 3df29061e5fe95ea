"""Which block of the old text became which block of the new one."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.text.content import Block

_WORD = re.compile(r"\w+")

MOVED_WORDS = 4
"""A block shorter than this that turns up elsewhere is not called moved: short texts repeat by chance."""
LIKENESS = 0.4
"""Two blocks sharing so much of their words are shown as one that changed, less as one removed and one added."""
SHORT_WORDS = 3
"""Blocks this short share no words when one is replaced, and are still easier to read side by side."""
MAX_PAIRINGS = 10_000
"""Pairs of blocks weighed in one changed region (100 against 100 blocks); beyond it blocks pair in their order."""

Region = tuple[int, int, int, int]
Pair = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Moves:
    """The indexes, in the old and in the new text, of blocks that stand elsewhere word for word."""

    old: set[int] = field(default_factory=set)
    new: set[int] = field(default_factory=set)


def moved_blocks(
    before: Sequence[Block], after: Sequence[Block], opcodes: Sequence[tuple[str, int, int, int, int]]
) -> Moves:
    """The blocks that went at one place and came at another, unchanged."""
    gone: dict[str, list[int]] = defaultdict(list)
    moves = Moves()
    changed = [opcode for opcode in opcodes if opcode[0] != "equal"]
    for _, i1, i2, _, _ in changed:
        for i in range(i1, i2):
            if len(_words(before[i])) >= MOVED_WORDS:
                gone[before[i].text].append(i)
    for _, _, _, j1, j2 in changed:
        for j in range(j1, j2):
            if gone.get(after[j].text):
                moves.old.add(gone[after[j].text].pop(0))
                moves.new.add(j)
    return moves


def pairs(before: Sequence[Block], after: Sequence[Block], region: Region, moves: Moves) -> list[Pair]:
    """Every block of a changed region once, in reading order of both texts: paired where one became the other."""
    i1, i2, j1, j2 = region
    old = [i for i in range(i1, i2) if i not in moves.old]
    new = [j for j in range(j1, j2) if j not in moves.new]
    matched = _matched(before, after, old, new)
    found: list[Pair] = []
    i, j = i1, j1
    for old_index, new_index in [*matched, (i2, j2)]:
        found.extend((index, None) for index in range(i, old_index))
        found.extend((None, index) for index in range(j, new_index))
        if old_index < i2:
            found.append((old_index, new_index))
        i, j = old_index + 1, new_index + 1
    return found


def _matched(before: Sequence[Block], after: Sequence[Block], old: list[int], new: list[int]) -> list[tuple[int, int]]:
    old_words = [_words(before[i]) for i in old]
    new_words = [_words(after[j]) for j in new]
    if len(old) == len(new) == 1 and max(len(old_words[0]), len(new_words[0])) <= SHORT_WORDS:
        return [(old[0], new[0])]
    if len(old) * len(new) > MAX_PAIRINGS:
        likely = zip(range(len(old)), range(len(new)), strict=False)
        return [(old[i], new[j]) for i, j in likely if _likeness(old_words[i], new_words[j]) >= LIKENESS]
    return [(old[i], new[j]) for i, j in _best_path(old_words, new_words)]


def _best_path(old: list[set[str]], new: list[set[str]]) -> list[tuple[int, int]]:
    """The pairs, in order on both sides, that share the most words altogether."""
    width = len(new) + 1
    best = [[0.0] * width for _ in range(len(old) + 1)]
    alike = [[_likeness(left, right) for right in new] for left in old]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1])
            if alike[i][j] >= LIKENESS:
                best[i][j] = max(best[i][j], best[i + 1][j + 1] + alike[i][j])
    path = []
    i = j = 0
    while i < len(old) and j < len(new):
        if alike[i][j] >= LIKENESS and best[i][j] == best[i + 1][j + 1] + alike[i][j]:
            path.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return path


def _words(block: Block) -> set[str]:
    return set(_WORD.findall(block.text.lower()))


def _likeness(old: set[str], new: set[str]) -> float:
    return 2 * len(old & new) / (len(old) + len(new)) if old or new else 1.0

"""Which block of the old text became which block of the new one."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

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

Opcode = tuple[str, int, int, int, int]
Pair = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Pairing:
    """Every block of both texts once, in reading order; and which of the unpaired stand elsewhere word for word."""

    pairs: list[Pair]
    moved_old: set[int]
    moved_new: set[int]


def paired(before: Sequence[Block], after: Sequence[Block], opcodes: Sequence[Opcode]) -> Pairing:
    """The blocks of both texts, paired where one stayed or became the other."""
    found: list[Pair] = []
    for tag, i1, i2, j1, j2 in opcodes:
        if tag == "equal":
            found.extend(zip(range(i1, i2), range(j1, j2), strict=True))
        else:
            found.extend(_region_pairs(before, after, range(i1, i2), range(j1, j2)))
    gone: dict[str, list[int]] = defaultdict(list)
    for i, j in found:
        if i is not None and j is None and len(_words(before[i])) >= MOVED_WORDS:
            gone[before[i].text].append(i)
    pairing = Pairing(found, set(), set())
    for i, j in found:
        if i is None and j is not None and gone.get(after[j].text):
            pairing.moved_old.add(gone[after[j].text].pop(0))
            pairing.moved_new.add(j)
    return pairing


def _region_pairs(before: Sequence[Block], after: Sequence[Block], old: range, new: range) -> list[Pair]:
    found: list[Pair] = []
    i, j = old.start, new.start
    for old_index, new_index in [*_matched(before, after, old, new), (old.stop, new.stop)]:
        found.extend((index, None) for index in range(i, old_index))
        found.extend((None, index) for index in range(j, new_index))
        if old_index < old.stop:
            found.append((old_index, new_index))
        i, j = old_index + 1, new_index + 1
    return found


def _matched(before: Sequence[Block], after: Sequence[Block], old: range, new: range) -> list[tuple[int, int]]:
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

"""Where two edits of one text lie, and which of them meet."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import chain

from core.text.content import Block


@dataclass(frozen=True, slots=True)
class Hunk:
    """Blocks `start:end` of the baseline that one side replaced by its own blocks `own_start:own_end`."""

    start: int
    end: int
    own_start: int
    own_end: int

    @property
    def growth(self) -> int:
        """By how many blocks the text grew here."""
        return (self.own_end - self.own_start) - (self.end - self.start)


@dataclass(frozen=True, slots=True)
class Region:
    """Blocks `start:end` of the baseline, with the changes of each side there; none of them reaches beyond it."""

    start: int
    end: int
    local: tuple[Hunk, ...]
    remote: tuple[Hunk, ...]


def looks(blocks: Sequence[Block]) -> list[tuple[str, str]]:
    """The blocks as merging compares them: what each says, and how it looks."""
    return [(block.key, block.style) for block in blocks]


def hunks(baseline: Sequence[Block], own: Sequence[Block]) -> list[Hunk]:
    """The changes that lead from the baseline to one side's text."""
    opcodes = SequenceMatcher(None, looks(baseline), looks(own), autojunk=False).get_opcodes()
    return [Hunk(*positions) for tag, *positions in opcodes if tag != "equal"]


def regions(local: Sequence[Hunk], remote: Sequence[Hunk]) -> list[Region]:
    """The changes of both sides in order, those that overlap or touch in one region."""
    changes = sorted(
        chain(((hunk, True) for hunk in local), ((hunk, False) for hunk in remote)),
        key=lambda change: (change[0].start, change[0].end),
    )
    found: list[Region] = []
    for hunk, is_local in changes:
        own = Region(hunk.start, hunk.end, (hunk,) if is_local else (), () if is_local else (hunk,))
        if found and hunk.start <= found[-1].end:
            own = _union([found.pop(), own])
        found.append(own)
    return found


def guarded(found: Sequence[Region], repeated: set[str], texts: Sequence[Sequence[Block]]) -> list[Region]:
    """The regions, joined where both sides touch a block that occurs more than once.

    Which of two equal blocks somebody deleted or edited cannot be told from the texts, so two such changes may concern
    the same one even where they seem far apart. `texts` are the blocks of the baseline, the local and the remote text.
    """
    baseline, local, remote = texts
    kept = list(found)
    for key in repeated:
        ours = [at for at, region in enumerate(kept) if key in _touched(region.local, baseline, local)]
        theirs = [at for at, region in enumerate(kept) if key in _touched(region.remote, baseline, remote)]
        if ours and theirs:
            first, last = min(ours + theirs), max(ours + theirs)
            kept[first : last + 1] = [_union(kept[first : last + 1])]
    return kept


def own_slice(region: Region, own: Sequence[Hunk]) -> tuple[int, int]:
    """From where to where the region reaches in the text of the side whose changes these are."""
    start = region.start + sum(hunk.growth for hunk in own if hunk.start < region.start)
    end = region.end + sum(hunk.growth for hunk in own if hunk.start <= region.end)
    return start, end


def repeated_keys(*texts: Sequence[Block]) -> set[str]:
    """What more than one block of a text says."""
    counts = (Counter(block.key for block in text) for text in texts)
    return {key for count in counts for key, times in count.items() if times > 1}


def _touched(own: Sequence[Hunk], baseline: Sequence[Block], side: Sequence[Block]) -> set[str]:
    blocks = chain.from_iterable(
        (*baseline[hunk.start : hunk.end], *side[hunk.own_start : hunk.own_end]) for hunk in own
    )
    return {block.key for block in blocks}


def _union(parts: Sequence[Region]) -> Region:
    return Region(
        min(part.start for part in parts),
        max(part.end for part in parts),
        tuple(chain.from_iterable(part.local for part in parts)),
        tuple(chain.from_iterable(part.remote for part in parts)),
    )

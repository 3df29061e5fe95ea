"""Two edits of one statement made into one text, where that is beyond doubt; never finer than a whole block.

Two people's words in one sentence can say what neither wrote, so blocks changed by both, and changes that touch, are
left to a person.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.domain.merge_regions import Hunk, Region, guarded, hunks, looks, own_slice, regions, repeated_keys
from core.text.content import Block, TextKind, assemble, clean, fingerprint, leaf_blocks, lost_content


@dataclass(frozen=True, slots=True)
class Merged:
    """A text that holds both edits, with the number of places that each side changed."""

    text: str
    local_changes: int = 0
    remote_changes: int = 0


@dataclass(frozen=True, slots=True)
class Clash:
    """Blocks that both sides changed, or changed side by side; `position` counts the baseline's blocks before them."""

    baseline_blocks: tuple[Block, ...]
    local_blocks: tuple[Block, ...]
    remote_blocks: tuple[Block, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Clashes:
    """Why there is no merge: the clashes; `parts`, which has them in their place among the settled blocks; `reason`.

    A reason is a sentence, given where the texts as a whole cannot be merged.
    """

    clashes: tuple[Clash, ...]
    parts: tuple[Block | Clash, ...]
    reason: str = ""


def three_way_merge(baseline: str, local: str, remote: str, kind: TextKind) -> Merged | Clashes:
    """One text with both edits, or the places that a person must settle.

    Equal edits are no clash. Blocks nobody edited keep the bytes that they have in the remote text. Content that
    cannot be carried, and a result that does not prove complete, are refused: one clash of everything, with a reason.
    """
    held = dict.fromkeys((*lost_content(local, kind), *lost_content(remote, kind)))
    texts = _Texts(*(tuple(leaf_blocks(text, kind)) for text in (baseline, local, remote)))
    if held:
        return texts.refused(f"The text holds content that cannot be merged here: {', '.join(held)}.")
    was, ours, theirs = (fingerprint(text, kind) for text in (baseline, local, remote))
    if ours == theirs or was == ours:
        return Merged(clean(remote, kind), remote_changes=len(hunks(texts.baseline, texts.remote)))
    if was == theirs:
        return Merged(clean(local, kind), local_changes=len(hunks(texts.baseline, texts.local)))
    return _merged(texts, kind)


@dataclass(frozen=True, slots=True)
class _Texts:
    baseline: tuple[Block, ...]
    local: tuple[Block, ...]
    remote: tuple[Block, ...]

    def refused(self, reason: str) -> Clashes:
        """The whole text as one clash."""
        clash = Clash(self.baseline, self.local, self.remote, 0)
        return Clashes((clash,), (clash,), reason)


def _merged(texts: _Texts, kind: TextKind) -> Merged | Clashes:
    local_hunks, remote_hunks = hunks(texts.baseline, texts.local), hunks(texts.baseline, texts.remote)
    sides = (texts.baseline, texts.local, texts.remote)
    found = guarded(regions(local_hunks, remote_hunks), repeated_keys(*sides), sides)
    parts: list[Block | Clash] = []
    agreed: list[Clash] = []
    remote_position = 0
    for region in found:
        clash = _clash(texts, region, local_hunks, remote_hunks)
        until, after = own_slice(region, remote_hunks)
        parts.extend(texts.remote[remote_position:until])
        remote_position = after
        if looks(clash.local_blocks) == looks(clash.remote_blocks):
            agreed.append(clash)
            parts.extend(clash.remote_blocks)
        elif region.local and region.remote:
            parts.append(clash)
        else:
            parts.extend(clash.local_blocks if region.local else clash.remote_blocks)
    parts.extend(texts.remote[remote_position:])
    clashes = tuple(part for part in parts if isinstance(part, Clash))
    if clashes:
        return Clashes(clashes, tuple(parts))
    blocks = [part for part in parts if isinstance(part, Block)]
    text = assemble(blocks)
    if not _is_complete(texts, blocks, agreed) or looks(leaf_blocks(text, kind)) != looks(blocks):
        return texts.refused("The two edits could not be put together in a way that proves complete.")
    return Merged(text, sum(bool(region.local) for region in found), sum(bool(region.remote) for region in found))


def _clash(texts: _Texts, region: Region, local: Sequence[Hunk], remote: Sequence[Hunk]) -> Clash:
    return Clash(
        texts.baseline[region.start : region.end],
        texts.local[slice(*own_slice(region, local))],
        texts.remote[slice(*own_slice(region, remote))],
        region.start,
    )


def _is_complete(texts: _Texts, blocks: Sequence[Block], agreed: Iterable[Clash]) -> bool:
    """Whether the result holds what either side added and nothing that either removed, counted block by block.

    This asks in another way than the merge itself does, so that a slip in putting the parts together shows.
    """
    expected = Counter(looks(texts.local))
    expected.update(looks(texts.remote))
    expected.subtract(looks(texts.baseline))
    for clash in agreed:
        expected.subtract(looks(clash.local_blocks))
        expected.update(looks(clash.baseline_blocks))
    return not -expected and +expected == Counter(looks(blocks))

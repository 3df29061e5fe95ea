"""What changed between two versions of a statement: blocks first, then words inside a block."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from core.domain.diff_notes import block_notes, whole_text_notes
from core.domain.diff_pairs import moved_blocks, pairs
from core.domain.diff_words import Run, WordBudget, count_of_words, word_runs
from core.text.content import Block, TextKind, fingerprint, joined, lost_content, shown_blocks

__all__ = ["BlockChange", "Place", "Run", "TextDiff", "diff"]

ChangeKind = Literal["same", "changed", "added", "removed", "moved", "folded"]


@dataclass(frozen=True, slots=True)
class Place:
    """What a block is in one of the two texts: its kind, and the list label that stands before it."""

    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class BlockChange:
    """What became of one block; `before` and `after` are its places in the old and the new text, where it has one.

    A moved block comes twice: once where it was (its run `removed`) and once where it is now (its run `added`).
    """

    kind: ChangeKind
    runs: tuple[Run, ...]
    note: str = ""
    before: Place | None = None
    after: Place | None = None

    @property
    def label(self) -> str:
        """The list label to show before the text, such as `• ` or `3. `: that of the new text where there is one."""
        place = self.after or self.before
        return place.label if place else ""


@dataclass(frozen=True, slots=True)
class TextDiff:
    """The difference of two texts, complete: joining what stayed and what went gives the old text, and so the new."""

    blocks: tuple[BlockChange, ...]
    notes: tuple[str, ...]
    added_words: int
    removed_words: int
    formatting_only: bool

    @property
    def is_empty(self) -> bool:
        """Whether the texts count as equal."""
        return not self.notes and all(block.kind in {"same", "folded"} for block in self.blocks)

    @property
    def old_text(self) -> str:
        """The readable old text, rebuilt from the difference. Not for a folded one."""
        return self._side("removed", "before")

    @property
    def new_text(self) -> str:
        """The readable new text, rebuilt from the difference. Not for a folded one."""
        return self._side("added", "after")

    @property
    def size_in_words(self) -> str:
        """The size of the change for people, such as `+14 / -6 words`."""
        if self.is_empty:
            return "no change"
        moved = sum(block.kind == "moved" and block.after is not None for block in self.blocks)
        parts = [f"+{self.added_words} / -{self.removed_words} words"] if self.added_words or self.removed_words else []
        if moved:
            parts.append(f"{moved} {'paragraph' if moved == 1 else 'paragraphs'} moved")
        if not parts:
            parts.append("formatting only" if self.formatting_only else "no words changed")
        return ", ".join(parts)

    def _side(self, own: str, side: str) -> str:
        parts = []
        for block in self.blocks:
            place: Place | None = getattr(block, side)
            if place is not None:
                text = "".join(run.text for run in block.runs if run.kind in {"same", own})
                parts.append((place.kind, place.label, text))
        return joined(parts)


def diff(old: str, new: str, kind: TextKind) -> TextDiff:
    """The difference from the old text to the new one. Empty exactly when their fingerprints are equal."""
    before, after = shown_blocks(old, kind), shown_blocks(new, kind)
    changes = tuple(_changes(before, after))
    notes = list(dict.fromkeys(note for change in changes if change.note for note in change.note.split("; ")))
    prints = fingerprint(old, kind), fingerprint(new, kind)
    lost = dict.fromkeys((*lost_content(old, kind), *lost_content(new, kind)))
    rest = whole_text_notes(*prints, tuple(lost), is_noted=bool(notes) or any(c.kind != "same" for c in changes))
    added, removed = _words(changes, "added"), _words(changes, "removed")
    is_said_the_same = all(run.kind == "same" for change in changes for run in change.runs)
    is_kept_the_same = prints[0].inventory == prints[1].inventory
    return TextDiff(
        blocks=changes,
        notes=(*notes, *rest),
        added_words=added,
        removed_words=removed,
        formatting_only=is_said_the_same and is_kept_the_same and bool(notes or rest),
    )


def _changes(before: Sequence[Block], after: Sequence[Block]) -> Iterable[BlockChange]:
    budget = WordBudget()
    matcher = SequenceMatcher(None, [b.key for b in before], [b.key for b in after], autojunk=False)
    opcodes = matcher.get_opcodes()
    moves = moved_blocks(before, after, opcodes)
    for tag, i1, i2, j1, j2 in opcodes:
        if tag == "equal":
            for old, new in zip(before[i1:i2], after[j1:j2], strict=True):
                yield _changed(old, new, budget)
            continue
        for i, j in pairs(before, after, (i1, i2, j1, j2), moves):
            if i is not None and j is not None:
                yield _changed(before[i], after[j], budget)
            elif i is not None:
                yield _one_sided(before[i], "removed", is_moved=i in moves.old)
            elif j is not None:
                yield _one_sided(after[j], "added", is_moved=j in moves.new)


def _changed(old: Block, new: Block, budget: WordBudget) -> BlockChange:
    runs = word_runs(old.text, new.text, budget)
    note = "; ".join(block_notes(old, new, runs))
    is_same = not note and all(run.kind == "same" for run in runs)
    return BlockChange("same" if is_same else "changed", runs, note, _place(old), _place(new))


def _one_sided(block: Block, side: Literal["added", "removed"], *, is_moved: bool) -> BlockChange:
    place = _place(block)
    before, after = (place, None) if side == "removed" else (None, place)
    note = ("moved away from here" if side == "removed" else "moved to here") if is_moved else ""
    return BlockChange("moved" if is_moved else side, (Run(side, block.text),), note, before, after)


def _place(block: Block) -> Place:
    return Place(block.kind, block.label)


def _words(changes: Iterable[BlockChange], kind: str) -> int:
    return sum(
        count_of_words(run.text)
        for change in changes
        if change.kind != "moved"
        for run in change.runs
        if run.kind == kind
    )

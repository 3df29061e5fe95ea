"""What changed between two versions of a statement: blocks first, then words inside a block."""

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Literal

from core.domain.diff_fold import fold, unified
from core.domain.diff_model import BlockChange, Place, TextDiff
from core.domain.diff_notes import Numbering, block_notes, emptiness_notes, lost_look_notes, whole_text_notes
from core.domain.diff_pairs import paired
from core.domain.diff_words import Run, WordBudget, count_of_words, word_runs
from core.text.content import Block, TextKind, fingerprint, lost_content, lost_look, shown_blocks

__all__ = ["BlockChange", "Place", "Run", "TextDiff", "diff", "fold", "unified"]


def diff(old: str, new: str, kind: TextKind) -> TextDiff:
    """The difference from the old text to the new one. Empty exactly when their fingerprints are equal."""
    before, after = shown_blocks(old, kind), shown_blocks(new, kind)
    changes = tuple(_changes(before, after))
    notes = list(dict.fromkeys(note for change in changes if change.note for note in change.note.split("; ")))
    prints = fingerprint(old, kind), fingerprint(new, kind)
    lost = dict.fromkeys((*lost_content(old, kind), *lost_content(new, kind)))
    rest = whole_text_notes(*prints, tuple(lost), is_noted=bool(notes) or any(c.kind != "same" for c in changes))
    rest += emptiness_notes(before, after)
    if prints[0] != prints[1]:
        rest += lost_look_notes(lost_look(old, kind), lost_look(new, kind))
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
    matcher = SequenceMatcher(None, [b.key for b in before], [b.key for b in after], autojunk=False)
    pairing = paired(before, after, matcher.get_opcodes())
    budget, numbering = WordBudget(), Numbering()
    for i, j in pairing.pairs:
        if i is not None and j is not None:
            yield _changed(before[i], after[j], budget, numbering.note(before[i], after[j]))
        elif i is not None:
            yield _one_sided(before[i], "removed", is_moved=i in pairing.moved_old)
        elif j is not None:
            yield _one_sided(after[j], "added", is_moved=j in pairing.moved_new)


def _changed(old: Block, new: Block, budget: WordBudget, numbering: str) -> BlockChange:
    runs = word_runs(old.text, new.text, budget)
    note = "; ".join(dict.fromkeys([*block_notes(old, new, runs), *([numbering] if numbering else [])]))
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

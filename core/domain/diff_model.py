"""The parts of a difference between two texts."""

from dataclasses import dataclass
from typing import Literal

from core.domain.diff_words import Run
from core.text.content import joined

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
        parts = (
            [f"+{self.added_words:,} / -{self.removed_words:,} words"] if self.added_words or self.removed_words else []
        )
        if moved:
            parts.append(f"{moved:,} {'paragraph' if moved == 1 else 'paragraphs'} moved")
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

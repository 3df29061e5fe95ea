"""What words alone do not show about a change, said in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.domain.diff_words import Run
from core.text.content import (
    Block,
    Fingerprint,
    character_runs,
    look_changes,
    safe_display,
    structure_change,
    target_change,
)


def block_notes(old: Block, new: Block, runs: Iterable[Run]) -> list[str]:
    """The changes of look, link target, structure and unseen characters in a block that stayed or changed."""
    runs = list(runs)
    notes: list[str] = []
    if old.key != new.key or old.style != new.style:
        notes.extend(_look_notes(old, new, runs))
        structure = structure_change(old, new)
        if structure:
            notes.append(structure)
    is_same = all(run.kind == "same" for run in runs)
    if not is_same and safe_display(old.text) == safe_display(new.text):
        notes.append("characters changed that are not visible")
    if not notes and is_same and old.key != new.key:
        notes.append("formatting changed")
    if old.style != new.style and is_same and not any(note.startswith("formatting") for note in notes):
        notes.append("formatting changed")
    return list(dict.fromkeys(notes))


def _look_notes(old: Block, new: Block, runs: list[Run]) -> list[str]:
    before, after = character_runs(old), character_runs(new)
    looks: dict[str, None] = {}
    notes: dict[str, None] = {}
    i = j = 0
    for run in runs:
        length = len(run.text)
        if run.kind == "same":
            places = zip(run.text, before[i : i + length], after[j : j + length], strict=True)
            for was, now in dict.fromkeys((was, now) for sign, was, now in places if not sign.isspace()):
                looks.update(dict.fromkeys(look_changes(was, now)))
                if was.kind == "embed" and was.identity != now.identity:
                    notes[f"another {was.text.strip('[]').partition(':')[0]}"] = None
                target = target_change(was, now)
                if target:
                    notes[target] = None
        i += length if run.kind != "added" else 0
        j += length if run.kind != "removed" else 0
    return ([f"formatting changed ({', '.join(looks)})"] if looks else []) + list(notes)


def whole_text_notes(old: Fingerprint, new: Fingerprint, lost: tuple[str, ...], *, is_noted: bool) -> list[str]:
    """What differs beyond the blocks, so that a difference is never without a word."""
    notes = []
    if old.inventory != new.inventory:
        notes.append(f"content that cannot be carried from here changed: {', '.join(lost)}")
    elif old.content != new.content and not is_noted:
        notes.append("structure changed")
    elif old.style != new.style and not is_noted:
        notes.append("formatting changed")
    return notes


def emptiness_notes(before: Sequence[Block], after: Sequence[Block]) -> list[str]:
    """That a text begins or ends with this change: nobody should have to gather that from what is not shown."""
    if before and not after:
        return ["nothing is left of the text"]
    return ["there was no text before"] if after and not before else []


def lost_look_notes(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """What of the look goes along with a change because it cannot be carried: no fingerprint holds it, so it is told here."""
    gone = [noun for noun in before if noun not in after]
    return [f"look that grcpush cannot carry goes too: {', '.join(gone)}"] if gone else []


@dataclass(slots=True)
class Numbering:
    """Watches the numbered lists while the blocks that stayed are gone through in order.

    When what stood between two lists goes, they may become one, and the items of the second get other numbers although
    nobody touched them. A reader of "see item 2" must be told.
    """

    _last: tuple[int, int] | None = None

    def note(self, old: Block, new: Block) -> str:
        """What to say at this block about the list that it stands in; empty for nothing."""
        lists = _numbered_list(old), _numbered_list(new)
        if lists[0] is None or lists[1] is None:
            return ""
        last, self._last = self._last, (lists[0], lists[1])
        if last is None or (was_one := last[0] == lists[0]) == (is_one := last[1] == lists[1]):
            return ""
        return "numbering goes on from the list before" if is_one and not was_one else "numbering begins anew here"


def _numbered_list(block: Block) -> int | None:
    return next((step.identity for step in reversed(block.path) if step.name == "ol"), None)

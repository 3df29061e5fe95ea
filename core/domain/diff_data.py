"""A difference as plain data, for programs."""

from typing import Any

from core.domain.diff_model import BlockChange, Place, TextDiff


def as_data(diff: TextDiff) -> dict[str, Any]:
    """The whole difference, ready for JSON: nothing is folded or cut.

    Joining the runs that are `same` or `removed` gives each block of the old text, `same` and `added` of the new one.
    """
    return {
        "is_empty": diff.is_empty,
        "size": diff.size_in_words,
        "added_words": diff.added_words,
        "removed_words": diff.removed_words,
        "formatting_only": diff.formatting_only,
        "notes": list(diff.notes),
        "blocks": [_block(block) for block in diff.blocks],
    }


def _block(block: BlockChange) -> dict[str, Any]:
    return {
        "kind": block.kind,
        "note": block.note,
        "before": _place(block.before),
        "after": _place(block.after),
        "runs": [{"kind": run.kind, "text": run.text} for run in block.runs],
    }


def _place(place: Place | None) -> dict[str, str] | None:
    return None if place is None else {"kind": place.kind, "label": place.label}

"""The evidence about one push as a page for auditors: on the command line and over the API."""

from core.domain.diff import TextDiff, fold
from core.domain.origin import place_words, way_words
from core.domain.outcome import Level
from core.models.evidence import Evidence
from core.prose import rendered
from core.text.display import safe_display

_PROOFS = {
    Level.VERIFIED_BY_AUDIT: "by ServiceNow's own audit: it shows our change, and nobody else's that it replaced unseen",
    Level.VERIFIED_BY_READBACK: "by reading the record after the write: it held the text",
    Level.UNVERIFIED: "not: neither the audit nor the record could be read after the write",
}


def evidence_page(evidence: Evidence) -> str:
    """The page, which needs nothing beside it and loads nothing."""
    labels = {str(write.statement_id): write.label for write in evidence.writes}
    return rendered(
        "evidence.html.j2",
        evidence=evidence,
        at=lambda moment: f"{moment:%Y-%m-%d %H:%M:%S} UTC",
        about=lambda event: labels.get(event.entity_id, event.entity_type.replace("_", " ")),
        proof=lambda level: _PROOFS[level],
        folded=fold,
        notes_of=_notes,
        shown=safe_display,
        way=way_words,
        where=lambda event: place_words(event.place),
    )


def _notes(change: TextDiff) -> tuple[str, ...]:
    """What is said of the whole text, and of none of its blocks."""
    said = {note for block in change.blocks for note in block.note.split("; ")}
    return tuple(note for note in change.notes if note not in said)

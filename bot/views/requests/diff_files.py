"""Differences too long for a message, written in full for a file in the thread: lines with - went, lines with + came."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.views.conflicts.conflict import PART, parts_of
from bot.views.parts.diff_blocks import size_of
from bot.views.parts.lines import label_of
from core.domain.diff import unified
from core.domain.push import Readiness
from core.models.requests import ConflictCard, RequestCard, RequestLine
from core.text.display import safe_display
from core.text.file_names import safe_name

_SHORT_DIGEST = 12


@dataclass(frozen=True)
class DiffFile:
    """A file for a thread: its name, the words above it, and its content, which is cut nowhere."""

    name: str
    title: str
    text: str


def request_file(card: RequestCard) -> DiffFile:
    """All changes of a push request whose content is fixed; it names that content."""
    content = card.content_digest[:_SHORT_DIGEST]
    lines = [
        f"Push request #{card.number} to {card.host}: all changes, from ServiceNow's text to the local one",
        f"Content {content}.",
        "Lines with - go, lines with + come, all others stay. Notes stand between @@.",
    ]
    for line in card.lines:
        lines += ["", f"=== {label_of(line)} {safe_display(line.control_name)} ===", *_changes(line)]
    title = f"All changes of #{card.number} (content {content})"
    return DiffFile(f"push-request-{card.number}.diff", title, "\n".join(lines) + "\n")


def conflict_file(card: ConflictCard) -> DiffFile | None:
    """Both versions of a conflict in full, where its message leaves something out; None where it shows all."""
    parts = parts_of(card)
    if all(size_of(diff) <= PART for _, diff in parts):
        return None
    lines = [f"{label_of(card)}: a conflict, in full", "Lines with - went, lines with + came, all others stayed."]
    for title, diff in parts:
        lines += ["", f"=== {title} ===", safe_display(unified(diff)).rstrip("\n")]
    name = f"{safe_name(card.control_number)}-conflict-{card.revision}.diff"
    return DiffFile(name, f"{label_of(card)}: the conflict in full", "\n".join(lines) + "\n")


def _changes(line: RequestLine) -> Iterator[str]:
    yield line.change.size_in_words if line.change is not None else line.reason or line.readiness.value
    if line.readiness is Readiness.READY and line.change is not None:
        yield safe_display(unified(line.change)).rstrip("\n")

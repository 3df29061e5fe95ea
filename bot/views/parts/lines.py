"""How a statement is called and described on one line, wherever it is listed."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from bot.views.parts.markup import Mrkdwn, counted, link, marked, mention, together, when
from core.domain.push import Readiness
from core.models.requests import ConflictCard, RequestLine
from core.text.display import safe_display, shortened
from core.text.moments import in_utc

_NAME = 60
_LABEL = 120

_COUNTED: dict[Readiness, tuple[str, str]] = {
    Readiness.READY: ("ready", "ready"),
    Readiness.CONFLICT: ("conflict", "conflicts"),
    Readiness.SAME: ("already the same (left out)", "already the same (left out)"),
    Readiness.REFUSED: ("cannot be pushed", "cannot be pushed"),
    Readiness.LEFT_OUT: ("left out", "left out"),
}


class Named(Protocol):
    """Anything that is about one statement."""

    @property
    def label(self) -> str:
        """The system and the control."""

    @property
    def sn_sys_id(self) -> str:
        """The record's id in ServiceNow."""


def label_of(named: Named) -> str:
    """System and control on one line, never too long for a list; the record's id where ServiceNow holds neither."""
    label = shortened(safe_display(named.label), _LABEL)
    return label if label.strip("/ ") else f"record {named.sn_sys_id}"


def name_of_control(name: str) -> str:
    """The control's name on one line, never too long for a list."""
    return shortened(safe_display(name), _NAME)


def linked(named: Named, url: str) -> Mrkdwn:
    """The statement's label in bold; a click opens its record in ServiceNow."""
    return marked("*{}*", link(url, label_of(named)))


def counts(lines: Sequence[RequestLine]) -> str:
    """How the statements stand, such as `9 ready · 2 conflicts · 1 already the same (left out)`."""
    parts = []
    for readiness, (one, many) in _COUNTED.items():
        count = sum(line.readiness is readiness for line in lines)
        if count:
            parts.append(f"{count:,} {one if count == 1 else many}")
    return " · ".join(parts) or "no statement"


def standing(line: RequestLine) -> Mrkdwn:
    """How one statement of a request stands: the size of its change, or why it is not pushed as it is."""
    size = line.change.size_in_words if line.change is not None else ""
    if line.readiness is Readiness.READY:
        return marked("{}", size)
    if line.readiness is Readiness.CONFLICT:
        return together(["conflict to settle", changed_there(line.conflict) if line.conflict else "", size])
    if line.readiness is Readiness.SAME:
        return Mrkdwn("already the same in ServiceNow, left out")
    if line.readiness is Readiness.LEFT_OUT:
        reason = "" if line.reason == "Left out." else line.reason
        return marked("left out: {}", shortened(reason, 200)) if reason else Mrkdwn("left out")
    return marked("cannot be pushed: {}", shortened(line.reason, 200) or "ServiceNow does not allow it")


def changed_there(conflict: ConflictCard) -> Mrkdwn:
    """Who changed the text in ServiceNow, and when, as far as ServiceNow tells."""
    who = editor_there(conflict)
    if conflict.remote_updated_on is None:
        return marked("changed in ServiceNow by {}", who)
    return marked("changed in ServiceNow by {}, {}", who, when(conflict.remote_updated_on))


def changed_here(conflict: ConflictCard) -> Mrkdwn:
    """Who edited the text here, and when."""
    who = mention(conflict.local_editor)
    if conflict.local_edited_at is None:
        return marked("edited here by {}", who)
    return marked("edited here by {}, {}", who, when(conflict.local_edited_at))


def editor_there(conflict: ConflictCard) -> str:
    """The name ServiceNow gives for whoever changed the text there."""
    return shortened(safe_display(conflict.remote_updated_by), _NAME) or "somebody"


def total_change(lines: Sequence[RequestLine]) -> str:
    """How many statements and the size of all changes together, such as `12 statements, +140 / -60 words`."""
    ready = sum(line.readiness is Readiness.READY for line in lines)
    return f"{counted(ready, 'statement')}, {total_size(lines)}"


def total_size(lines: Iterable[RequestLine]) -> str:
    """The size of all changes together, such as `+140 / -60 words`."""
    changes = [line.change for line in lines if line.readiness is Readiness.READY and line.change is not None]
    added, removed = (sum(getattr(change, side) for change in changes) for side in ("added_words", "removed_words"))
    return f"+{added:,} / -{removed:,} words"


def spoken_time(conflict: ConflictCard) -> str:
    """When the text changed in ServiceNow, for places where Slack shows no dates of the reader's zone."""
    return f" of {in_utc(conflict.remote_updated_on)}" if conflict.remote_updated_on else ""

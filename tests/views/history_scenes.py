"""Histories: of a statement, of what somebody did, and of the pushes there were."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.actions import ButtonValue
from bot.views.parts.blocks import Message
from bot.views.people.deeds import deeds_message
from bot.views.requests.past import past_pushes_message
from bot.views.statements.history import history_modal
from core.domain.audit import AuditKind
from core.domain.conflict import Choice
from core.domain.diff import diff
from core.domain.outcome import Level, Outcome
from core.models.deeds import Deed, Deeds, StatementHistory
from core.models.edits import HistoryEntry
from core.models.home import PastPushes
from tests.views import examples as ex
from tests.views.edit_scenes import HTML, subject
from tests.views.list_scenes import RECENT

Payload = dict[str, Any]

_CARRIED = ButtonValue(ex.an_id(1001), 1, word="statement:")
_PERSON = ButtonValue(ex.REQUESTER.id, word="person:30")
_PUSHES = ButtonValue(ex.an_id(0), word="pushes:")


def _deed(hours: float, kind: AuditKind, **changes: Any) -> Deed:
    deed = Deed(ex.NOON - dt.timedelta(hours=hours), kind, ex.REQUESTER, "requester@example.com")
    if kind.value.startswith("push:"):
        deed = replace(deed, number=42, channel="C0GRC", ts="1764000000.000100")
    return replace(deed, **changes)


def _save(hours: int, source: str, before: str, after: str | None, person: Any = ex.EDITOR) -> HistoryEntry:
    change = None if after is None or not before else diff(before, after, HTML)
    return HistoryEntry(ex.NOON - dt.timedelta(hours=hours), person, source, change, after is None)


_ENDED = _deed(
    0.5,
    AuditKind.PUSH_ITEM_ENDED,
    person=None,
    statement="Payroll Cloud/AC-2",
    outcome=Outcome.PUSHED,
    level=Level.VERIFIED_BY_AUDIT,
)
_ENTRIES = (
    _ENDED,
    _save(1, "slack", ex.LOCAL, ex.LOCAL.replace("every quarter", "each month")),
    _deed(2, AuditKind.PUSH_REQUESTED),
    _deed(5, AuditKind.CONFLICT_RESOLVED, choice=Choice.MERGED, statement="Payroll Cloud/AC-2"),
    _save(5, "merged", ex.BEFORE, ex.LOCAL, ex.REQUESTER),
    _deed(6, AuditKind.CONFLICT_OPENED, person=None),
    _save(30, "revert", ex.LOCAL, None),
    _save(40, "import", "", ex.LOCAL, ex.ON_THE_COMMAND_LINE),
)
_KINDS = (
    _ENDED,
    _deed(1, AuditKind.STATEMENT_EDITED, statement="Payroll Cloud/<!channel>", source="cli"),
    _deed(2, AuditKind.CONFLICT_RESOLVED, choice=Choice.KEEP_REMOTE, statement="Data Warehouse/AU-6"),
    _deed(3, AuditKind.PUSH_APPROVED, ts=""),
    _deed(4, AuditKind.PUSH_CHANGES_ASKED),
    _deed(5, AuditKind.PUSH_ITEM_LEFT_OUT),
    _deed(6, AuditKind.COMMENT_MADE, number=41),
    _deed(7, AuditKind.PUSH_UNDONE),
    _deed(8, AuditKind.WRITING_PAUSED),
    replace(_ENDED, outcome=Outcome.REFUSED, level=None),
)


def _statement(*entries: Any, **changes: Any) -> Payload:
    history = StatementHistory(subject(ex.LOCAL), entries, len(entries), 0, 1)
    return history_modal(replace(history, **changes), _CARRIED, ex.card_url)


def _did(*deeds: Deed, page: int = 0, pages: int = 1) -> Message:
    shown = Deeds(ex.REQUESTER, deeds, len(deeds) + 10 * (pages - 1), page, pages)
    return deeds_message(shown, "in the last 30 days", ex.card_url, _PERSON)


HISTORIES: dict[str, Callable[[], Message | Payload]] = {
    "history": lambda: _statement(*_ENTRIES),
    "history-page-2-of-3": lambda: _statement(*_ENTRIES, total=20, page=1, pages=3),
    "history-empty": lambda: _statement(subject=subject(is_modified=False)),
    "history-sent": lambda: history_modal(
        StatementHistory(subject(ex.LOCAL), _ENTRIES[:2], 2, 0, 1),
        _CARRIED,
        ex.card_url,
        told="The file is in your direct messages.",
    ),
    "history-person": lambda: _did(*_KINDS),
    "history-person-page-2-of-2": lambda: _did(*_KINDS[:3], page=1, pages=2),
    "history-person-nothing": _did,
    "pushes": lambda: past_pushes_message(PastPushes(RECENT, 4), "by you", ex.card_url, _PUSHES),
    "pushes-page-2-of-3": lambda: past_pushes_message(PastPushes(RECENT, 44, 1, 3), "by you", ex.card_url, _PUSHES),
    "pushes-none": lambda: past_pushes_message(PastPushes((), 0), "in the last 7 days", ex.card_url, _PUSHES),
}

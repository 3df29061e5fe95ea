"""Histories as CSV files, with the lines that are shown in Slack."""

from collections.abc import Iterable, Sequence

from bot.views.parts.csv_lines import csv_line
from bot.views.parts.markup import name_of
from bot.views.parts.sources import source_words
from bot.views.people.deeds import deed_words, details_of
from bot.views.statements.history import size_of_save
from core.domain.audit import instant
from core.models.deeds import Deed
from core.models.edits import HistoryEntry
from core.models.home import RequestGlance

DEEDS = ("at", "who", "email", "did", "statement", "push_request", "more")
PUSHES = ("push_request", "state", "asked_by", "statements", "pushed", "at")


def deeds_csv(entries: Iterable[HistoryEntry | Deed], *, statement: str = "") -> str:
    """What was done, a row each; `statement` names the one that all saves are of."""
    rows = (_save(entry, statement) if isinstance(entry, HistoryEntry) else _deed(entry) for entry in entries)
    return _file(DEEDS, rows)


def pushes_csv(requests: Iterable[RequestGlance]) -> str:
    """Push requests, a row each."""
    return _file(
        PUSHES,
        (
            (one.number, one.state_words, name_of(one.requester), one.statements, one.pushed, instant(one.at))
            for one in requests
        ),
    )


def _deed(deed: Deed) -> Sequence[object]:
    who = name_of(deed.person) if deed.person else "grcpush"
    number = "" if deed.number is None else deed.number
    return (instant(deed.at), who, deed.email, deed_words(deed), deed.statement, number, details_of(deed))


def _save(entry: HistoryEntry, statement: str) -> Sequence[object]:
    more = ", ".join(part for part in (source_words(entry.source), size_of_save(entry)) if part)
    return (
        instant(entry.saved_at),
        name_of(entry.person),
        "",
        f"{'gave up the local edit' if entry.is_dropped else 'saved a text'} of {statement}",
        statement,
        "",
        more,
    )


def _file(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    return "".join(csv_line(row) for row in (columns, *rows))

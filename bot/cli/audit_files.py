"""The audit trail as files: CSV for spreadsheets, JSON Lines for machines."""

import json
from dataclasses import fields

from bot.views.parts import csv_lines
from core.domain.audit import AuditRecord, instant

COLUMNS = tuple(field.name for field in fields(AuditRecord))


def csv_head() -> str:
    """The first line."""
    return csv_lines.csv_line(COLUMNS)


def csv_line(record: AuditRecord) -> str:
    """One event as a line; no cell can be taken for a formula. The exact content is in JSON Lines."""
    return csv_lines.csv_line(_values(record).values())


def json_line(record: AuditRecord) -> str:
    """One event as a JSON object on one line, complete: its hash can be worked out again from it."""
    return json.dumps(_values(record), ensure_ascii=False) + "\n"


def _values(record: AuditRecord) -> dict[str, object]:
    return {**{name: getattr(record, name) for name in COLUMNS}, "at": instant(record.at)}

"""The audit trail as files: CSV for spreadsheets, JSON Lines for machines."""

import csv
import io
import json
from dataclasses import fields

from core.domain.audit import AuditRecord, instant

COLUMNS = tuple(field.name for field in fields(AuditRecord))
# A spreadsheet takes a cell that begins so for a formula, and would run it.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def csv_head() -> str:
    """The first line."""
    return _csv_line(COLUMNS)


def csv_line(record: AuditRecord) -> str:
    """One event as a line; no cell can be taken for a formula. The exact content is in JSON Lines."""
    return _csv_line([_harmless(str(value)) for value in _values(record).values()])


def json_line(record: AuditRecord) -> str:
    """One event as a JSON object on one line, complete: its hash can be worked out again from it."""
    return json.dumps(_values(record), ensure_ascii=False) + "\n"


def _values(record: AuditRecord) -> dict[str, object]:
    return {**{name: getattr(record, name) for name in COLUMNS}, "at": instant(record.at)}


def _csv_line(cells: object) -> str:
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(cells)  # type: ignore[arg-type]
    return line.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell

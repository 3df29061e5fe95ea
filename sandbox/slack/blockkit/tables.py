"""Tables: cells of raw text, numbers or rich text, in rows of at most twenty."""

from typing import Any

from sandbox.slack.blockkit.rich_text import RICH_TEXT
from sandbox.slack.blockkit.schema import (
    Check,
    Report,
    all_of,
    array,
    boolean,
    by_type,
    integer,
    kind,
    one_of,
    record,
    string,
)
from sandbox.slack.blockkit.texts import BLOCK_ID

DATA_TABLE_CHARACTERS = 10_000
"""All cells of a data table together (Slack's page on the data table block)."""


def _number(value: Any, at: str, report: Report) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        report.add(at, "must be a number")


_RAW: dict[str, Check] = {
    "raw_text": record({"type": kind("raw_text"), "text": string(40_000)}),
    "raw_number": record({"type": kind("raw_number"), "value": _number, "text": string(255)}),
}
_CELL = by_type({**_RAW, "rich_text": RICH_TEXT})
_ROW = array(_CELL, 1, 20)
_COLUMN = record({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})


def _column_settings(value: Any, at: str, report: Report) -> None:
    """A list of settings in which null skips a column."""
    if not isinstance(value, list):
        report.add(at, "must be an array")
        return
    array(_COLUMN, 0, 20)([part if part is not None else {} for part in value], at, report)


TABLE = record(
    {"type": kind("table"), "rows": array(_ROW, 1, 100)}, {"block_id": BLOCK_ID, "column_settings": _column_settings}
)


def _even_rows_and_plain_header(value: Any, at: str, report: Report) -> None:
    width = len(value["rows"][0])
    for index, row in enumerate(value["rows"]):
        if len(row) != width:
            report.add(f"{at}/rows/{index}", "all rows must have the same number of cells")
    for index, cell in enumerate(value["rows"][0]):
        if cell["type"] == "rich_text":
            report.add(f"{at}/rows/0/{index}", "rich_text is not allowed in the header row")
    if value.get("row_header_column_index", 0) >= width:
        report.add(f"{at}/row_header_column_index", "is not one of the columns")


DATA_TABLE = all_of(
    record(
        {"type": kind("data_table"), "rows": array(_ROW, 2, 101), "caption": string(2000)},
        {"block_id": BLOCK_ID, "page_size": integer(1, 100), "row_header_column_index": integer(0, 19)},
    ),
    _even_rows_and_plain_header,
)

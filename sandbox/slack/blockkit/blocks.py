"""The blocks of Block Kit, and which of them may stand where."""

from typing import Any

from sandbox.slack.blockkit.elements import IN_ACTIONS, IN_INPUT, IN_SECTION
from sandbox.slack.blockkit.rich_text import RICH_TEXT
from sandbox.slack.blockkit.schema import (
    Check,
    Report,
    all_of,
    array,
    boolean,
    by_type,
    kind,
    one_of,
    record,
    string,
)
from sandbox.slack.blockkit.tables import DATA_TABLE, TABLE
from sandbox.slack.blockkit.texts import BLOCK_ID, image, plain, plain_or_mrkdwn

_ID = {"block_id": BLOCK_ID}


def _text_or_fields(value: Any, at: str, report: Report) -> None:
    if "text" not in value and "fields" not in value:
        report.add(at, "must have text or fields")


SECTION = all_of(
    record(
        {"type": kind("section")},
        {
            **_ID,
            "text": plain_or_mrkdwn(3000),
            "fields": array(plain_or_mrkdwn(2000), 1, 10),
            "accessory": by_type(IN_SECTION),
            "expand": boolean,
        },
    ),
    _text_or_fields,
)

_CONTEXT_TEXT = plain_or_mrkdwn(2000)
CONTEXT = record(
    {
        "type": kind("context"),
        "elements": array(by_type({"image": image(), "plain_text": _CONTEXT_TEXT, "mrkdwn": _CONTEXT_TEXT}), 1, 10),
    },
    _ID,
)


def _asks_for(elements: dict[str, Check]) -> Check:
    return record(
        {"type": kind("input"), "label": plain(2000), "element": by_type(elements)},
        {**_ID, "hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    )


def _shared_only(_value: Any, at: str, report: Report) -> None:
    """Slack itself puts file blocks into messages; an app's is refused unless the remote file is known."""
    report.add(f"{at}/external_id", "unable to find the remote file")


FILE = all_of(record({"type": kind("file"), "external_id": string(255), "source": one_of("remote")}, _ID), _shared_only)

EVERYWHERE: dict[str, Check] = {
    "section": SECTION,
    "context": CONTEXT,
    "actions": record({"type": kind("actions"), "elements": array(by_type(IN_ACTIONS), 1, 25)}, _ID),
    "header": record({"type": kind("header"), "text": plain(150)}, _ID),
    "divider": record({"type": kind("divider")}, _ID),
    "image": image({**_ID, "title": plain(2000)}),
    "rich_text": RICH_TEXT,
    "input": _asks_for(IN_INPUT),
    "alert": record(
        {"type": kind("alert"), "text": plain_or_mrkdwn(3000)},
        {**_ID, "level": one_of("default", "info", "warning", "error", "success")},
    ),
}

IN_MESSAGES: dict[str, Check] = {
    **EVERYWHERE,
    "table": TABLE,
    "data_table": DATA_TABLE,
    "markdown": record({"type": kind("markdown"), "text": string(12_000)}, _ID),
    "file": FILE,
}
"""Tables, markdown and files are for messages only."""

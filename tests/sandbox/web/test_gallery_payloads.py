"""The gallery shows every kind the page draws, and only payloads that Slack would take."""

import json
from pathlib import Path
from typing import Any

import pytest

import sandbox
from sandbox.slack.blockkit.whole import check_message_blocks, check_view

GALLERY = Path(sandbox.__file__).parent / "web" / "gallery"
EXAMPLES = [
    example for path in sorted(GALLERY.glob("*.json")) for example in json.loads(path.read_text()).get("examples", [])
]
# Blocks that the page must not choke on although Slack refuses them from an app.
REFUSED = {"kinds nobody draws here", "a remote file"}

BLOCKS = {"section", "header", "divider", "context", "actions", "alert", "markdown", "input", "image", "file"} | {
    "rich_text",
    "table",
    "data_table",
}
ELEMENTS = {"button", "checkboxes", "radio_buttons", "overflow", "datepicker", "timepicker", "datetimepicker"}
ELEMENTS |= {f"{many}{kind}_select" for many in ("", "multi_") for kind in ("static", "external", "users")}
ELEMENTS |= {"conversations_select", "multi_conversations_select", "channels_select"}
ELEMENTS |= {"plain_text_input", "email_text_input", "number_input"}


def _elements(block: dict[str, Any]) -> list[dict[str, Any]]:
    inner = block.get("elements", []) if block["type"] == "actions" else []
    return [*inner, *(block[part] for part in ("accessory", "element") if part in block)]


def test_the_gallery_holds_every_kind_that_is_drawn():
    blocks = [block for example in EXAMPLES for block in example["blocks"]]

    assert {block["type"] for block in blocks} >= BLOCKS
    assert {element["type"] for block in blocks for element in _elements(block)} >= ELEMENTS


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["name"])
def test_slack_would_take_every_example(example: dict[str, Any]):
    surface = example.get("surface", "message")
    title = {"type": "plain_text", "text": "Title"}
    frame = {"title": title, "submit": title} if surface == "modal" else {}

    if surface == "message":
        report = check_message_blocks(example["blocks"])
    else:
        report = check_view({"type": surface, "blocks": example["blocks"], **frame}, surface)

    assert bool(report.faults) == (example["name"] in REFUSED), report.faults

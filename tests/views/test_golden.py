"""Every drawing is kept in a file, is within Slack's limits, and passes the stand-in's own check.

After a wanted change: `GRCPUSH_GOLDEN=write pytest tests/views/test_golden.py`, then read what git shows.
"""

import json
import os
from functools import cache
from pathlib import Path

import pytest

from sandbox.slack.blockkit.whole import MESSAGE_BUDGET, check_message_blocks, check_view, text_weight
from tests.payload_lint import lint
from tests.views.scenes import SCENES, payload

GOLDEN = Path(__file__).parent / "golden"


@cache
def drawn(name):
    return payload(SCENES[name]())


def as_text(shown):
    return json.dumps(shown, ensure_ascii=False, indent=1) + "\n"


@pytest.mark.parametrize("name", SCENES)
def test_drawing_is_the_one_that_was_looked_at(name):
    path = GOLDEN / f"{name}.json"
    if os.environ.get("GRCPUSH_GOLDEN") == "write":
        path.write_text(as_text(drawn(name)), encoding="utf-8")

    assert as_text(drawn(name)) == path.read_text(encoding="utf-8"), (
        "see the top of this file when the change is wanted"
    )


def test_no_golden_file_is_left_over():
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(SCENES)


@pytest.mark.pitfall("P13", "P14", "U10")
@pytest.mark.parametrize("name", SCENES)
def test_drawing_keeps_slacks_limits_and_our_rules(name):
    lint(drawn(name))


@pytest.mark.pitfall("P13")
@pytest.mark.parametrize("name", SCENES)
def test_the_stand_in_for_slack_accepts_the_drawing(name):
    shown = drawn(name)

    report = check_view(shown, shown["type"]) if "type" in shown else check_message_blocks(shown["blocks"])

    assert report.lines == []
    if "type" not in shown:
        assert text_weight(shown["blocks"]) < MESSAGE_BUDGET


@pytest.mark.parametrize("name", SCENES)
def test_equal_facts_give_equal_drawings(name):
    assert payload(SCENES[name]()) == drawn(name)

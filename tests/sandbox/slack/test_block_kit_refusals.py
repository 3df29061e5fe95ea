"""What Block Kit takes and what it refuses besides lengths and counts, each fault at its place."""

import pytest

from sandbox.slack.blockkit.whole import check_message_blocks, check_view
from tests.sandbox.slack.parts import (
    actions,
    asks,
    button,
    checkboxes,
    data_table,
    home,
    modal,
    mrkdwn,
    option,
    overflow,
    plain,
    rich_text,
    section,
    select,
    table,
    text_input,
)

RUN = {"type": "text", "text": "x"}
LIST = {"type": "rich_text_list", "style": "bullet", "elements": [{"type": "rich_text_section", "elements": [RUN]}]}
TAKEN = {
    "a section of fields only": [{"type": "section", "fields": [mrkdwn()]}],
    "ids may repeat in different blocks": [actions(button()), actions(button())],
    "an alert": [{"type": "alert", "text": plain("2 conflicts"), "level": "warning"}],
    "a divider": [{"type": "divider"}],
    "verbatim text": [{"type": "section", "text": {"type": "mrkdwn", "text": "x", "verbatim": True}}],
    "marked-up boxes": [actions({**checkboxes(), "options": [{"text": mrkdwn("*a*"), "value": "a"}]})],
    "struck and bold runs": [
        {
            "type": "rich_text",
            "elements": [
                {"type": "rich_text_section", "elements": [{**RUN, "style": {"strike": True, "bold": True}}]},
                {"type": "rich_text_quote", "elements": [RUN]},
                {"type": "rich_text_preformatted", "elements": [RUN], "border": 1},
                {**LIST, "indent": 1, "border": 0},
            ],
        }
    ],
    "every kind of run": [
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "link", "url": "https://example.com", "text": "here"},
                        {"type": "emoji", "name": "tada"},
                        {"type": "user", "user_id": "U0EDITOR"},
                        {"type": "channel", "channel_id": "C0GRC"},
                        {"type": "usergroup", "usergroup_id": "S0APPROVE"},
                        {"type": "broadcast", "range": "here"},
                        {"type": "date", "timestamp": 1_795_000_000, "format": "{date_short}", "fallback": "then"},
                    ],
                }
            ],
        }
    ],
    "column settings with gaps": [{**table(columns=2), "column_settings": [None, {"align": "right"}]}],
    "numbers and rich text in cells": [
        {"type": "table", "rows": [[{"type": "raw_number", "value": 3, "text": "3"}, rich_text("x")]]}
    ],
}


@pytest.mark.parametrize("case", TAKEN)
def test_taken(case):
    assert check_message_blocks(TAKEN[case]).faults == []


REFUSED = {
    "an unknown block": ([{"type": "video"}], "/blocks/0/type", "unsupported type: video"),
    "a block without a type": ([{}], "/blocks/0", "missing required field: type"),
    "a block that is no object": (["divider"], "/blocks/0", "must be an object"),
    "an unknown field": (
        [section(colour="red")],
        "/blocks/0/colour",
        "invalid additional property: colour",
    ),
    "an unknown field deep inside": (
        [actions(button(icon="x"))],
        "/blocks/0/elements/0/icon",
        "invalid additional property: icon",
    ),
    "an empty text": ([section("")], "/blocks/0/text/text", "must be more than 0 characters"),
    "a text that is a string": ([{"type": "section", "text": "x"}], "/blocks/0/text", "must be an object"),
    "a section of nothing": ([{"type": "section"}], "/blocks/0", "must have text or fields"),
    "mrkdwn in a header": ([{"type": "header", "text": mrkdwn()}], "/blocks/0/text/type", "unsupported type: mrkdwn"),
    "mrkdwn on a button": (
        [actions({**button(), "text": mrkdwn()})],
        "/blocks/0/elements/0/text/type",
        "unsupported type: mrkdwn",
    ),
    "mrkdwn in a menu": (
        [actions(select(options=[{"text": mrkdwn(), "value": "a"}]))],
        "/blocks/0/elements/0/options/0/text/type",
        "unsupported type: mrkdwn",
    ),
    "emoji on mrkdwn": (
        [{"type": "section", "text": {"type": "mrkdwn", "text": "x", "emoji": True}}],
        "/blocks/0/text/emoji",
        "invalid additional property: emoji",
    ),
    "an unknown style": (
        [actions(button(style="warning"))],
        "/blocks/0/elements/0/style",
        "must be one of: primary, danger",
    ),
    "no actions": ([{"type": "actions", "elements": []}], "/blocks/0/elements", "no less than 1 items allowed"),
    "a typed field outside an input": (
        [actions(text_input())],
        "/blocks/0/elements/0/type",
        "unsupported type: plain_text_input",
    ),
    "a button as input": ([asks(button())], "/blocks/0/element/type", "unsupported type: button"),
    "a multi select in actions": (
        [actions({**select(), "type": "multi_static_select"})],
        "/blocks/0/elements/0/type",
        "unsupported type: multi_static_select",
    ),
    "one overflow option": (
        [section(accessory=overflow(1))],
        "/blocks/0/accessory/options",
        "no less than 2 items allowed",
    ),
    "a picture without words": (
        [{"type": "image", "image_url": "https://example.com/a.png"}],
        "/blocks/0",
        "missing required field: alt_text",
    ),
    "a picture without a source": (
        [{"type": "image", "alt_text": "x"}],
        "/blocks/0",
        "must have exactly one of: image_url, slack_file",
    ),
    "a menu of nothing": (
        [actions({"type": "static_select", "action_id": "menu"})],
        "/blocks/0/elements/0",
        "must have exactly one of: options, option_groups",
    ),
    "an initial option that is not offered": (
        [actions(select(initial_option=option("z")))],
        "/blocks/0/elements/0/initial_option",
        "initial option is not one of the options",
    ),
    "no initial options at all": (
        [actions(checkboxes(initial_options=[]))],
        "/blocks/0/elements/0/initial_options",
        "no less than 1 items allowed",
    ),
    "two options of one value": (
        [actions(checkboxes(values="aa"))],
        "/blocks/0/elements/0/options/1/value",
        "duplicate option value: a",
    ),
    "one action id twice in a block": (
        [actions(button(), button())],
        "/blocks/0/elements/1/action_id",
        "action_id `go` already exists",
    ),
    "one block id twice": (
        [section(block_id="b"), section(block_id="b")],
        "/blocks/1/block_id",
        "block_id must be unique: b already exists",
    ),
    "a confirmation without buttons": (
        [actions(button(confirm={"title": plain(), "text": plain()}))],
        "/blocks/0/elements/0/confirm",
        "missing required field: confirm",
    ),
    "a date that is none": (
        [actions({"type": "datepicker", "action_id": "d", "initial_date": "2026-13-01"})],
        "/blocks/0/elements/0/initial_date",
        "must be in the format YYYY-MM-DD",
    ),
    "a yes that is a word": ([asks(text_input(multiline="true"))], "/blocks/0/element/multiline", "must be a boolean"),
    "an empty run": ([rich_text("")], "/blocks/0/elements/0/elements/0/text", "must be more than 0 characters"),
    "an unknown run style": (
        [
            {
                "type": "rich_text",
                "elements": [{"type": "rich_text_section", "elements": [{**RUN, "style": {"red": True}}]}],
            }
        ],
        "/blocks/0/elements/0/elements/0/style/red",
        "invalid additional property: red",
    ),
    "a list without a style": (
        [{"type": "rich_text", "elements": [{name: LIST[name] for name in ("type", "elements")}]}],
        "/blocks/0/elements/0",
        "missing required field: style",
    ),
    "an empty cell": ([table(text="")], "/blocks/0/rows/0/0/text", "must be more than 0 characters"),
    "a crooked data table": (
        [{**data_table(), "rows": [*data_table()["rows"], []]}],
        "/blocks/0/rows/2",
        "no less than 1 items allowed",
    ),
    "rich text in a header row": (
        [{**data_table(), "rows": [[rich_text("x")], [rich_text("y")]]}],
        "/blocks/0/rows/0/0",
        "rich_text is not allowed in the header row",
    ),
    "an unknown alert level": (
        [{"type": "alert", "text": plain(), "level": "fatal"}],
        "/blocks/0/level",
        "must be one of: default, info, warning, error, success",
    ),
    "a file of nobody's": (
        [{"type": "file", "external_id": "x", "source": "remote"}],
        "/blocks/0/external_id",
        "unable to find the remote file",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_at_its_place(case):
    blocks, place, reason = REFUSED[case]

    assert (place, reason) in check_message_blocks(blocks).faults


def without(view, name):
    return {key: value for key, value in view.items() if key != name}


REFUSED_VIEWS = {
    "an input without a submit button": (
        without(modal(asks(text_input())), "submit"),
        "/view",
        "submit is required when an input block is within blocks",
    ),
    "a modal without a title": (without(modal(), "title"), "/view", "missing required field: title"),
    "a table": (modal(table()), "/view/blocks/0/type", "unsupported type: table"),
    "markdown": (modal({"type": "markdown", "text": "x"}), "/view/blocks/0/type", "unsupported type: markdown"),
    "two with the focus": (
        modal(asks(text_input(focus_on_load=True), "a"), asks(text_input(focus_on_load=True), "b")),
        "/view/blocks",
        "only one element may have focus_on_load",
    ),
    "a state of its own": (modal(state={}), "/view/state", "invalid additional property: state"),
    "no view at all": (None, "/view", "must be an object"),
}


@pytest.mark.parametrize("case", REFUSED_VIEWS)
def test_a_view_refused_at_its_place(case):
    view, place, reason = REFUSED_VIEWS[case]

    assert (place, reason) in check_view(view, "modal").faults


def test_home_has_no_title():
    assert check_view(home(title=plain()), "home").faults == [("/view/title", "invalid additional property: title")]

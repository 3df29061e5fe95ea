"""Each limit of Block Kit at its edge: the most that is taken, and one more that is refused at the right place."""

import pytest

from sandbox.slack.blockkit.whole import check_message_blocks, check_view
from tests.sandbox.slack.parts import (
    actions,
    asks,
    button,
    checkboxes,
    home,
    modal,
    mrkdwn,
    option,
    plain,
    rich_text,
    section,
    text_input,
)


def words(count):
    return "x" * count


def confirm(title=4, text=4, label=4):
    return {
        "title": plain(words(title)),
        "text": mrkdwn(words(text)),
        "confirm": plain(words(label)),
        "deny": plain("No"),
    }


def select(count=2, **extra):
    return {"type": "static_select", "action_id": "menu", "options": [option(str(n)) for n in range(count)], **extra}


def grouped(groups=1, each=1, label=4):
    options = [option(str(n)) for n in range(each)]
    held = [{"label": plain(words(label)), "options": options} for _ in range(groups)]
    return actions({"type": "static_select", "action_id": "menu", "option_groups": held})


def overflow(count):
    return {"type": "overflow", "action_id": "more", "options": [option(str(n)) for n in range(count)]}


def table(rows=1, columns=1, text="cell"):
    return {"type": "table", "rows": [[{"type": "raw_text", "text": text}] * columns for _ in range(rows)]}


def data_table(rows=2, columns=1, text="cell", **extra):
    return {**table(rows, columns, text), "type": "data_table", "caption": "Changes", **extra}


def image(alt=4, url=4, title=4):
    return {"type": "image", "alt_text": words(alt), "image_url": words(url), "title": plain(words(title))}


MESSAGE_EDGES = {
    "blocks of a message": (50, lambda n: [section() for _ in range(n)], "/blocks"),
    "section text": (3000, lambda n: [section(words(n))], "/blocks/0/text/text"),
    "fields": (10, lambda n: [{"type": "section", "fields": [mrkdwn()] * n}], "/blocks/0/fields"),
    "field text": (2000, lambda n: [{"type": "section", "fields": [plain(words(n))]}], "/blocks/0/fields/0/text"),
    "header": (150, lambda n: [{"type": "header", "text": plain(words(n))}], "/blocks/0/text/text"),
    "context elements": (10, lambda n: [{"type": "context", "elements": [mrkdwn()] * n}], "/blocks/0/elements"),
    "block id": (255, lambda n: [section(block_id=words(n))], "/blocks/0/block_id"),
    "actions": (25, lambda n: [actions(*[button(f"go{i}") for i in range(n)])], "/blocks/0/elements"),
    "action id": (255, lambda n: [actions(button(words(n)))], "/blocks/0/elements/0/action_id"),
    "button label": (75, lambda n: [actions(button(text=words(n)))], "/blocks/0/elements/0/text/text"),
    "button value": (2000, lambda n: [actions(button(value=words(n)))], "/blocks/0/elements/0/value"),
    "button url": (3000, lambda n: [actions(button(url=words(n)))], "/blocks/0/elements/0/url"),
    "accessibility label": (
        75,
        lambda n: [actions(button(accessibility_label=words(n)))],
        "/blocks/0/elements/0/accessibility_label",
    ),
    "confirm title": (
        100,
        lambda n: [actions(button(confirm=confirm(title=n)))],
        "/blocks/0/elements/0/confirm/title/text",
    ),
    "confirm text": (
        300,
        lambda n: [actions(button(confirm=confirm(text=n)))],
        "/blocks/0/elements/0/confirm/text/text",
    ),
    "confirm button": (
        30,
        lambda n: [actions(button(confirm=confirm(label=n)))],
        "/blocks/0/elements/0/confirm/confirm/text",
    ),
    "option text": (
        75,
        lambda n: [actions(select(options=[option("a", words(n))]))],
        "/blocks/0/elements/0/options/0/text/text",
    ),
    "option description": (
        75,
        lambda n: [actions(select(options=[option("a", description=plain(words(n)))]))],
        "/blocks/0/elements/0/options/0/description/text",
    ),
    "option value": (
        150,
        lambda n: [actions(select(options=[option(words(n), "Choice")]))],
        "/blocks/0/elements/0/options/0/value",
    ),
    "menu options": (100, lambda n: [actions(select(n))], "/blocks/0/elements/0/options"),
    "option groups": (100, lambda n: [grouped(n)], "/blocks/0/elements/0/option_groups"),
    "options of a group": (100, lambda n: [grouped(each=n)], "/blocks/0/elements/0/option_groups/0/options"),
    "group label": (75, lambda n: [grouped(label=n)], "/blocks/0/elements/0/option_groups/0/label/text"),
    "placeholder": (
        150,
        lambda n: [actions(select(placeholder=plain(words(n))))],
        "/blocks/0/elements/0/placeholder/text",
    ),
    "checkboxes": (10, lambda n: [actions(checkboxes(values="abcdefghijk"[:n]))], "/blocks/0/elements/0/options"),
    "overflow options": (5, lambda n: [section(accessory=overflow(n))], "/blocks/0/accessory/options"),
    "image alt text": (2000, lambda n: [image(alt=n)], "/blocks/0/alt_text"),
    "image url": (3000, lambda n: [image(url=n)], "/blocks/0/image_url"),
    "image title": (2000, lambda n: [image(title=n)], "/blocks/0/title/text"),
    "markdown": (12_000, lambda n: [{"type": "markdown", "text": words(n)}], "/blocks/0/text"),
    "markdown together": (
        12_000,
        lambda n: [{"type": "markdown", "text": words(n - 10)}, {"type": "markdown", "text": words(10)}],
        "/blocks",
    ),
    "table rows": (100, lambda n: [table(rows=n)], "/blocks/0/rows"),
    "table columns": (20, lambda n: [table(columns=n)], "/blocks/0/rows/0"),
    "tables of a message": (1, lambda n: [table() for _ in range(n)], "/blocks/1"),
    "data table rows": (101, lambda n: [data_table(rows=n)], "/blocks/0/rows"),
    "data table page": (100, lambda n: [data_table(page_size=n)], "/blocks/0/page_size"),
    "data table cells": (5_000, lambda n: [data_table(rows=2, text=words(n))], "/blocks"),
    "typed text": (3000, lambda n: [asks(text_input(initial_value=words(n)))], "/blocks/0/element/initial_value"),
    "label": (2000, lambda n: [{**asks(text_input()), "label": plain(words(n))}], "/blocks/0/label/text"),
    "hint": (2000, lambda n: [asks(text_input(), hint=plain(words(n)))], "/blocks/0/hint/text"),
    "longest input": (3000, lambda n: [asks(text_input(max_length=n))], "/blocks/0/element/max_length"),
}


@pytest.mark.parametrize("edge", MESSAGE_EDGES)
def test_the_most_is_taken_and_one_more_is_refused(edge):
    most, build, place = MESSAGE_EDGES[edge]

    assert check_message_blocks(build(most)).faults == []
    assert [pointer for pointer, _ in check_message_blocks(build(most + 1)).faults][:1] == [place]


VIEW_EDGES = {
    "blocks": (100, lambda n: modal(*[section() for _ in range(n)]), "/view/blocks"),
    "title": (24, lambda n: modal(title=words(n)), "/view/title/text"),
    "submit": (24, lambda n: modal(submit=plain(words(n))), "/view/submit/text"),
    "close": (24, lambda n: modal(close=plain(words(n))), "/view/close/text"),
    "private metadata": (3000, lambda n: modal(private_metadata=words(n)), "/view/private_metadata"),
    "callback id": (255, lambda n: modal(callback_id=words(n)), "/view/callback_id"),
    "external id": (255, lambda n: modal(external_id=words(n)), "/view/external_id"),
}


@pytest.mark.parametrize("edge", VIEW_EDGES)
def test_a_modal_takes_the_most_and_refuses_one_more(edge):
    most, build, place = VIEW_EDGES[edge]

    assert check_view(build(most), "modal").faults == []
    assert [pointer for pointer, _ in check_view(build(most + 1), "modal").faults] == [place]


def test_home_takes_a_hundred_blocks():
    assert check_view(home(*[section() for _ in range(100)]), "home").faults == []
    assert check_view(home(*[section() for _ in range(101)]), "home").faults


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

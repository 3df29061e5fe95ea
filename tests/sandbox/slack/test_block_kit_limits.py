"""Each limit of Block Kit at its edge: the most that is taken, and one more that is refused at the right place."""

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
    section,
    select,
    table,
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


def grouped(groups=1, each=1, label=4):
    options = [option(str(n)) for n in range(each)]
    held = [{"label": plain(words(label)), "options": options} for _ in range(groups)]
    return actions({"type": "static_select", "action_id": "menu", "option_groups": held})


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

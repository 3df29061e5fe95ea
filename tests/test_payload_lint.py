"""The limits check finds what it is there to find."""

import copy

import pytest

from bot.actions import Action, ButtonValue
from tests.payload_lint import faults_of, lint
from tests.views.examples import an_id

VALUE = ButtonValue(an_id(1)).encode()


def a_text(text):
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def a_section(text="Three statements wait"):
    return {"type": "section", "text": a_text(text)}


def a_button(label="Review", **changes):
    button = {
        "type": "button",
        "text": {"type": "plain_text", "text": label, "emoji": False},
        "action_id": Action.REVIEW.value,
        "value": VALUE,
        "accessibility_label": "Review push request 42",
    }
    return {**button, **changes}


def a_row(*elements):
    return {"type": "actions", "elements": list(elements)}


def a_message(*blocks, text="Three statements wait for approval"):
    return {"text": text, "blocks": list(blocks)}


def a_modal(*blocks, **changes):
    title = {"type": "plain_text", "text": "Preview push", "emoji": False}
    return {"type": "modal", "callback_id": "grc.preview", "title": title, "blocks": list(blocks), **changes}


def some_boxes(count, **changes):
    options = [
        {"text": {"type": "plain_text", "text": f"Box {n}", "emoji": False}, "value": str(n)} for n in range(count)
    ]
    return {"type": "checkboxes", "action_id": Action.TICK.value, "options": options, **changes}


def a_menu(**changes):
    words = {"type": "plain_text", "text": "All systems", "emoji": False}
    option = {"text": words, "value": "*"}
    return {
        "type": "static_select",
        "action_id": Action.FILTER_STATUS.value,
        "placeholder": words,
        "options": [option],
    } | changes


@pytest.mark.pitfall("P13", "U10")
def test_a_sound_message_and_a_sound_modal_pass():
    lint(a_message(a_section(), a_row(a_button())))
    lint(a_modal(a_section()))


FAULTY = {
    "tells no story": a_message(a_section(), text="Done"),
    "too many for chat.update": a_message(a_section(), text="many words here " * 300),
    "does not say ['#42'] of the headline": a_message(
        {"type": "header", "text": {"type": "plain_text", "text": "Push request #42", "emoji": False}}
    ),
    "unescaped < or >": a_message(a_section("look at <!channel> now")),
    "unescaped &": a_message(a_section("you & me & them")),
    "unescaped < or >: '<!here> three": a_message(a_section(), text="<!here> three statements wait"),
    "would call everybody": a_message(a_section("hello @channel people")),
    "control or direction signs": a_message(a_section("left \u202eright")),
    "verbatim is not set": a_message({"type": "section", "text": {"type": "mrkdwn", "text": "some words"}}),
    ":names: into pictures": a_message({"type": "header", "text": {"type": "plain_text", "text": "Some words"}}),
    "says nothing without its signs": a_message(a_section("✅ 🎉")),
    "longer than 3000": a_message(a_section("word " * 700)),
    "more than 50": a_message(*[a_section()] * 51),
    "over the budget of 9000": a_message(*[a_section("word " * 500)] * 4),
    "more than one primary button": a_message(
        a_row(a_button(style="primary")), a_row(a_button(style="primary", action_id=Action.APPROVE.value))
    ),
    "is not clear alone": a_message(a_row(a_button(accessibility_label="Review"))),
    "a menu is known by its placeholder": a_message(a_row(a_menu(placeholder={"type": "plain_text", "text": ""}))),
    "must have 1 to 100 options": a_message(a_row(a_menu(options=[]))),
    "label or accessibility_label longer than 75": a_message(a_row(a_button("word " * 20))),
    "'grc.unknown' has no listener": a_message(a_row(a_button(action_id="grc.unknown"))),
    "carries nothing": a_message(a_row({k: v for k, v in a_button().items() if k != "value"})),
    "is neither an https address": a_message(a_row(a_button(url="http://example.org"))),
    "action ids are not unique": a_message(a_row(a_button(), a_button())),
    "too long or not unique": a_message({**a_section(), "block_id": "one"}, {**a_section(), "block_id": "one"}),
    "must have 1 to 25 elements": a_message({"type": "actions", "elements": []}),
    "must have 1 to 10 elements": a_message({"type": "context", "elements": [a_text("some words")] * 11}),
    "must have 1 to 10 options": a_message(a_row(some_boxes(11))),
    "initial options are none": a_message(a_row(some_boxes(2, initial_options=[]))),
    "two options have one value": a_message(a_row(some_boxes(1, options=some_boxes(1)["options"] * 2))),
    "may not stand here": a_modal({"type": "table", "rows": [[]]}),
    "title: must have 1 to 24": a_modal(a_section(), title={"type": "plain_text", "text": "word " * 6, "emoji": False}),
    "'grc.nobody' has no listener": a_modal(a_section(), callback_id="grc.nobody"),
    "missing beside an input": a_modal(
        {"type": "input", "label": {"type": "plain_text", "text": "Why", "emoji": False}, "element": some_boxes(1)}
    ),
    "private_metadata: longer": a_modal(a_section(), private_metadata="x" * 3_001),
    "more than 100": a_modal(*[a_section()] * 101),
}


@pytest.mark.pitfall("P13", "U10")
@pytest.mark.parametrize("said", FAULTY)
def test_each_fault_is_named(said):
    payload = copy.deepcopy(FAULTY[said])

    faults = faults_of(payload)

    assert any(said in fault for fault in faults), faults
    with pytest.raises(AssertionError):
        lint(payload)


@pytest.mark.pitfall("P13", "U10")
def test_statement_text_in_rich_text_may_be_signs_alone():
    run = {"type": "text", "text": "—"}
    lint(a_message({"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [run]}]}))

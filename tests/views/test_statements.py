import uuid
from dataclasses import replace

import pytest

from bot.actions import Action, ButtonValue, Callback, decode
from bot.views.statements.listing import list_message, nothing_message
from bot.views.statements.selecting import select_modal
from core.models.requests import PersonView
from core.models.selections import Narrowing
from tests.payload_lint import lint
from tests.views import examples as ex
from tests.views.reading import blocks_of, buttons_of, elements_of, labels_of, value_of, words_of
from tests.views.scenes import payload


def listed(selection):
    return list_message(selection, ex.card_url)


def select(selection):
    return select_modal(selection, ex.card_url)


def boxes_of(drawing):
    return elements_of(drawing, "checkboxes")[0]


def with_lines(selection, *lines):
    return replace(selection, listing=replace(selection.listing, lines=lines))


@pytest.mark.pitfall("U1")
@pytest.mark.parametrize("total", [1, 2, 9, 10])
def test_up_to_ten_statements_are_ticked_in_the_message_and_previewed_with_one_click(total):
    drawn = listed(ex.a_listed_selection(total, chosen=1))

    boxes = boxes_of(drawn)
    assert boxes["action_id"] == Action.TICK
    assert [uuid.UUID(option["value"]) for option in boxes["options"]] == [ex.an_id(1000 + n) for n in range(total)]
    assert [option["value"] for option in boxes["initial_options"]] == [str(ex.an_id(1000))]
    every = f"Select all {total} matching" if total < 7 else f"Select all {total - 1} that are ready"
    choosers = [every, "Clear all"] if total > 1 else []
    assert labels_of(drawn) == ["Preview push", "Show changes", *choosers, "Settings"]
    assert buttons_of(drawn)["Preview push"]["style"] == "primary"


@pytest.mark.parametrize("total", [11, 137, 1000, 5000])
def test_more_than_ten_are_counted_and_chosen_in_a_modal(total):
    drawn = listed(ex.a_listed_selection(total))

    assert not elements_of(drawn, "checkboxes")
    assert words_of(drawn).startswith(f"{total:,} statements changed since the last push")
    assert labels_of(drawn) == (
        ["Choose statements", f"Preview all {total - total // 7:,}", "Only mine", "Settings"]
        if total < 1_167
        else ["Choose statements", "Only mine", "Settings"]
    )
    assert len(blocks_of(drawn)) < 10


@pytest.mark.parametrize(
    ("narrowed", "changes", "title"),
    [
        ({"controls": ("AC-7",)}, {}, "1 of 11 changed statements (AC-7)"),
        ({"system": "Payroll Cloud", "family": "AC"}, {}, "1 of 11 changed statements (Payroll Cloud, AC)"),
        ({"status": "conflict", "owner": ex.EDITOR}, {}, "1 of 11 changed statements (in conflict, of Erin Editor)"),
        ({"text": "quarter", "owner": ex.EDITOR}, {"mine_only": True}, "1 of 11 changed statements (“quarter”, yours)"),
        ({"owner": ex.EDITOR}, {"mine_only": True}, "1 statement of yours changed since the last push"),
        ({}, {}, "1 statement changed since the last push"),
    ],
)
def test_a_narrowed_list_says_of_how_many_it_is_and_what_narrows_it(narrowed, changes, title):
    drawn = listed(ex.a_listed_selection(1, all_changed=11, narrowing=Narrowing(**narrowed), **changes))

    assert blocks_of(drawn)[0]["text"]["text"] == title
    assert drawn.text.startswith(title)


def test_a_narrowed_list_that_has_become_empty_does_not_say_that_nothing_is_changed():
    drawn = listed(ex.a_listed_selection(0, all_changed=10, narrowing=Narrowing(controls=("AC-7",))))

    assert "None of the 10 changed statements matches that." in drawn.text


def test_what_all_would_mean_is_counted_only_where_it_is_more_than_one():
    assert "Select the one that is ready" in labels_of(listed(ex.a_listed_selection(4, free=1)))
    assert "Clear all 3" in labels_of(listed(ex.a_listed_selection(4, chosen=3)))
    assert labels_of(select(ex.a_selection(1, chosen_total=12)))[-2:] == ["Clear all 12", "Only mine"]
    assert labels_of(select(ex.a_selection(1, chosen=1)))[-1:] == ["Only mine"]
    assert not any("Select" in label or "Clear" in label for label in labels_of(select(ex.a_selection(1, chosen=1))))


def test_a_conflict_is_said_in_words():
    selection = ex.a_selection(7)

    (option,) = [
        option for option in boxes_of(listed(selection))["options"] if "conflict" in option["description"]["text"]
    ]

    assert option["value"] == str(ex.an_id(1006))
    assert "1 conflict among them" in listed(selection).text


def test_what_another_request_holds_is_named_and_cannot_be_ticked():
    drawn = listed(with_lines(ex.a_listed_selection(2), ex.a_line(0), ex.a_held_line(1)))

    assert [option["value"] for option in boxes_of(drawn)["options"]] == [str(ex.an_id(1000))]
    assert "push request #41>, asked for by <@U0REQUEST>" in words_of(drawn)


def test_a_list_that_is_wholly_held_has_nothing_to_tick_and_nothing_to_preview():
    drawn = listed(with_lines(ex.a_listed_selection(1), ex.a_held_line(0)))

    assert not elements_of(drawn, "checkboxes")
    assert "Preview push" not in labels_of(drawn)
    lint(payload(drawn))


def test_every_button_names_the_selection_and_what_was_shown_of_it():
    drawn = listed(ex.a_listed_selection(3))

    for label in [each for each in labels_of(drawn) if each != "Settings"]:
        assert (value_of(drawn, label).id, value_of(drawn, label).revision) == (ex.an_id(50), 3)


@pytest.mark.pitfall("P16")
def test_boxes_get_a_new_name_when_the_bot_changes_the_ticks():
    before = ex.a_selection(3)

    names = {
        block["block_id"]
        for selection in (before, replace(before, revision=4))
        for block in listed(selection).blocks
        if "block_id" in block
    }

    assert sorted(decode(name).revision for name in names) == [3, 4]


def test_boxes_of_two_pages_have_two_names():
    pages = [select(ex.a_selection(137, page=page)) for page in (0, 1)]

    names = [
        next(b["block_id"] for b in page["blocks"] if b.get("element", {}).get("type") == "checkboxes")
        for page in pages
    ]

    assert [decode(name).page for name in names] == [0, 1]


def test_few_statements_are_shown_with_how_they_begin_and_many_are_not():
    assert "reviewed every quarter" in words_of(listed(ex.a_listed_selection(5)))
    assert "reviewed every quarter" not in words_of(listed(ex.a_listed_selection(6)))


def test_a_beginning_that_would_call_everybody_is_harmless():
    line = ex.a_line(0, preview="<!channel> @here *now* <https://evil.example|click>")

    drawn = listed(with_lines(ex.a_listed_selection(1), line))

    assert "<!channel>" in words_of(drawn)
    assert "@here" not in words_of(drawn)
    lint(payload(drawn))


def test_when_none_is_mine_there_is_a_way_back_to_all():
    assert labels_of(listed(ex.a_listed_selection(0, mine_only=True))) == ["All owners"]
    assert labels_of(select(ex.a_selection(0, mine_only=True))) == ["All owners"]


def test_the_modal_says_how_many_match_and_are_chosen():
    assert "137 statements match · 12 chosen · Page 2 of 5" in words_of(select(ex.a_selection(137, page=1, chosen=12)))


def test_the_modal_ticks_what_is_chosen_on_this_page_only():
    boxes = boxes_of(select(ex.a_selection(137, page=1, chosen=32)))

    assert [option["value"] for option in boxes["initial_options"]] == [str(ex.an_id(1030)), str(ex.an_id(1031))]


@pytest.mark.parametrize(("page", "labels"), [(0, ["Next"]), (2, ["Previous", "Next"]), (4, ["Previous"])])
def test_the_modal_turns_to_the_pages_there_are(page, labels):
    drawn = select(ex.a_selection(137, page=page))

    assert [label for label in labels_of(drawn) if label in ("Previous", "Next")] == labels
    assert {value_of(drawn, label).page - page for label in labels} <= {-1, 1}


def test_the_modal_can_be_sent_and_knows_its_selection():
    drawn = select(ex.a_selection(137, page=2))

    assert drawn["callback_id"] == Callback.SELECT
    assert drawn["submit"]["text"] == "Preview push"
    assert decode(drawn["private_metadata"]) == ButtonValue(ex.an_id(50), 3, page=2)


def test_all_that_are_not_in_conflict_are_counted_on_the_button():
    assert "Select all 118 that are ready" in labels_of(select(ex.a_selection(137)))


def test_a_long_name_leaves_number_and_system_whole():
    line = ex.a_line(0, control_name="A very long name of a control " * 5, system_name="Payroll Cloud")

    text = boxes_of(listed(with_lines(ex.a_listed_selection(1), line)))["options"][0]["text"]["text"]

    assert text.startswith("AC-2 A very long name")
    assert text.endswith("… · Payroll Cloud")
    assert len(text) <= 75


def test_owner_age_and_conflict_fit_beside_each_other():
    owner = PersonView(ex.an_id(1), "Erin Editor", "U0123456789")

    about = boxes_of(listed(with_lines(ex.a_listed_selection(1), ex.a_line(6, owner=owner))))["options"][0][
        "description"
    ]["text"]

    assert about.startswith("in conflict · <@U0123456789> · <!date^")


def test_nothing_to_list_says_so_and_when_it_was_last_looked():
    drawn = nothing_message(ex.a_status(), None, "slack://app?tab=home", ex.card_url)

    assert drawn.text == "Nothing to push: none of the 72 statements was changed here."
    assert "Last compared with acme.service-now.com" in words_of(drawn)

from dataclasses import replace

import pytest

from bot.actions import Action, ButtonValue, Callback, decode
from bot.views.parts.blocks import REASON
from bot.views.requests.preview import PAGE_SIZE, change_modal, loading_modal, preview_modal, requested_modal
from core.domain.push import Readiness, RequestState
from tests.payload_lint import lint
from tests.views import examples as ex
from tests.views.reading import buttons_of, elements_of, labels_of, value_of, words_of
from tests.views.scenes import LONG, REPLACED, REWRITTEN

MIXED = ex.request_lines(9, Readiness.CONFLICT, Readiness.CONFLICT, Readiness.SAME)


def test_the_summary_counts_every_kind_and_names_the_instance():
    words = words_of(preview_modal(ex.a_preview(*MIXED)))

    assert "9 ready · 2 conflicts · 1 already the same (left out)" in words
    assert ex.HOST in words


@pytest.mark.parametrize(("required", "label"), [(2, "Ask for approval"), (1, "Ask for approval"), (0, "Push now")])
def test_the_button_says_what_happens_next(required, label):
    assert preview_modal(ex.a_preview(approvals_required=required))["submit"]["text"] == label


def test_open_conflicts_are_announced():
    words = words_of(preview_modal(ex.a_preview(*MIXED)))

    assert "2 conflicts will be posted in the thread" in words
    assert "provisional" in words


def test_where_nothing_can_be_pushed_there_is_nothing_to_send():
    drawn = preview_modal(ex.a_preview(*ex.request_lines(0, Readiness.SAME, Readiness.REFUSED)))

    assert "submit" not in drawn
    assert "Nothing here can be pushed" in words_of(drawn)
    assert not elements_of(drawn, "plain_text_input")


def test_a_pause_is_said_before_asking():
    assert "Writing to ServiceNow is paused" in words_of(preview_modal(ex.a_preview(is_paused=True)))


def test_on_a_read_only_deployment_the_preview_says_so_and_offers_no_push():
    drawn = preview_modal(ex.a_preview(is_paused=True, is_read_only=True))

    assert "no push can be asked for until whoever runs grcpush sets READ_ONLY to false" in words_of(drawn)
    assert "submit" not in drawn


def test_a_statement_that_cannot_be_pushed_says_why():
    drawn = preview_modal(ex.a_preview(*ex.request_lines(1, Readiness.REFUSED)))

    assert "cannot be pushed: The record is in a state in which this field may not be written." in words_of(drawn)


def test_menu_entries_name_the_request_and_the_statement():
    menus = elements_of(preview_modal(ex.a_preview(*MIXED), page=1), "overflow")

    entries = [decode(option["value"]) for option in menus[0]["options"]]
    expected = ButtonValue(ex.an_id(60), other=ex.an_id(1008), page=1)
    assert entries == [replace(expected, word=word) for word in ("view", "edit", "leave_out")]
    assert [option["text"]["text"] for option in menus[0]["options"]] == ["View change", "Edit", "Leave out"]


def test_what_is_not_pushed_anyway_has_no_menu():
    assert not elements_of(
        preview_modal(ex.a_preview(*ex.request_lines(0, Readiness.SAME, Readiness.LEFT_OUT))), "overflow"
    )


def test_every_statement_is_on_exactly_one_page():
    preview = ex.a_preview(*ex.request_lines(30))

    pages = [words_of(preview_modal(preview, page=page)) for page in range(4)]

    for line in preview.lines:
        assert sum(f"*{line.label}*" in page for page in pages) == 1


@pytest.mark.parametrize(
    ("page", "actions"), [(0, {Action.PREVIEW_NEXT}), (1, {Action.PREVIEW_NEXT, Action.PREVIEW_PREVIOUS})]
)
def test_pages_are_turned_by_buttons_that_know_where_they_lead(page, actions):
    drawn = preview_modal(ex.a_preview(*ex.request_lines(3 * PAGE_SIZE)), page=page)

    steps = {button["action_id"]: decode(button["value"]).page - page for button in buttons_of(drawn).values()}
    assert set(steps) == actions
    assert steps[Action.PREVIEW_NEXT] == 1
    assert steps.get(Action.PREVIEW_PREVIOUS, -1) == -1


def test_a_page_that_is_gone_gives_the_nearest():
    preview = ex.a_preview()

    assert preview_modal(preview, page=7) == preview_modal(preview, page=0)
    assert preview_modal(preview, page=-1) == preview_modal(preview, page=0)


def test_a_small_change_is_shown_at_once_and_a_long_one_on_request():
    short, long = ex.a_request_line(1), ex.a_request_line(2, change=ex.a_change(LONG, REWRITTEN))

    words = words_of(preview_modal(ex.a_preview(short, long)))

    assert "removed: year added: quarter" in words
    assert "each quarter" not in words


def test_the_reason_is_optional_and_found_under_its_name():
    block = next(block for block in preview_modal(ex.a_preview())["blocks"] if block["type"] == "input")

    assert (block["block_id"], block["element"]["action_id"], block["optional"]) == (REASON, REASON, True)


def test_the_preview_knows_its_request():
    drawn = preview_modal(ex.a_preview())

    assert drawn["callback_id"] == Callback.PREVIEW
    assert decode(drawn["private_metadata"]).id == ex.an_id(60)


def test_a_change_of_20000_characters_is_shown_whole():
    line = ex.a_request_line(1, change=ex.a_change(LONG, REPLACED))

    drawn = change_modal(line, ex.record_url(line.sn_sys_id))

    lint(drawn)
    words = words_of(drawn)
    assert all(f"Chapter {n}." in words and f"Paragraph {n}:" in words for n in range(250))


def test_a_change_leads_to_the_record():
    line = ex.a_request_line(1)

    drawn = change_modal(line, ex.record_url(line.sn_sys_id))

    assert buttons_of(drawn)["Open in ServiceNow"]["url"] == ex.record_url(line.sn_sys_id)
    assert drawn["close"]["text"] == "Back"


def test_a_statement_without_a_change_says_how_it_stands():
    line = ex.a_request_line(1, Readiness.SAME)

    assert "already the same in ServiceNow" in words_of(change_modal(line, ex.record_url(line.sn_sys_id)))


def test_a_loading_modal_can_only_be_closed():
    assert "submit" not in loading_modal("Preview push", "Checking ServiceNow…")


@pytest.mark.parametrize(
    ("card", "said"),
    [
        (ex.a_card(RequestState.SETTLING, lines=MIXED), "2 conflicts to settle first"),
        (ex.a_card(RequestState.WAITING), "2 approvals needed"),
        (ex.a_card(RequestState.PUSHING), "the push to acme.service-now.com begins now"),
        (ex.a_card(RequestState.CANCELLED, note="Nothing is left to push."), "Nothing is left to push."),
    ],
)
def test_after_asking_people_read_what_happens_next(card, said):
    drawn = requested_modal(card)

    assert said in words_of(drawn)
    lint(drawn)


def test_pages_name_what_they_show():
    assert "Next: 9 to 16 of 30" in labels_of(preview_modal(ex.a_preview(*ex.request_lines(30))))
    assert value_of(preview_modal(ex.a_preview(*ex.request_lines(30))), "Next: 9 to 16 of 30").page == 1

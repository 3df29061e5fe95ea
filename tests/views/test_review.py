import pytest

from bot.actions import Action, Callback, decode
from bot.views.parts.blocks import REASON
from bot.views.requests.review import decline_modal, review_modal
from core.domain.outcome import Outcome
from core.domain.push import Readiness, RequestState
from tests.payload_lint import lint
from tests.views import examples as ex
from tests.views.reading import buttons_of, value_of, words_of
from tests.views.scenes import LONG, REPLACED


def review_pages(card):
    first = review_modal(card)
    pages = [first]
    while "Next page" in buttons_of(pages[-1]):
        pages.append(review_modal(card, page=value_of(pages[-1], "Next page").page))
    return pages


def test_the_review_leaves_nothing_out():
    lines = (ex.a_request_line(0), ex.a_request_line(1, change=ex.a_change(LONG, REPLACED)), ex.a_request_line(2))

    pages = review_pages(ex.a_card(lines=lines))

    words = "\n".join(words_of(page) for page in pages)
    assert all(f"Chapter {n}." in words and f"Paragraph {n}:" in words for n in range(250))
    assert "more change" not in words
    assert f"*{lines[1].label}*, continued" in words
    for page in pages:
        lint(page)
        assert len(words_of(page)) < 13_000


def test_a_review_of_137_statements_has_each_once():
    card = ex.a_card(lines=ex.request_lines(137))

    pages = review_pages(card)

    headings = [
        line
        for page in pages
        for line in words_of(page).split("\n")
        if line.startswith("*") and line.count("*") == 2 and "/" in line
    ]
    assert len(headings) == 137


def test_the_review_of_an_open_conflict_shows_both_sides():
    words = words_of(review_modal(ex.a_card(RequestState.SETTLING, lines=ex.request_lines(0, Readiness.CONFLICT))))

    assert "In ServiceNow now (+3 / -3 words)" in words
    assert "Local version (+5 / -1 words)" in words
    assert "A push of the local version would change" in words


def test_the_review_shows_what_was_approved_and_the_conflict_that_came_after():
    line = ex.a_request_line(1, conflict=ex.a_conflict(1))
    results = ex.results_of(1, Outcome.CHANGED_SINCE_CHECK)

    words = words_of(review_modal(ex.a_card(RequestState.PARTLY, lines=(line,), jobs=(ex.a_job(2, *results),))))

    assert words.index("removed: year added: quarter") < words.index("In ServiceNow now (+3 / -3 words)")


def test_the_review_says_what_became_of_each_statement():
    failed = ex.a_result(1, Outcome.REFUSED, detail="The business rule “Lock” said no.")

    words = words_of(review_modal(ex.a_card(RequestState.PARTLY, jobs=(ex.a_job(3, ex.a_result(0), failed),))))

    assert "Pushed, and read back from ServiceNow." in words
    assert "verified-by-readback" not in words
    assert "The business rule “Lock” said no." in words


@pytest.mark.parametrize(
    ("state", "results", "said"),
    [
        (RequestState.PARTLY, ex.results_of(2, Outcome.REFUSED), "Partly done* · 2 pushed · 1 failed"),
        (RequestState.DECLINED, (), "Declined* · 3 statements"),
        (RequestState.WAITING, (), "Waiting for approval* · 3 ready"),
    ],
)
def test_the_review_says_first_what_came_of_the_request(state, results, said):
    jobs = (ex.a_job(3, *results),) if results else ()

    assert said in words_of(review_modal(ex.a_card(state, jobs=jobs)))


def test_review_pages_are_turned_by_their_own_buttons():
    page = review_modal(ex.a_card(lines=ex.request_lines(1000)), page=3)

    found = {button["action_id"]: decode(button["value"]).page for button in buttons_of(page).values()}
    assert found == {Action.REVIEW_PREVIOUS: 2, Action.REVIEW_NEXT: 4}


def test_declining_asks_for_a_reason_about_exactly_this_content():
    card = ex.a_card()

    modal = decline_modal(card)

    assert modal["callback_id"] == Callback.DECLINE
    assert decode(modal["private_metadata"]).digest == card.content_digest
    block = next(block for block in modal["blocks"] if block["type"] == "input")
    assert (block["block_id"], block["element"]["action_id"], block["optional"]) == (REASON, REASON, False)

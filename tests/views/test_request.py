import datetime as dt

import pytest

from bot.actions import ButtonValue
from bot.views.requests.card import request_message
from bot.views.requests.progress import time_left
from core.domain.approval import DecisionKind
from core.domain.outcome import Level, Outcome
from core.domain.push import JobState, Readiness, RequestState
from core.models.requests import ApprovalView
from tests.payload_lint import lint
from tests.views import examples as ex
from tests.views.reading import buttons_of, labels_of, value_of, words_of
from tests.views.scenes import payload

MIXED = ex.request_lines(9, Readiness.CONFLICT, Readiness.CONFLICT, Readiness.SAME, Readiness.REFUSED)


def drawn(state, **changes):
    return request_message(ex.a_card(state, **changes), ex.record_url)


def over(state, *results, **changes):
    return drawn(state, jobs=(ex.a_job(len(results), *results),), **changes)


@pytest.mark.parametrize("state", RequestState)
def test_every_state_is_drawn_within_the_limits_and_names_the_instance(state):
    for lines in ((), MIXED, ex.request_lines(1000)):
        message = drawn(state, lines=lines)

        lint(payload(message))
        assert ex.HOST in words_of(message)
        assert ex.HOST in message.text


BUTTONS = {
    RequestState.SETTLING: ["Review", "Keep all local", "Keep all ServiceNow", "Cancel"],
    RequestState.WAITING: ["Review", "Approve", "Decline", "Remind", "Cancel"],
    RequestState.PUSHING: ["Stop", "Review"],
    RequestState.DONE: ["Review"],
    RequestState.DECLINED: ["Ask again", "Withdraw decline", "Review"],
    RequestState.EXPIRED: ["Ask again", "Review"],
    RequestState.SUPERSEDED: ["Ask again", "Review"],
    RequestState.CANCELLED: ["Ask again", "Review"],
}


@pytest.mark.parametrize("state", BUTTONS)
def test_a_card_has_the_buttons_its_state_allows(state):
    assert labels_of(drawn(state, lines=MIXED)) == BUTTONS[state]


def test_every_button_carries_the_request_the_version_and_the_content_it_was_drawn_with():
    message = drawn(RequestState.WAITING)

    digest = ex.a_card().content_digest
    for label in labels_of(message):
        assert value_of(message, label) == ButtonValue(ex.an_id(60), 7, digest=digest)


@pytest.mark.pitfall("M6")
def test_without_approval_in_chat_there_are_no_buttons_for_it():
    message = drawn(RequestState.WAITING, in_chat=False)

    assert labels_of(message) == ["Review", "Remind", "Cancel"]
    assert "Decide over the REST API" in words_of(message)
    assert "REST API" in message.text


@pytest.mark.pitfall("M6")
def test_m6_the_card_names_the_address_at_which_to_decide_where_chat_is_switched_off():
    job = ex.a_job(3, state=JobState.PENDING, started_at=None)

    assert f"POST /api/v1/push/{job.id}/approval" in words_of(drawn(RequestState.WAITING, in_chat=False, jobs=(job,)))


def test_what_is_approved_and_not_started_says_so_and_has_one_primary_button():
    message = drawn(RequestState.WAITING, decisions=(ex.an_approval(), ex.an_approval(ex.SECOND)))

    assert labels_of(message) == ["Push now", "Review", "Decline", "Cancel"]
    assert "Approved (2 of 2), not started" in words_of(message)


def test_after_a_push_its_texts_can_be_brought_back_and_its_evidence_asked_for():
    partly = over(RequestState.PARTLY, *ex.results_of(1, Outcome.REFUSED))

    assert labels_of(over(RequestState.DONE, *ex.results_of(2))) == ["Review", "Undo this push", "Evidence (CSV)"]
    assert labels_of(partly) == ["Ask again for 1", "Review", "Undo this push", "Evidence (CSV)"]
    assert labels_of(over(RequestState.DONE, ex.a_result(1, Outcome.ALREADY_THERE))) == ["Review", "Evidence (CSV)"]


def test_approving_is_confirmed_with_the_counts_and_the_content():
    question = buttons_of(drawn(RequestState.WAITING))["Approve"]["confirm"]["text"]["text"]

    assert (
        question
        == "3 statements, +15 / -3 words to acme.service-now.com. 1 more approval needed after yours.\nContent 3f9a1c07"
    )


def test_approvals_are_counted_with_names():
    message = drawn(RequestState.WAITING, decisions=(ex.an_approval(),))

    assert "Waiting for approval (1 of 2)" in words_of(message)
    assert "Approved by <@U0APPROVE>" in words_of(message)
    assert "Approved by Ada Approver." in message.text


def test_a_waiting_card_says_when_it_expires():
    assert "Expires <!date^" in words_of(drawn(RequestState.WAITING))


def test_conflicts_to_settle_come_first_and_point_to_the_thread():
    words = words_of(drawn(RequestState.SETTLING, lines=MIXED))

    assert "2 conflicts to settle in this thread" in words
    assert words.index("SC-13") < words.index("Citizen Portal/AC-2>")
    assert "… and 2 more; Review shows them all" in words


def test_each_statement_leads_to_its_record():
    assert f"<{ex.record_url(ex.a_sys_id(0))}|Citizen Portal/AC-2>" in words_of(drawn(RequestState.WAITING))


def test_a_pause_is_shown_on_every_card_that_waits():
    for state in (RequestState.SETTLING, RequestState.WAITING, RequestState.PUSHING):
        assert "Writing to ServiceNow is paused" in words_of(drawn(state, is_paused=True))


@pytest.mark.pitfall("U10")
def test_progress_is_said_in_words_beside_the_bar():
    results = ex.results_of(6, Outcome.REFUSED)
    job = ex.a_job(12, *results, state=JobState.RUNNING)

    words = words_of(drawn(RequestState.PUSHING, lines=ex.request_lines(12), jobs=(job,), seconds_left=21.0))

    assert "Pushing 7 of 12 · 6 done · 1 failed · 5 being written · about 20 s left" in words
    assert "`███████████░░░░░░░░░`" in words
    assert "ServiceNow refused the write." in words


def test_progress_covers_all_jobs_of_a_run_and_none_of_an_earlier_one():
    later = ex.NOON + dt.timedelta(minutes=5)
    earlier = ex.a_job(100, *ex.results_of(100))
    over_now = ex.a_job(100, *ex.results_of(100), released_at=later)
    running = ex.a_job(50, *ex.results_of(5), state=JobState.RUNNING, released_at=later + dt.timedelta(milliseconds=3))

    words = words_of(drawn(RequestState.PUSHING, jobs=(earlier, over_now, running)))

    assert "Pushing 105 of 150 · 105 done" in words


def test_a_wait_that_servicenow_asked_for_is_told_instead_of_a_guess():
    job = ex.a_job(3, *ex.results_of(1), state=JobState.RUNNING)
    message = drawn(RequestState.PUSHING, jobs=(job,), seconds_left=4.0, waiting_until=ex.NOON)

    assert "ServiceNow asked us to wait: the push goes on <!date^" in words_of(message)
    assert "wait until 23 Nov 2026, 12:00 UTC" in message.text
    assert "left" not in words_of(message)


def test_stopping_says_what_becomes_of_the_rest_and_cannot_be_clicked_again():
    job = ex.a_job(12, *ex.results_of(6), state=JobState.RUNNING, is_stopping=True)
    message = drawn(RequestState.PUSHING, jobs=(job,), seconds_left=5.0)

    assert labels_of(message) == ["Review"]
    assert "writes under way are finished" in words_of(message)
    assert "left" not in words_of(message).split("\n")[1]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "a few seconds left"), (21, "about 20 s left"), (88, "about 90 s left"), (100, "about 2 min left")],
)
def test_time_left_is_said_roughly(seconds, said):
    assert time_left(seconds) == said


@pytest.mark.pitfall("M7")
def test_a_push_of_nothing_is_not_called_done():
    words = words_of(over(RequestState.DONE, lines=()))

    assert "Ended, nothing was pushed" in words
    assert "Nothing was written" not in words, "said once"
    assert "Done" not in words


def test_a_partial_success_names_each_failure_with_its_way_out():
    message = over(RequestState.PARTLY, *ex.results_of(9, Outcome.REFUSED, Outcome.THROTTLED))

    words = words_of(message)
    assert "Partly done · 9 pushed · 2 failed" in words
    assert "ServiceNow refused the write. Ask a ServiceNow admin" in words
    assert "Needs attention: Citizen Portal/SC-13: ServiceNow refused the write." in message.text
    assert "Data Warehouse/AC-2: ServiceNow rate limit reached" in message.text


def test_a_retry_counts_only_what_it_can_mend():
    message = over(RequestState.PARTLY, *ex.results_of(1, Outcome.REFUSED, Outcome.THROTTLED, Outcome.UNAVAILABLE))

    assert labels_of(message) == ["Retry 2 failed", "Ask again for 3", "Review", "Undo this push", "Evidence (CSV)"]
    assert value_of(message, "Retry 2 failed").id == ex.an_id(60)


def test_what_was_never_sent_is_not_called_failed_on_the_button():
    message = over(RequestState.CANCELLED, *ex.results_of(1, Outcome.CANCELLED, Outcome.CANCELLED))

    assert labels_of(message)[0] == "Retry 2 statements"


def test_an_earlier_failure_is_not_listed_while_it_is_tried_again():
    first = ex.a_job(3, *ex.results_of(1, Outcome.THROTTLED, Outcome.REFUSED))
    again = ex.a_job(1, state=JobState.RUNNING, released_at=ex.NOON + dt.timedelta(minutes=1), id=ex.an_id(71))

    words = words_of(drawn(RequestState.PUSHING, jobs=(first, again)))

    assert "rate limit" not in words
    assert "ServiceNow refused the write." in words


def test_the_newest_result_of_a_statement_counts():
    first = ex.a_job(2, *ex.results_of(1, Outcome.THROTTLED))
    again = ex.a_job(1, ex.a_result(1), released_at=ex.NOON + dt.timedelta(minutes=1))

    message = drawn(RequestState.DONE, jobs=(first, again))

    assert "Done · 2 pushed" in words_of(message)
    assert "failed" not in words_of(message)


def test_five_failures_are_listed_and_the_others_counted():
    words = words_of(over(RequestState.FAILED, *ex.results_of(0, *[Outcome.REFUSED] * 8)))

    assert words.count("ServiceNow refused the write.") == 5
    assert "… and 3 more; Review shows them all" in words


def test_what_is_grave_is_listed_before_what_was_only_not_sent():
    results = ex.results_of(0, Outcome.NOT_REACHED, Outcome.NOT_REACHED, Outcome.SIGN_IN_LOST)
    words = words_of(drawn(RequestState.FAILED, jobs=(ex.a_job(3, *results, failure="The sign-in was lost."),)))

    assert "Failed · 1 failed · 2 not sent\n" in words.replace("*", "")
    assert "The sign-in was lost." in words
    assert words.index("session expired") < words.index("had to stop")


def test_an_unknown_outcome_is_neither_success_nor_failure():
    words = words_of(over(RequestState.PARTLY, *ex.results_of(2, Outcome.IN_DOUBT)))

    assert "2 pushed · 1 not known yet, still checking" in words
    assert "1 failed" not in words


def test_where_all_is_in_doubt_nothing_is_called_failed():
    message = over(RequestState.FAILED, *ex.results_of(0, *[Outcome.IN_DOUBT] * 6))
    mixed = over(RequestState.FAILED, *ex.results_of(0, Outcome.IN_DOUBT, Outcome.REFUSED))

    assert "In doubt · 6 not known yet, still checking" in words_of(message)
    assert "ailed" not in words_of(message) + message.text
    assert "Failed · 1 failed · 1 not known yet, still checking" in words_of(mixed)


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Outcome.OVERTAKEN, "1 crossed by somebody else's save"),
        (Outcome.RECREATED, "1 crossed by somebody else's save"),
        (Outcome.UNREADABLE, "1 could not be verified"),
    ],
)
def test_what_may_have_been_stored_is_not_counted_as_failed(outcome, said):
    words = words_of(over(RequestState.PARTLY, *ex.results_of(2, outcome)))

    assert f"2 pushed · {said}" in words
    assert "1 failed" not in words


def test_a_success_with_a_but_is_told():
    words = words_of(
        over(RequestState.DONE, *ex.results_of(1, Outcome.PUSHED_ALTERED), ex.a_result(2, level=Level.UNVERIFIED))
    )

    assert "ServiceNow stored it changed" in words
    assert "1 of them not verified" in words


def test_a_decline_shows_who_and_why():
    decline = ApprovalView(ex.APPROVER, DecisionKind.DECLINE, "AC-2 names the old desk <now> & then.", ex.NOON)
    message = drawn(RequestState.DECLINED, decisions=(decline,), note="Declined by Ada Approver: …")

    assert "Declined* by <@U0APPROVE>" in words_of(message)
    assert "AC-2 names the old desk &lt;now&gt; &amp; then." in words_of(message)
    assert "Ada Approver: AC-2 names" in message.text


@pytest.mark.parametrize("state", [RequestState.EXPIRED, RequestState.SUPERSEDED, RequestState.DECLINED])
def test_a_request_that_ended_before_the_push_says_that_nothing_was_written(state):
    message = drawn(state, note="For a reason.")

    assert "For a reason." in words_of(message)
    assert "Nothing was written to ServiceNow. The local edits stay." in words_of(message)
    assert "Type /grcpush to ask again." in message.text


def test_a_cancelled_request_says_who_called_it_off_once():
    words = words_of(drawn(RequestState.CANCELLED, note="Cancelled by Ravi Requester."))

    assert words.count("Cancelled") == 1

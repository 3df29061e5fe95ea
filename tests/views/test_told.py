"""What the text of a card says by itself: it is all that a notification shows and a screen reader reads."""

import datetime as dt

import pytest

from bot.views.requests.card import request_message
from core.domain.approval import DecisionKind
from core.domain.outcome import Level, Outcome
from core.domain.push import JobState, Readiness, RequestState
from core.models.requests import ApprovalView
from tests.views import examples as ex
from tests.views.reading import words_of


def told(state: RequestState, **changes: object) -> str:
    return request_message(ex.a_card(state, **changes), ex.record_url).text


@pytest.mark.pitfall("U10")
@pytest.mark.parametrize("state", list(RequestState))
def test_a_pause_is_told_as_long_as_the_request_is_open(state):
    is_open = state in (RequestState.SETTLING, RequestState.WAITING, RequestState.PUSHING)

    assert ("Writing to ServiceNow is paused" in told(state, is_paused=True)) == is_open


@pytest.mark.parametrize("state", [RequestState.SETTLING, RequestState.WAITING, RequestState.PUSHING])
def test_a_read_only_deployment_is_told_with_who_can_change_that_and_no_admin_is_waited_for(state):
    card = ex.a_card(state, is_paused=True, is_read_only=True)

    for words in (told(state, is_paused=True, is_read_only=True), words_of(request_message(card, ex.record_url))):
        assert "whoever runs grcpush sets READ_ONLY to false" in words
        assert "admin" not in words


@pytest.mark.pitfall("U10")
@pytest.mark.parametrize("state", [RequestState.PUSHING, RequestState.PARTLY, RequestState.FAILED])
def test_each_failure_is_told_with_its_reason_and_the_way_out(state):
    job = ex.a_job(4, *ex.results_of(1, Outcome.REFUSED, Outcome.LOCKED), state=JobState.RUNNING)

    text = told(state, lines=ex.request_lines(4), jobs=(job,))

    assert "Citizen Portal/AC-2(3): ServiceNow refused the write. Ask a ServiceNow admin" in text
    assert "Citizen Portal/AC-6: The record is in a state in which this field may not be written." in text


@pytest.mark.pitfall("U6")
def test_what_was_stopped_before_it_was_sent_or_is_not_known_yet_is_not_called_failed():
    ends = (Outcome.IN_DOUBT, Outcome.REFUSED, *[Outcome.CANCELLED] * 4)
    job = ex.a_job(9, *ex.results_of(1, *ends), state=JobState.RUNNING, is_stopping=True, in_flight=2)

    text = told(RequestState.PUSHING, lines=ex.request_lines(9), jobs=(job,))

    assert "stopping, 7 of 9: 1 done, 1 failed, 1 not known yet, still checking, 4 not sent, 2 being written." in text


@pytest.mark.pitfall("U10")
def test_of_many_failures_the_first_are_told_and_the_rest_counted():
    text = told(RequestState.PARTLY, jobs=(ex.a_job(9, *ex.results_of(1, *[Outcome.REFUSED] * 8)),))

    assert text.count("ServiceNow refused the write.") == 5
    assert "And 3 more." in text


@pytest.mark.pitfall("U10")
def test_a_success_with_a_but_is_told():
    unproved = ex.a_result(1, level=Level.UNVERIFIED)

    assert "Worth a look: Citizen Portal/AC-2(3): " in told(
        RequestState.DONE, jobs=(ex.a_job(2, *ex.results_of(1), unproved),)
    )


@pytest.mark.pitfall("U10")
def test_what_waits_is_told_with_what_is_left_out_until_when_and_what_somebody_wants_changed():
    wish = ApprovalView(ex.SECOND, DecisionKind.CHANGES, "Name the new service desk.", ex.NOON)
    lines = ex.request_lines(2, Readiness.REFUSED)

    text = told(RequestState.WAITING, lines=lines, decisions=(wish,), expires_at=ex.NOON + dt.timedelta(hours=1))

    assert "Beside them: 1 cannot be pushed." in text
    assert "Sam Second asks for changes: Name the new service desk. Expires 23 Nov 2026, 13:00 UTC." in text

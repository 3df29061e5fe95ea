"""What is said in the thread of a card, to whom, and that each thing is said once."""

import datetime as dt
from dataclasses import replace

import pytest

from bot.views.requests.notices import LONG_PUSH_SECONDS, notices_of
from core.domain.approval import DecisionKind
from core.domain.outcome import Level, Outcome
from core.domain.push import JobState, RequestState
from core.models.requests import ApprovalView
from tests.views import examples as ex

GROUP = ("S0APPROVE", "U0ADMIN")


def said(card, approvers=GROUP, told_at=None, was_in_doubt=False):
    notices = notices_of(card, approvers, told_at=told_at, was_in_doubt=was_in_doubt)
    return {notice.kind: notice for notice in notices}


def test_approvers_are_addressed_by_group_and_by_person_with_the_deadline():
    asked = said(ex.a_card())["notice_asked"]

    assert asked.text.startswith("<!subteam^S0APPROVE> <@U0ADMIN>: 2 approvals needed for push request #42")
    assert "<!date^" in asked.text
    assert not asked.is_broadcast


def test_an_empty_group_is_told_loudly_and_never_approves():
    asked = said(ex.a_card(), ())["notice_asked"]

    assert "nobody can approve this" in asked.text
    assert asked.is_broadcast


def test_when_slack_does_not_tell_the_approvers_nobody_is_accused_of_missing():
    assert said(ex.a_card(), None)["notice_asked"].text.startswith("Approvers: 2 approvals needed")


def test_each_reminder_is_a_notice_of_its_own():
    first, second = (said(ex.a_card(reminders=count))["notice_reminder"] for count in (1, 2))

    assert first.key != second.key


@pytest.mark.parametrize(
    ("state", "kind", "words"),
    [
        (RequestState.WAITING, DecisionKind.CHANGES, "asks for changes: AC-2 is &lt;!channel&gt; wrong"),
        (RequestState.DECLINED, DecisionKind.DECLINE, "declined this push request: AC-2 is &lt;!channel&gt; wrong"),
    ],
)
def test_an_objection_reaches_who_asked_with_its_reason_escaped(state, kind, words):
    view = ApprovalView(ex.APPROVER, kind, "AC-2 is <!channel> wrong", ex.NOON)

    notice = said(ex.a_card(state, decisions=(view,)))["notice_objection"]

    assert notice.text.startswith("<@U0REQUEST>: <@U0APPROVE> ")
    assert words in notice.text


def test_an_approved_push_that_waits_to_be_started_is_told_to_who_asked():
    card = ex.a_card(decisions=(ex.an_approval(), ex.an_approval(ex.SECOND)))

    assert "Push now" in said(card)["notice_approved"].text
    assert "notice_asked" not in said(card)


def test_a_withdrawn_decline_is_told_to_those_who_were_asked_and_to_who_asked():
    decline = ApprovalView(ex.APPROVER, DecisionKind.DECLINE, "AC-2 is wrong", ex.NOON)
    again = replace(decline, decided_at=later(60))
    first, second = (said(ex.a_card(withdrawn_decline=one))["notice_withdrawn"] for one in (decline, again))

    assert first.text.startswith(
        "<!subteam^S0APPROVE> <@U0ADMIN> <@U0REQUEST>: <@U0APPROVE> withdrew the decline of push request #42; "
        "it waits for approval again (2 approvals needed before <!date^"
    )
    assert first.key != second.key
    assert "notice_withdrawn" not in said(ex.a_card())


def test_where_a_withdrawn_decline_leaves_enough_approvals_the_start_is_told():
    decline = ApprovalView(ex.APPROVER, DecisionKind.DECLINE, "AC-2 is wrong", ex.NOON)
    card = ex.a_card(decisions=(ex.an_approval(), ex.an_approval(ex.SECOND)), withdrawn_decline=decline)

    assert "is approved, and starts with “Push now”" in said(card)["notice_withdrawn"].text


def test_a_quick_success_makes_no_noise_and_a_failure_is_heard_in_the_channel():
    fine = ex.a_card(RequestState.DONE, jobs=(ex.a_job(2, *ex.results_of(2)),))
    partly = ex.a_card(RequestState.PARTLY, jobs=(ex.a_job(2, *ex.results_of(1, Outcome.REFUSED)),))
    slow = replace(fine, jobs=(replace(fine.jobs[0], completed_at=ex.NOON + dt.timedelta(seconds=LONG_PUSH_SECONDS)),))

    assert said(fine) == {}
    assert said(partly)["notice_end"].is_broadcast
    assert "1 pushed, 1 failed" in said(partly)["notice_end"].text
    assert not said(slow)["notice_end"].is_broadcast


def doubtful_then(state, *outcomes):
    """What is said of two doubtful writes, and then, once they have ended so."""
    doubt, known = (
        ex.a_card(state, jobs=(ex.a_job(2, *ex.results_of(2 - len(outcomes), *outcomes)),))
        for state, outcomes in ((RequestState.FAILED, [Outcome.IN_DOUBT] * 2), (state, outcomes))
    )
    return said(doubt), said(known, was_in_doubt=True)


@pytest.mark.parametrize(
    ("state", "outcomes", "words"),
    [
        (RequestState.FAILED, [Outcome.REFUSED] * 2, "2 failed"),
        (RequestState.PARTLY, [Outcome.REFUSED], "1 pushed, 1 failed"),
        (RequestState.DONE, [], "2 pushed"),
    ],
)
def test_what_was_told_as_not_known_yet_is_told_again_once_it_is_known_whatever_it_is(state, outcomes, words):
    doubt, known = doubtful_then(state, *outcomes)

    assert "2 not known yet, still checking" in doubt["notice_end_in_doubt"].text
    assert words in known["notice_end"].text
    assert known["notice_end"].is_broadcast
    assert doubt.keys().isdisjoint(known)


def test_what_was_told_as_not_verified_is_told_again_once_it_is():
    results = [replace(result, level=Level.UNVERIFIED, severity="warning") for result in ex.results_of(2)]
    unread, read = (ex.a_card(RequestState.DONE, jobs=(ex.a_job(2, *each),)) for each in (results, ex.results_of(2)))

    assert "2 pushed, 2 of them not verified" in said(unread)["notice_end_in_doubt"].text
    assert "has ended: 2 pushed." in said(read, was_in_doubt=True)["notice_end"].text


def test_as_long_as_a_part_is_in_doubt_the_end_is_not_told():
    _, known = doubtful_then(RequestState.PARTLY, Outcome.IN_DOUBT)

    assert "1 pushed, 1 not known yet" in known["notice_end_in_doubt"].text
    assert "notice_end" not in known


def later(seconds):
    return ex.NOON + dt.timedelta(seconds=seconds)


def test_a_push_that_takes_long_says_so_to_its_requester_alone_if_they_are_told_of_its_end():
    card = ex.a_card(RequestState.PUSHING, jobs=(ex.a_job(9, *ex.results_of(2), state=JobState.RUNNING),))

    (notice,) = said(card, told_at=later(31)).values()

    assert (notice.to, notice.is_passing, notice.is_broadcast) == ("U0REQUEST", True, False)
    assert said(card, told_at=later(29)) == said(card) == {}


def test_the_end_of_a_long_push_is_told_directly_and_then_the_thread_is_silent_about_a_success():
    jobs = (ex.a_job(2, *ex.results_of(2)),)
    slow = replace(jobs[0], completed_at=later(LONG_PUSH_SECONDS))
    fine = ex.a_card(RequestState.DONE, jobs=(slow,))

    (notice,) = said(fine, told_at=later(60)).values()

    assert (notice.kind, notice.to) == ("notice_result", "U0REQUEST")
    assert "Push request #42 has ended: Done.* 2 pushed" in notice.text
    assert said(replace(fine, jobs=jobs), told_at=later(60)) == {}


def test_a_long_push_that_did_not_get_through_is_told_directly_with_the_reasons_and_in_the_channel():
    job = replace(ex.a_job(6, *ex.results_of(1, *[Outcome.REFUSED] * 5)), completed_at=later(95))

    told = said(ex.a_card(RequestState.PARTLY, jobs=(job,)), told_at=later(99))

    assert told["notice_end"].is_broadcast
    assert told["notice_result"].text.count("•") == 3
    assert "1 pushed, 5 failed" in told["notice_result"].text
    assert "and 2 more" in told["notice_result"].text


def test_how_long_a_push_took_is_counted_over_all_the_jobs_of_its_newest_run():
    first, second = ex.a_job(2, *ex.results_of(2)), ex.a_job(2, *ex.results_of(2))
    second = replace(second, started_at=later(20), completed_at=later(40))
    card = ex.a_card(RequestState.DONE, jobs=(first, second))
    again = replace(second, released_at=later(3_600), started_at=later(3_600), completed_at=later(3_605))

    assert "notice_result" in said(card, told_at=later(99))
    assert said(replace(card, jobs=(first, second, again)), told_at=later(4_000)) == {}

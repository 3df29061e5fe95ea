"""Every state there is, one after the other: outcomes, states of a request in each view of it, notices, and sizes."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from bot.views.messages.greeting import greeting_message
from bot.views.messages.problem import choosing_button, reopening_message
from bot.views.parts.blocks import Message
from bot.views.requests.card import request_message
from bot.views.requests.notices import elsewhere_notice, moved_notice, notices_of
from bot.views.requests.past import standing_message
from bot.views.requests.preview import preview_modal
from bot.views.requests.review import review_modal
from core.domain.approval import DecisionKind
from core.domain.outcome import Outcome
from core.domain.push import Readiness, RequestState
from core.models.requests import ApprovalView, RequestCard
from tests.views import examples as ex

Payload = dict[str, Any]
Scenes = dict[str, Callable[[], Message | Payload]]

SIZES = (1, 10, 11, 137, 1000)
"""How many statements a request may have; one of 1,000 is the largest."""

_DECLINE = ApprovalView(ex.APPROVER, DecisionKind.DECLINE, "AC-2 still names the old service desk.", ex.NOON)
_CHANGES = ApprovalView(ex.SECOND, DecisionKind.CHANGES, "AC-2 names the old service desk.", ex.NOON)
_ENDED_WITH = {
    RequestState.DONE: ex.results_of(3),
    RequestState.PARTLY: ex.results_of(2, Outcome.LOCKED),
    RequestState.FAILED: ex.results_of(0, Outcome.REFUSED, Outcome.NOT_REACHED, Outcome.NOT_REACHED),
    RequestState.CANCELLED: ex.results_of(1, Outcome.CANCELLED, Outcome.CANCELLED),
}
_NOTES = {
    RequestState.EXPIRED: "Nobody approved it in time.",
    RequestState.SUPERSEDED: "Erin Editor edited an included statement after this was asked for.",
}


def a_request(state: RequestState, **changes: Any) -> RequestCard:
    """A request in this state with all that belongs to it."""
    card = ex.a_card(state, note=_NOTES.get(state, ""))
    if state is RequestState.SETTLING:
        card = replace(card, lines=ex.request_lines(2, Readiness.CONFLICT))
    if state is RequestState.DECLINED:
        card = replace(card, decisions=(_DECLINE,), note=f"Declined by Ada Approver: {_DECLINE.comment}")
    if state in _ENDED_WITH:
        card = replace(card, jobs=(ex.a_job(3, *_ENDED_WITH[state]),))
    return replace(card, **changes)


def _of_outcome(outcome: Outcome) -> Message:
    """A card of two statements, of which the second ended so."""
    results = (ex.a_result(0), ex.a_result(1, outcome))
    state = RequestState.DONE if results[1].is_success else RequestState.PARTLY
    return request_message(ex.a_card(state, lines=ex.request_lines(2), jobs=(ex.a_job(2, *results),)), ex.record_url)


def _of_size(count: int, state: RequestState = RequestState.WAITING) -> RequestCard:
    jobs = (ex.a_job(count, *ex.results_of(count)),) if state is RequestState.DONE else ()
    return ex.a_card(state, lines=ex.request_lines(count), jobs=jobs)


def _notice(card: RequestCard, approvers: tuple[str, ...] | None = ("S0APPROVE", "U0ADMIN")) -> Message:
    """The last thing that is said about a request as it stands."""
    return Message(str([*notices_of(card, approvers)][-1].text), [])


_SHOWN = [state for state in RequestState if state is not RequestState.DRAFT]


def _named() -> Iterator[tuple[str, Callable[[], Message | Payload]]]:
    for outcome in Outcome:
        yield f"outcome-{outcome.value.replace('_', '-')}", lambda outcome=outcome: _of_outcome(outcome)
    for state in _SHOWN:
        yield f"review-when-{state.value}", lambda state=state: review_modal(a_request(state))
        yield f"standing-when-{state.value}", lambda state=state: standing_message(a_request(state), "", ex.record_url)
    for size in SIZES:
        yield f"preview-of-{size}", lambda size=size: preview_modal(ex.a_preview(*ex.request_lines(size)))
        yield f"review-of-{size}", lambda size=size: review_modal(_of_size(size), why_not="")
        for state in (RequestState.WAITING, RequestState.DONE):
            yield (
                f"card-{state.value}-of-{size}",
                lambda size=size, state=state: request_message(_of_size(size, state), ex.record_url),
            )


STATES: Scenes = {
    **dict(_named()),
    "notice-asked": lambda: _notice(ex.a_card()),
    "notice-asked-of-nobody": lambda: _notice(ex.a_card(), ()),
    "notice-asked-of-those-unknown": lambda: _notice(ex.a_card(), None),
    "notice-reminder": lambda: _notice(ex.a_card(reminders=1)),
    "notice-approved": lambda: _notice(ex.a_card(decisions=(ex.an_approval(), ex.an_approval(ex.SECOND)))),
    "notice-changes-asked": lambda: _notice(ex.a_card(decisions=(_CHANGES,))),
    "notice-declined": lambda: _notice(a_request(RequestState.DECLINED)),
    "notice-decline-withdrawn": lambda: _notice(ex.a_card(withdrawn_decline=_DECLINE)),
    "notice-expired": lambda: _notice(a_request(RequestState.EXPIRED)),
    "notice-partly": lambda: _notice(a_request(RequestState.PARTLY)),
    "notice-failed": lambda: _notice(a_request(RequestState.FAILED)),
    "notice-card-moved": lambda: Message(str(moved_notice(ex.card_url("C0GRC", "1764000000.000100"))), []),
    "notice-posted-elsewhere": lambda: Message(str(elsewhere_notice("C0PRIVATE", "not_in_channel")), []),
    "greeting": lambda: greeting_message(ex.a_status(modified=9), is_home=True),
    "greeting-not-its-home": lambda: greeting_message(ex.a_status(), is_home=False),
    "problem-choose-again": lambda: reopening_message(choosing_button()),
}

"""The card once it is over: what came of it, what failed and why, and what to do next."""

from collections.abc import Callable, Sequence

from bot.actions import Action
from bot.views.parts.blocks import Block, Element, button, confirmation, list_section, section
from bot.views.parts.lines import label_of, linked
from bot.views.parts.markup import Mrkdwn, counted, cut, marked, mention, name_of, together, when
from bot.views.requests.story import Story, ask_again_button, review_button, shown_state, small_print
from core.domain.approval import DecisionKind
from core.domain.outcome import Outcome, state_words
from core.domain.push import RETRYABLE_STATES, STATE_WORDS, RequestState
from core.models.requests import ApprovalView, ItemResult, RequestCard

LISTED = 5
_LONGEST_NOTE = 600
_LONGEST_IN_WORDS = 300
_NOT_SENT = (Outcome.CANCELLED, Outcome.NOT_REACHED)
# Our text was stored, or may have been, and somebody saved at the same moment: neither a success nor a failure.
_CROSSED = (Outcome.OVERWROTE, Outcome.OVERWRITTEN_AFTER, Outcome.OVERTAKEN, Outcome.RECREATED)
_UNTOUCHED = "Nothing was written to ServiceNow. The local edits stay."
# For the text alone, which comes without the button.
_AGAIN = "Type /grcpush to ask again."

RecordUrl = Callable[[str], str]


def ended_story(card: RequestCard, record_url: RecordUrl) -> Story:
    """What came of the push in counts, then each failure with its reason and the way out."""
    headline = _headline(card)
    note = cut(_note(card), _LONGEST_NOTE)
    # A note such as “Cancelled by …” says the state already.
    is_said = note.startswith(headline)
    said = "" if is_said else headline
    shown = marked("*{}*{}", headline, note[len(headline) :]) if is_said else marked("*{}*\n{}", headline, note)
    return Story(
        told=together(
            [f"{said}." if said else "", note, failures_in_words(card.results), _odd_in_words(card.results)], " "
        ),
        headline=Mrkdwn(shown.strip()),
        body=[
            *failure_list(card.results, record_url),
            *_worth_a_look(card.results, record_url),
            _pushed(card.results, record_url),
            small_print(card),
        ],
        buttons=[
            _retry_button(card),
            _ask_again(card),
            review_button(card),
            _undo_button(card),
            _evidence_button(card),
        ],
    )


def unpushed_story(card: RequestCard) -> Story:
    """Declined, expired or superseded: why, and that nothing was sent."""
    state = STATE_WORDS[card.state]
    decline = next((decision for decision in card.decisions if decision.kind is DecisionKind.DECLINE), None)
    note = cut(card.note, _LONGEST_NOTE)
    shown = together([marked("*{}*", state), note], "\n")
    if card.state is RequestState.DECLINED and decline is not None:
        shown, note = _declined(decline), f"{name_of(decline.person)}: {cut(decline.comment, _LONGEST_NOTE)}"
    return Story(
        told=together([f"{state}.", note, _UNTOUCHED, _AGAIN], " "),
        headline=together([shown, _UNTOUCHED], "\n"),
        body=[small_print(card)],
        buttons=[ask_again_button(card), *_withdraw(card), review_button(card)],
    )


def failure_list(results: Sequence[ItemResult], record_url: RecordUrl) -> list[Block | None]:
    """What did not get through, the gravest first: a sentence each, and what to do."""
    failures = _failures(results)
    lines = [_told(result, record_url) for result in failures[:LISTED]]
    return [list_section(lines, total=len(failures), rest="… and {} more; Review shows them all")] if lines else []


def failures_in_words(results: Sequence[ItemResult]) -> str:
    """The same in plain words; empty when everything got through."""
    return _in_words("Needs attention", _failures(results))


def _headline(card: RequestCard) -> str:
    """The state with its counts; a push that wrote nothing is not called done."""
    if card.state is RequestState.DONE and not any(result.is_success for result in card.results):
        return "Ended, nothing was pushed"
    return " · ".join([state_in_words(card), *tally(card.results)])


def state_in_words(card: RequestCard) -> str:
    """The state in words, as its results are."""
    return state_words(card.state, [result.outcome for result in card.results])


def tally(results: Sequence[ItemResult]) -> list[str]:
    """The results counted in words; kinds that did not occur are not named."""
    pushed = sum(result.is_success and result.outcome is not Outcome.ALREADY_THERE for result in results)
    unproved = sum(result.is_unverified for result in results)
    already_there = sum(result.outcome is Outcome.ALREADY_THERE for result in results)
    unknown = sum(result.outcome is Outcome.IN_DOUBT for result in results)
    not_sent = sum(result.outcome in _NOT_SENT for result in results)
    crossed = sum(result.outcome in _CROSSED for result in results)
    unreadable = sum(result.outcome is Outcome.UNREADABLE for result in results)
    failed = len(results) - pushed - already_there - unknown - not_sent - crossed - unreadable
    counts = {
        "pushed": pushed,
        "of them not verified": unproved,
        "crossed by somebody else's save": crossed,
        "already there": already_there,
        "failed": failed,
        "not known yet, still checking": unknown,
        "could not be verified": unreadable,
        "not sent": not_sent,
    }
    return [f"{count:,} {words}" for words, count in counts.items() if count]


def _note(card: RequestCard) -> str:
    """Why it stopped, where it had to stop; and that nothing was written, unless the headline says that."""
    untouched = _UNTOUCHED if not card.results and card.state is not RequestState.DONE else ""
    return " ".join(part for part in (card.note, card.stopped_for, untouched) if part)


def _failures(results: Sequence[ItemResult]) -> list[ItemResult]:
    failures = [result for result in results if not result.is_success]
    return sorted(failures, key=lambda result: (result.outcome in _NOT_SENT, result.severity != "error"))


def _in_words(what: str, results: Sequence[ItemResult]) -> str:
    told = [
        f"{label_of(each)}: {cut(f'{each.sentence} {each.next_step}'.strip(), _LONGEST_IN_WORDS)}"
        for each in results[:LISTED]
    ]
    rest = f" And {len(results) - LISTED:,} more." if len(results) > LISTED else ""
    return f"{what}: {' '.join(told)}{rest}" if told else ""


def _odd(results: Sequence[ItemResult]) -> list[ItemResult]:
    """Successes with a but."""
    return [result for result in results if result.is_success and result.severity is not None]


def _odd_in_words(results: Sequence[ItemResult]) -> str:
    return _in_words("Worth a look", _odd(results))


def _worth_a_look(results: Sequence[ItemResult], record_url: RecordUrl) -> list[Block | None]:
    odd = _odd(results)
    return [list_section([_told(result, record_url) for result in odd[:LISTED]], total=len(odd))] if odd else []


def _told(result: ItemResult, record_url: RecordUrl) -> Mrkdwn:
    name = linked(result, record_url(result.sn_sys_id))
    return marked("• {}: {}", name, together([result.sentence, result.next_step], " "))


def _pushed(results: Sequence[ItemResult], record_url: RecordUrl) -> Block | None:
    fine = [result for result in results if result.is_success and result.severity is None]
    names = together([linked(result, record_url(result.sn_sys_id)) for result in fine[:LISTED]], ", ")
    more = f" and {len(fine) - LISTED:,} more" if len(fine) > LISTED else ""
    return section(marked("In ServiceNow now: {}{}.", names, more)) if fine else None


def _declined(decline: ApprovalView) -> Mrkdwn:
    who = marked(
        "*{}* by {}, {}", STATE_WORDS[RequestState.DECLINED], mention(decline.person), when(decline.decided_at)
    )
    return together([who, cut(decline.comment, _LONGEST_NOTE)], "\n")


def _ask_again(card: RequestCard) -> Element | None:
    """For what did not get through and that no retry mends."""
    open_ends = [result for result in card.results if not result.is_success]
    if card.state not in RETRYABLE_STATES or (card.results and not open_ends):
        return None
    return ask_again_button(card, f"Ask again for {len(open_ends):,}" if card.results else "Ask again")


def _withdraw(card: RequestCard) -> list[Element]:
    """Taking a decline back, for who gave it."""
    if card.state is not RequestState.DECLINED or not card.in_chat:
        return []
    question = confirmation(
        f"Withdraw the decline of #{card.number}?",
        "The request waits for approval again, with what was approved so far.",
        yes="Withdraw",
        no="Leave it",
    )
    spoken = f"Withdraw decline of push request #{card.number}"
    return [button("Withdraw decline", Action.WITHDRAW_DECLINE, shown_state(card), spoken=spoken, confirm=question)]


def _undo_button(card: RequestCard) -> Element | None:
    """Bringing the earlier texts back, where any was replaced."""
    replaced = [result for result in card.results if result.is_success and result.outcome is not Outcome.ALREADY_THERE]
    if not replaced:
        return None
    question = confirmation(
        f"Undo push request #{card.number}?",
        f"The earlier texts of {counted(len(replaced), 'statement')} are put back as local edits of yours, and a new "
        "push request for them is previewed. Nothing is written before that is approved.",
        yes="Bring them back",
        no="Leave it",
    )
    spoken = f"Undo this push, request #{card.number}: bring the earlier texts back"
    return button("Undo this push", Action.UNDO_PUSH, shown_state(card), spoken=spoken, confirm=question)


def _evidence_button(card: RequestCard) -> Element | None:
    if not card.results:
        return None
    spoken = f"Evidence (CSV) of push request #{card.number}, as a file in the thread"
    return button("Evidence (CSV)", Action.EVIDENCE, shown_state(card), spoken=spoken)


def _retry_button(card: RequestCard) -> Element | None:
    count = len(card.retryable)
    if not count or card.state not in RETRYABLE_STATES:
        return None
    # What was never sent did not fail.
    has_failed = not any(result.outcome in _NOT_SENT for result in card.retryable)
    words = f"Retry {count:,} failed" if has_failed else f"Retry {counted(count, 'statement')}"
    spoken = f"{words} of push request #{card.number}"
    return button(words, Action.RETRY_FAILED, shown_state(card), spoken=spoken, style="primary")

"""The card before the push: conflicts to settle, then waiting for approval."""

from collections.abc import Callable, Sequence

from bot.actions import Action
from bot.views.conflicts.settling import settling_buttons, to_settle
from bot.views.parts.blocks import Block, Element, button, confirmation, list_section, section
from bot.views.parts.lines import counts, linked, total_change, total_size
from bot.views.parts.markup import counted, cut, marked, mention, name_of, together, when
from bot.views.requests.story import (
    SHORT_DIGEST,
    Story,
    cancel_button,
    names_of_approvers,
    plain_names,
    request_line,
    review_button,
    shown_state,
    small_print,
    why_not_sent,
)
from core.domain.push import STATE_WORDS, Readiness
from core.models.requests import ApprovalView, RequestCard, RequestLine
from core.text.moments import in_utc

LISTED = 10
_LONGEST = 500
_NAMED = 5


def settling_story(card: RequestCard, record_url: Callable[[str], str]) -> Story:
    """Conflicts stand between the request and its approval; they are settled in the thread."""
    state, settle = STATE_WORDS[card.state], to_settle(card)
    first = sorted(_shown(card), key=lambda line: line.readiness is not Readiness.CONFLICT)
    named = plain_names([line for line in first if line.readiness is Readiness.CONFLICT], _NAMED)
    return Story(
        told=f"{settle}: {named}. {counts(card.lines)}.",
        headline=marked("*{}* · {}\n{}.", state, counts(card.lines), settle),
        body=[*_pause(card), _list(first, record_url), small_print(card)],
        buttons=[review_button(card), *settling_buttons(card), cancel_button(card)],
    )


def waiting_story(card: RequestCard, record_url: Callable[[str], str]) -> Story:
    """The content is fixed; people decide about it."""
    state = _state(card)
    approvers = names_of_approvers(card)
    expires = marked("Expires {}", when(card.expires_at)) if card.expires_at else ""
    others = _others(card)
    return Story(
        told=f"{state[0].lower()}{state[1:]}: {total_size(card.lines)} in all ({plain_names(_ready(card), _NAMED)})."
        + (f" Beside them: {others}." if others else "")
        + (f" Approved by {approvers}." if approvers else "")
        + "".join(f" {_asked_for(one)}" for one in card.objections)
        + (f" Expires {in_utc(card.expires_at)}." if card.expires_at else "")
        + ("" if card.in_chat else f" {_outside_words(card)}"),
        headline=together([marked("*{}*\n{} in all", state, total_size(card.lines)), others]),
        body=[
            *_pause(card),
            *_objections(card),
            _list(_shown(card), record_url),
            *_outside(card),
            small_print(card, expires, _reminded(card)),
        ],
        buttons=[_push_now_button(card), review_button(card), *_decisions(card), *_remind(card), cancel_button(card)],
    )


def _others(card: RequestCard) -> str:
    """What is in the request and will not be pushed; empty when there is nothing of the kind."""
    others = [line for line in card.lines if line.readiness is not Readiness.READY]
    return counts(others) if others else ""


def _ready(card: RequestCard) -> tuple[RequestLine, ...]:
    return card.having(Readiness.READY)


def _shown(card: RequestCard) -> list[RequestLine]:
    """What a push would change, and what it cannot; that a statement was the same or left out is only counted."""
    kinds = (Readiness.READY, Readiness.CONFLICT, Readiness.REFUSED)
    return [line for line in card.lines if line.readiness in kinds]


def _list(lines: Sequence[RequestLine], record_url: Callable[[str], str]) -> Block | None:
    drawn = [request_line(line, linked(line, record_url(line.sn_sys_id))) for line in lines[:LISTED]]
    return list_section(drawn, total=len(lines), rest="… and {} more; Review shows them all")


def _pause(card: RequestCard) -> list[Block]:
    pause = why_not_sent(card)
    return [section(pause)] if pause else []


def _state(card: RequestCard) -> str:
    counter = f"({len(card.approvals)} of {card.approvals_required})"
    if card.objections:
        return f"Changes asked for {counter}"
    if card.is_approved:
        return f"Approved {counter}, not started"
    return f"{STATE_WORDS[card.state]} {counter}"


def _objections(card: RequestCard) -> list[Block]:
    """What somebody wants changed, and what that means."""
    said = [
        marked("{} asks for changes: {}", mention(one.person), cut(one.comment, _LONGEST)) for one in card.objections
    ]
    means = "An edit of an included statement closes this request; without one, whoever asked may approve after all."
    return [section(together([*said, means], "\n"))] if said else []


def _asked_for(objection: ApprovalView) -> str:
    """The same in plain words."""
    said = cut(objection.comment.strip(), _LONGEST)
    return (
        f"{name_of(objection.person)} asks for changes: {said}{'' if said.endswith(('.', '!', '?', '…', ')')) else '.'}"
    )


def _outside(card: RequestCard) -> list[Block]:
    return [] if card.in_chat else [section(marked("{}", _outside_words(card)))]


def _outside_words(card: RequestCard) -> str:
    where = f"POST /api/v1/push/{card.jobs[0].id}/approval" if card.jobs else "its job, under /api/v1/push"
    return f"Approving in Slack is switched off here. Decide over the REST API: {where}."


def _reminded(card: RequestCard) -> str:
    return f"Approvers reminded {counted(card.reminders, 'time')}" if card.reminders else ""


def _push_now_button(card: RequestCard) -> Element | None:
    """Starting what is approved; there only while it waits for somebody to say so."""
    if not card.is_approved or card.approvals_required == 0:
        return None
    question = confirmation(
        f"Push request #{card.number} now?",
        marked("{} to {}.", total_change(card.lines), card.host),
        yes="Push now",
        no="Not yet",
    )
    spoken = f"Push now: start the approved push request #{card.number}"
    return button("Push now", Action.PUSH_NOW, shown_state(card), spoken=spoken, style="primary", confirm=question)


def _decisions(card: RequestCard) -> list[Element]:
    if not card.in_chat:
        return []
    number, size = card.number, total_change(card.lines)
    after = card.approvals_required - len(card.approvals) - 1
    means = f"{counted(after, 'more approval')} needed after yours." if after > 0 else "The push starts at once."
    question = confirmation(
        f"Approve push request #{number}?",
        marked("{} to {}. {}\nContent {}", size, card.host, means, card.content_digest[:SHORT_DIGEST]),
        yes="Approve",
        no="Not yet",
    )
    spoken = f"Approve push request #{number}, {counted(len(_ready(card)), 'statement')}"
    approve = button("Approve", Action.APPROVE, shown_state(card), spoken=spoken, style="primary", confirm=question)
    decline = button("Decline", Action.DECLINE, shown_state(card), spoken=f"Decline push request #{number}")
    return [decline] if card.is_approved else [approve, decline]


def _remind(card: RequestCard) -> list[Element]:
    if card.is_approved:
        return []
    spoken = f"Remind the approvers of push request #{card.number}"
    return [button("Remind", Action.REMIND, shown_state(card), spoken=spoken)]

"""The card before the push: conflicts to settle, then waiting for approval."""

from collections.abc import Callable, Sequence

from bot.actions import Action
from bot.views.blocks import Block, Element, button, confirmation, list_section, section
from bot.views.lines import counts, linked, total_change
from bot.views.markup import counted, marked, together, when
from bot.views.story import (
    PAUSED,
    SHORT_DIGEST,
    Story,
    cancel_button,
    names_of_approvers,
    plain_names,
    request_line,
    review_button,
    shown_state,
    small_print,
)
from core.domain.push import STATE_WORDS, Readiness
from core.read_models import RequestCard, RequestLine

LISTED = 10
_NAMED = 5


def settling_story(card: RequestCard, record_url: Callable[[str], str]) -> Story:
    """Conflicts stand between the request and its approval; they are settled in the thread."""
    conflicts = len(card.open_conflicts)
    state = STATE_WORDS[card.state]
    settle = f"{counted(conflicts, 'conflict')} to settle in this thread before approvers are asked"
    first = sorted(_shown(card), key=lambda line: line.readiness is not Readiness.CONFLICT)
    named = plain_names([line for line in first if line.readiness is Readiness.CONFLICT], _NAMED)
    return Story(
        told=f"{settle}: {named}. {counts(card.lines)}.",
        headline=marked("*{}* · {}\n{}.", state, counts(card.lines), settle),
        body=[*_pause(card), _list(first, record_url), small_print(card)],
        buttons=[review_button(card), cancel_button(card)],
    )


def waiting_story(card: RequestCard, record_url: Callable[[str], str]) -> Story:
    """The content is fixed; people decide about it."""
    state = f"{STATE_WORDS[card.state]} ({len(card.approvals)} of {card.approvals_required})"
    approvers = names_of_approvers(card)
    expires = marked("Expires {}", when(card.expires_at)) if card.expires_at else ""
    return Story(
        told=f"{state[0].lower()}{state[1:]}: {total_change(card.lines)} ({plain_names(_ready(card), _NAMED)})."
        + (f" Approved by {approvers}." if approvers else ""),
        headline=together([marked("*{}*\n{}", state, total_change(card.lines)), _others(card)]),
        body=[*_pause(card), _list(_shown(card), record_url), *_outside(card), small_print(card, expires)],
        buttons=[review_button(card), *_decisions(card), cancel_button(card)],
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
    return [section(PAUSED)] if card.is_paused else []


def _outside(card: RequestCard) -> list[Block]:
    return [] if card.in_chat else [section("Approving in Slack is switched off here; decide over the REST API.")]


def _decisions(card: RequestCard) -> list[Element]:
    if not card.in_chat:
        return []
    number, size = card.number, total_change(card.lines)
    question = confirmation(
        f"Approve push request #{number}?",
        marked("{} to {}.\nContent {}", size, card.host, card.content_digest[:SHORT_DIGEST]),
        yes="Approve",
        no="Not yet",
    )
    spoken = f"Approve push request #{number}, {counted(len(_ready(card)), 'statement')}"
    return [
        button("Approve", Action.APPROVE, shown_state(card), spoken=spoken, style="primary", confirm=question),
        button("Decline", Action.DECLINE, shown_state(card), spoken=f"Decline push request #{number}"),
    ]

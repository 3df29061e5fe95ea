"""What the states of a request's card have in common: the parts, the buttons, and who asked for what."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.actions import Action, ButtonValue
from bot.views.parts.blocks import Block, Element, button, confirmation, context
from bot.views.parts.lines import label_of, name_of_control, standing
from bot.views.parts.markup import Mrkdwn, counted, cut, marked, mention, name_of, together, when
from core.domain.push import Readiness
from core.models.requests import ApprovalView, RequestCard, RequestLine, StatusView
from core.models.selections import SelectionView

SHORT_DIGEST = 8
_LONGEST_REASON = 300
_NAMED_APPROVERS = 5

_PAUSED = "Writing to ServiceNow is paused: nothing is sent until an admin resumes it."
_READ_ONLY = (
    "This deployment is read-only: nothing is sent to ServiceNow until whoever runs grcpush sets READ_ONLY to false."
)


@dataclass(frozen=True)
class Story:
    """One state of a card: the same in plain words and in markup, what stands below, and what may be clicked."""

    told: str
    headline: Mrkdwn
    body: Sequence[Block | None] = ()
    buttons: Sequence[Element | None] = field(default=())


def why_not_sent(now: RequestCard | SelectionView | StatusView) -> str:
    """Why nothing is sent to ServiceNow now, and who can change that; empty while writing is on."""
    if now.is_read_only:
        return _READ_ONLY
    return _PAUSED if now.is_paused else ""


def title_of(card: RequestCard) -> str:
    """What the card is called in every state."""
    live = [line for line in card.lines if line.readiness in (Readiness.READY, Readiness.CONFLICT)]
    return f"Push request #{card.number} · {counted(len(live), 'statement')}"


def asked(card: RequestCard) -> Mrkdwn:
    """Who asked, which ServiceNow it is about, and the reason given."""
    who = marked("Asked for by {}, for *{}*", mention(card.requester), card.host)
    return together(
        [who, marked("Reason: {}", cut(card.reason.strip(), _LONGEST_REASON)) if card.reason.strip() else ""], "\n"
    )


def small_print(card: RequestCard, *more: str) -> Block | None:
    """Who approved, the content this is about, and whatever else there is to say; None when there is nothing."""
    digest = f"Content {card.content_digest[:SHORT_DIGEST]}" if card.content_digest else ""
    line = together([_approved(card.approvals), *more, digest])
    return context(line) if line else None


def _approved(approvals: Sequence[ApprovalView]) -> Mrkdwn:
    shown = [marked("{}, {}", mention(one.person), when(one.decided_at)) for one in approvals[:_NAMED_APPROVERS]]
    if len(approvals) > _NAMED_APPROVERS:
        shown.append(Mrkdwn(f"{len(approvals) - _NAMED_APPROVERS} more"))
    return marked("Approved by {}", together(shown, "; ")) if shown else Mrkdwn("")


def names_of_approvers(card: RequestCard) -> str:
    """Who approved so far, in plain words; empty when nobody did."""
    return ", ".join(name_of(approval.person) for approval in card.approvals[:_NAMED_APPROVERS])


def request_line(line: RequestLine, url: Mrkdwn) -> Mrkdwn:
    """One statement in the card's list."""
    return together([marked("• {} {}", url, name_of_control(line.control_name)), standing(line)])


def shown_state(card: RequestCard) -> ButtonValue:
    """What a button of the card carries: the request, and which state and content of it was shown."""
    return ButtonValue(card.id, card.version, digest=card.content_digest)


def review_button(card: RequestCard) -> Element:
    """Every change of the request, to read."""
    return button(
        "Review", Action.REVIEW, shown_state(card), spoken=f"Review the changes of push request #{card.number}"
    )


def ask_again_button(card: RequestCard, label: str = "Ask again") -> Element:
    """A new request for what this one did not bring to ServiceNow, beginning with a preview."""
    spoken = f"{label}: what push request #{card.number} did not bring to ServiceNow"
    return button(label, Action.ASK_AGAIN, shown_state(card), spoken=spoken)


def cancel_button(card: RequestCard) -> Element:
    """Calling the request off before anything was sent."""
    question = confirmation(
        f"Cancel push request #{card.number}?",
        "Nothing was written to ServiceNow. The local edits stay.",
        yes="Cancel the request",
        no="Keep it",
    )
    spoken = f"Cancel push request #{card.number}"
    return button("Cancel", Action.CANCEL_PUSH, shown_state(card), spoken=spoken, confirm=question)


def plain_names(lines: Sequence[RequestLine], most: int) -> str:
    """The first statements by name, and how many more there are, in plain words."""
    more = f" and {len(lines) - most:,} more" if len(lines) > most else ""
    return ", ".join(label_of(line) for line in lines[:most]) + more

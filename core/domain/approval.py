"""Who may approve a push: named gates, each with its own sentence, checked at the click and again at the push."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.domain.actor import Actor, Role
from core.domain.push import STATE_WORDS, RequestState
from core.errors import NotAllowed, StaleCard


class DecisionKind(StrEnum):
    """What an approver said."""

    APPROVE = "approve"
    DECLINE = "decline"


@dataclass(frozen=True)
class Decision:
    """One person's word on exact content."""

    person_id: uuid.UUID
    person_name: str
    kind: DecisionKind
    content_digest: str
    at: dt.datetime
    comment: str = ""


@dataclass(frozen=True)
class ApprovalCase:
    """Everything the gates look at.

    `authors` maps each person who wrote or merged an included text since its baseline to the controls they touched.
    """

    number: int
    state: RequestState
    content_digest: str
    requester_id: uuid.UUID
    authors: Mapping[uuid.UUID, tuple[str, ...]]
    systems: tuple[str, ...]
    decisions: tuple[Decision, ...]
    approvals_required: int
    expires_at: dt.datetime | None
    in_chat: bool

    def standing_approvals(self) -> tuple[Decision, ...]:
        """Approvals that cover exactly the present content; each person counts once."""
        seen: dict[uuid.UUID, Decision] = {}
        for decision in self.decisions:
            if decision.content_digest == self.content_digest and decision.kind is DecisionKind.APPROVE:
                seen.setdefault(decision.person_id, decision)
        return tuple(seen.values())

    def is_declined(self) -> bool:
        """Whether a decline stands; it blocks until it is withdrawn."""
        return any(d.kind is DecisionKind.DECLINE and d.content_digest == self.content_digest for d in self.decisions)

    def has_quorum(self) -> bool:
        """Whether enough different people approved, and nobody declined."""
        return not self.is_declined() and len(self.standing_approvals()) >= self.approvals_required


def check_may_decide(case: ApprovalCase, actor: Actor, *, shown_digest: str, now: dt.datetime) -> None:
    """Raise NotAllowed or StaleCard, naming the first gate that is shut, unless the actor may decide."""
    _check_card(case, shown_digest, now)
    _check_four_eyes(case, actor)
    if actor.via == "slack" and not case.in_chat:
        raise NotAllowed(
            "Approving in Slack is switched off here.", gate="in_chat", next_step="Decide over the REST API instead."
        )
    if any(d.person_id == actor.id and d.content_digest == case.content_digest for d in case.decisions):
        raise NotAllowed(f"You already decided on push request #{case.number}.", gate="already_decided")


def _check_card(case: ApprovalCase, shown_digest: str, now: dt.datetime) -> None:
    if case.state is not RequestState.WAITING:
        raise StaleCard(
            f"Push request #{case.number} is {STATE_WORDS[case.state].lower()}; there is nothing to approve."
        )
    if shown_digest != case.content_digest:
        raise StaleCard(
            f"The content of push request #{case.number} changed after this card was drawn.",
            next_step="Look at the card again: it shows the present content.",
        )
    if case.expires_at is not None and now >= case.expires_at:
        raise StaleCard(f"Push request #{case.number} has expired.", next_step="Ask the requester to ask again.")


def _check_four_eyes(case: ApprovalCase, actor: Actor) -> None:
    if actor.id == case.requester_id:
        raise NotAllowed(
            f"You asked for push request #{case.number}, so somebody else has to approve it.",
            gate="requester",
            next_step="Ask another approver.",
        )
    if touched := case.authors.get(actor.id):
        raise NotAllowed(
            f"You wrote part of what would be pushed ({_listing(touched)}), so somebody else has to approve it.",
            gate="author",
            next_step="Ask an approver who did not edit these statements.",
        )
    actor.require(Role.APPROVER, case.systems)


def _listing(names: Iterable[str]) -> str:
    ordered = list(names)
    return ", ".join(ordered[:3]) + (f" and {len(ordered) - 3} more" if len(ordered) > 3 else "")

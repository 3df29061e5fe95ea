"""Who may approve a push: named gates, each with its own sentence, checked at the click and again at the push."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.domain.actor import Actor, Role
from core.domain.origin import Via
from core.domain.push import STATE_WORDS, RequestState
from core.errors import NotAllowed, StaleCard


class DecisionKind(StrEnum):
    """What an approver said. Asking for changes leaves the request open, and holds it; a decline ends it."""

    APPROVE = "approve"
    CHANGES = "changes"
    DECLINE = "decline"


@dataclass(frozen=True)
class Decision:
    """One person's word on exact content; `starts_push` is whether an approval lets the push begin by itself."""

    person_id: uuid.UUID
    person_name: str
    kind: DecisionKind
    content_digest: str
    at: dt.datetime
    comment: str = ""
    starts_push: bool = True


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
        for decision in self._of_present_content():
            if decision.kind is DecisionKind.APPROVE:
                seen.setdefault(decision.person_id, decision)
        return tuple(seen.values())

    def objections(self) -> tuple[Decision, ...]:
        """What stands in the way until it is taken back: a decline, or changes asked for."""
        return tuple(d for d in self._of_present_content() if d.kind is not DecisionKind.APPROVE)

    def has_quorum(self, without: Collection[uuid.UUID] = ()) -> bool:
        """Whether enough different people approved, not counting those named, and nobody objects."""
        counted = [d for d in self.standing_approvals() if d.person_id not in without]
        return not self.objections() and len(counted) >= self.approvals_required

    def decision_of(self, person_id: uuid.UUID) -> Decision | None:
        """What the person says of the present content."""
        return next((d for d in self._of_present_content() if d.person_id == person_id), None)

    def may_approve(self, actor: Actor) -> bool:
        """Whether an approval of this person counts, going by who they are and the roles they hold."""
        is_involved = actor.id == self.requester_id or actor.id in self.authors
        return not is_involved and all(actor.may(Role.APPROVER, system) for system in self.systems)

    def _of_present_content(self) -> list[Decision]:
        return [decision for decision in self.decisions if decision.content_digest == self.content_digest]


def nudges_due(frozen_at: dt.datetime, expires_at: dt.datetime, now: dt.datetime) -> int:
    """How many reminders are due by now: one when half the time is over, a second in the last hour."""
    half, last_hour = frozen_at + (expires_at - frozen_at) / 2, expires_at - dt.timedelta(hours=1)
    return (now >= half) + (now >= max(half, last_hour))


def check_may_decide(
    case: ApprovalCase, actor: Actor, kind: DecisionKind, *, shown_digest: str, now: dt.datetime
) -> None:
    """Raise NotAllowed or StaleCard, naming the first gate that is shut, unless the actor may decide so.

    Who decided otherwise before may change their mind; a decline is withdrawn instead.
    """
    _check_card(case, shown_digest, now)
    _check_four_eyes(case, actor)
    _check_in_chat(case, actor)
    said = case.decision_of(actor.id)
    if said is not None and said.kind is kind:
        raise NotAllowed(
            f"You already {_SAID[kind]} push request #{case.number}.",
            gate="already_decided",
            next_step="Nothing more is needed from you. “Review” takes another decision, if you changed your mind.",
        )


def check_may_withdraw(case: ApprovalCase, actor: Actor, *, shown_digest: str, now: dt.datetime) -> None:
    """Raise NotAllowed or StaleCard unless the actor may take back the decline: only who declined may."""
    if case.state is not RequestState.DECLINED:
        raise StaleCard(
            f"Push request #{case.number} is {STATE_WORDS[case.state].lower()}; there is no decline to withdraw.",
            next_step="The card shows its present state.",
        )
    _check_content(case, shown_digest)
    _check_not_expired(case, now)
    _check_in_chat(case, actor)
    said = case.decision_of(actor.id)
    if said is None or said.kind is not DecisionKind.DECLINE:
        who = " or ".join(d.person_name for d in case.objections()) or "the person who declined"
        raise NotAllowed(
            f"Only {who} may withdraw this decline.",
            gate="decliner_only",
            next_step="Ask them; or the requester mends the texts and asks again.",
        )


def check_may_start(
    case: ApprovalCase, actor: Actor, *, shown_digest: str, now: dt.datetime, without: Collection[uuid.UUID] = ()
) -> None:
    """Raise NotAllowed or StaleCard unless the push has its quorum and the actor may start it."""
    _check_card(case, shown_digest, now)
    may_start = actor.id == case.requester_id or actor.has_role(Role.ADMIN)
    if not may_start:
        actor.require(Role.APPROVER, case.systems)
    if case.objections():
        raise NotAllowed(
            f"{case.objections()[0].person_name} objects to push request #{case.number}.",
            gate="objection",
            next_step="Settle it with them: they take it back with “Review”.",
        )
    given = [d for d in case.standing_approvals() if d.person_id not in without]
    if len(given) < case.approvals_required:
        raise NotAllowed(
            f"Push request #{case.number} has {len(given)} of {case.approvals_required} approvals.",
            gate="quorum",
            next_step="Ask another approver.",
        )


_SAID = {
    DecisionKind.APPROVE: "approved",
    DecisionKind.CHANGES: "asked for changes in",
    DecisionKind.DECLINE: "declined",
}


def _check_card(case: ApprovalCase, shown_digest: str, now: dt.datetime) -> None:
    if case.state is not RequestState.WAITING:
        goes_on = case.state in (RequestState.SETTLING, RequestState.PUSHING)
        raise StaleCard(
            f"Push request #{case.number} is {STATE_WORDS[case.state].lower()}; there is nothing to approve.",
            next_step="The card shows its present state"
            + (" and how it goes on." if goes_on else "; “Ask again” or /grcpush makes a new request."),
        )
    _check_content(case, shown_digest)
    _check_not_expired(case, now)


def _check_content(case: ApprovalCase, shown_digest: str) -> None:
    if shown_digest != case.content_digest:
        raise StaleCard(
            f"The content of push request #{case.number} changed after this card was drawn.",
            next_step="Look at the card again: it shows the present content.",
        )


def _check_not_expired(case: ApprovalCase, now: dt.datetime) -> None:
    if case.expires_at is not None and now >= case.expires_at:
        raise StaleCard(f"Push request #{case.number} has expired.", next_step="Ask the requester to ask again.")


def _check_in_chat(case: ApprovalCase, actor: Actor) -> None:
    if actor.origin.via is Via.SLACK and not case.in_chat:
        raise NotAllowed(
            "Approving in Slack is switched off here.",
            gate="in_chat",
            next_step="Decide over the REST API: POST /api/v1/push/JOB/approval; the card names the job.",
        )


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

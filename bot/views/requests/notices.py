"""What is said in a card's thread so that the people concerned hear of it: a card that is redrawn rings no bell.

How a long push ended is told to who asked for it in a direct message, unless they do not want that.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.views.parts.lines import label_of, total_change
from bot.views.parts.markup import Mrkdwn, counted, cut, link, marked, mention, together, when
from bot.views.requests.results import state_in_words, tally
from core.domain.approval import DecisionKind
from core.domain.outcome import Outcome
from core.domain.push import RequestState
from core.models.requests import ApprovalView, RequestCard

_MENTIONED = 10
_LONGEST = 500
# A push that took longer than this is worth a word to who asked for it.
LONG_PUSH_SECONDS = 30.0
ENDED_STATES = (RequestState.DONE, RequestState.PARTLY, RequestState.FAILED, RequestState.CANCELLED)
"""How a push that was begun can have ended."""
END_IN_DOUBT = "notice_end_in_doubt"
"""The kind of the notice that a push has ended, and that not all of its results are known yet."""
_FAILURES = 3


@dataclass(frozen=True)
class Notice:
    """Something to be said once for each `key`; `is_broadcast` shows it in the channel too.

    `to` is the Slack id of the one person who is told it in a direct message; with `is_passing` they see it in the channel
    until they leave that, and nobody else does.
    """

    kind: str
    key: str
    text: Mrkdwn
    is_broadcast: bool = False
    to: str = ""
    is_passing: bool = False


def notices_of(
    card: RequestCard,
    approvers: Sequence[str] | None,
    *,
    told_at: dt.datetime | None = None,
    was_in_doubt: bool = False,
) -> Iterator[Notice]:
    """What there is to be said about the request as it stands.

    `approvers` are the Slack ids of those who may approve it, people and user groups; None where that cannot be known.
    `told_at` is the present moment, where the requester is to be told directly how long pushes end; `was_in_doubt` says that
    the thread was told of a result that was not known yet: then it is told how that turned out, too, whatever it is.
    """
    if card.state is RequestState.WAITING:
        yield from _waiting(card, approvers)
    elif card.state is RequestState.DECLINED:
        yield from _objections(
            card, "declined this push request", "Withdraw decline brings it back; or edit, and ask again."
        )
    elif card.state is RequestState.EXPIRED:
        text = marked("{}: nobody approved this in time. “Ask again” makes a new request.", mention(card.requester))
        yield Notice("notice_end", card.state.value, text)
    elif card.state is RequestState.PUSHING and told_at is not None:
        yield from _takes_long(card, told_at)
    elif card.state in ENDED_STATES:
        yield from _ended(card, is_told=told_at is not None, was_in_doubt=was_in_doubt)


def addressed(approvers: Sequence[str]) -> Mrkdwn:
    """The people and groups with these Slack ids, so that they are notified."""
    tokens = [Mrkdwn(f"<!subteam^{one}>" if one.startswith("S") else f"<@{one}>") for one in approvers[:_MENTIONED]]
    return together(tokens, " ")


def moved_notice(url: str) -> Mrkdwn:
    """For the thread of a card that cannot be changed any more."""
    return marked("This card is not updated any more. {} shows how things stand.", link(url, "The present card"))


_WHY_ELSEWHERE = {
    "shared_with_others": "it is shared with another organisation, whose members would read the texts. Ask an admin to set "
    "another SLACK_CHANNEL, or to allow this one in SLACK_SHARED_CHANNELS",
    "sharing_not_told": "grcpush cannot see whether it is shared with another organisation. Ask an admin to look at "
    "`grcpush doctor`",
    "is_archived": "the channel is archived. Ask an admin to set another SLACK_CHANNEL",
    "restricted_action": "grcpush may not post there. Ask an admin of Slack to allow it, or to set another SLACK_CHANNEL",
}
_NOT_A_MEMBER = (
    "grcpush is not in it. Type `/invite @grcpush` there, and the next push request is posted where it belongs"
)


def elsewhere_notice(channel: str, refusal: str) -> Mrkdwn:
    """For the thread of a card that went to its requester, because Slack refused it in the channel by this name."""
    why = Mrkdwn(_WHY_ELSEWHERE.get(refusal, _NOT_A_MEMBER))
    return marked("This card belongs in {}, but {}.", Mrkdwn(f"<#{channel}>"), why)


def _waiting(card: RequestCard, approvers: Sequence[str] | None) -> Iterator[Notice]:
    needed = counted(card.approvals_required - len(card.approvals), "approval")
    until = marked(" before {}", when(card.expires_at)) if card.expires_at else Mrkdwn("")
    who = addressed(approvers) if approvers else Mrkdwn("Approvers")
    if card.is_approved:
        text = marked("{}: this is approved. It starts with “Push now” on the card.", mention(card.requester))
        yield Notice("notice_approved", card.content_digest, text)
        yield from _withdrawn(card, mention(card.requester), "it is approved, and starts with “Push now” on the card")
        return
    if approvers is not None and not approvers:
        text = marked(
            "{}: nobody can approve this. No approver but you and the authors is set for these systems, or the group is "
            "empty. Ask an admin to look at APPROVERS.",
            mention(card.requester),
        )
        yield Notice("notice_asked", card.content_digest, text, is_broadcast=True)
    else:
        text = marked(
            "{}: {} needed for push request #{} ({}){}.", who, needed, card.number, total_change(card.lines), until
        )
        yield Notice("notice_asked", card.content_digest, text)
        if card.reminders:
            again = marked("{}: still {} needed for push request #{}{}.", who, needed, card.number, until)
            yield Notice("notice_reminder", f"{card.content_digest}:{card.reminders}", again)
    them = together([who, mention(card.requester)], " ")
    yield from _withdrawn(card, them, marked("it waits for approval again ({} needed{})", needed, until))
    yield from _objections(card, "asks for changes", "An edit closes this request; then ask again.")


def _withdrawn(card: RequestCard, whom: Mrkdwn, means: str) -> Iterator[Notice]:
    """A decline was taken back: the thread told of it, and must not end with it."""
    if (decline := card.withdrawn_decline) is not None:
        text = marked(
            "{}: {} withdrew the decline of push request #{}; {}.", whom, mention(decline.person), card.number, means
        )
        yield Notice("notice_withdrawn", _key_of(decline), text)


def _objections(card: RequestCard, did: str, means: str) -> Iterator[Notice]:
    said = [one for one in card.objections if one.kind is not DecisionKind.APPROVE]
    for one in said[-1:]:
        text = marked(
            "{}: {} {}: {}\n{}", mention(card.requester), mention(one.person), did, cut(one.comment, _LONGEST), means
        )
        yield Notice("notice_objection", _key_of(one), text)


def _key_of(decision: ApprovalView) -> str:
    return f"{decision.person.id}:{int(decision.decided_at.timestamp())}"


def _takes_long(card: RequestCard, now: dt.datetime) -> Iterator[Notice]:
    if _seconds(card, now) >= LONG_PUSH_SECONDS:
        text = marked("Push request #{} takes longer. You get a direct message when it has ended.", card.number)
        to = card.requester.slack_user_id or ""
        yield Notice("notice_takes_long", f"{len(card.jobs)}", text, to=to, is_passing=True)


def _ended(card: RequestCard, *, is_told: bool, was_in_doubt: bool) -> Iterator[Notice]:
    """A push that did not get all through is told in the channel; one that did, only where it took long.

    A long one is told to its requester directly, if they want that; the thread then need not say that all is well. After a
    doubt it says so all the same, to whoever heard of the doubt. A doubt is of a kind of its own: where Slack's answer to
    its post was lost, it is not taken for the end.
    """
    is_fine = card.state is RequestState.DONE and all(result.severity is None for result in card.results)
    is_long = _seconds(card) >= LONG_PUSH_SECONDS
    is_quiet = card.state is RequestState.CANCELLED or (is_fine and (is_told or not is_long))
    is_in_doubt = any(result.outcome is Outcome.IN_DOUBT or result.is_unverified for result in card.results)
    key = f"{card.state.value}:{len(card.jobs)}"
    if is_long and is_told:
        to = card.requester.slack_user_id or ""
        yield Notice("notice_result_in_doubt" if is_in_doubt else "notice_result", key, _result(card), to=to)
    if is_quiet and not was_in_doubt:
        return
    counts = together(tally(card.results), ", ")
    text = marked(
        "{}: push request #{} has ended: {}. The card says more.", mention(card.requester), card.number, counts
    )
    kind = END_IN_DOUBT if is_in_doubt else "notice_end"
    yield Notice(kind, key, text, is_broadcast=was_in_doubt or not is_fine)


def _result(card: RequestCard) -> Mrkdwn:
    """How the push ended, in words, with the first of what did not go through."""
    counts = together(tally(card.results), ", ") or "nothing was sent"
    failures = [result for result in card.results if not result.is_success]
    lines = [marked("• {}: {}", label_of(each), cut(each.sentence, _LONGEST)) for each in failures[:_FAILURES]]
    rest = len(failures) - len(lines)
    head = marked("*Push request #{} has ended: {}.* {}.", card.number, state_in_words(card), counts)
    return together([head, *lines, f"… and {rest:,} more" if rest else "", "Its card says more."], "\n")


def _seconds(card: RequestCard, now: dt.datetime | None = None) -> float:
    """How long the newest run of the request took, until `now` where it has not ended; its jobs were released together."""
    newest = max((job.released_at for job in card.jobs if job.released_at), default=None)
    run = [job for job in card.jobs if job.released_at == newest and job.started_at]
    starts, ends = [job.started_at for job in run if job.started_at], [job.completed_at or now for job in run]
    known = [end for end in ends if end is not None]
    return (max(known) - min(starts)).total_seconds() if starts and known else 0.0

"""Every state of every drawing, by name: the golden files, the limits check and the gallery are made of them."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from bot.actions import Action, ButtonValue
from bot.views.conflicts.conflict import Shown, conflict_message, conflict_modal
from bot.views.conflicts.settling import settled_many_message
from bot.views.messages.help import doctor_message, export_message, help_message
from bot.views.messages.problem import (
    bug_message,
    bug_modal,
    problem_message,
    problem_modal,
    reopening_button,
    reopening_message,
    retyping_button,
)
from bot.views.messages.status import paused_message, resumed_message, status_message
from bot.views.messages.unseen import unseen_message
from bot.views.parts.blocks import Message
from bot.views.people.digest import digest_message, roll_up_message, snoozed_message, unreachable_message
from bot.views.requests.card import request_message
from bot.views.requests.preview import change_modal, loading_modal, preview_modal, requested_modal
from bot.views.requests.review import decline_modal, review_modal
from bot.views.requests.undo import brought_back_message, left_alone_message
from core.domain.approval import DecisionKind
from core.domain.conflict import Choice, ConflictKind
from core.domain.outcome import Level, Outcome
from core.domain.push import JobState, Readiness, RequestState
from core.errors import NotAllowed, RemoteUnavailable
from core.models.digests import Unseen
from core.models.requests import ApprovalView, ConflictCard, LeftOut, RequestCard
from tests.views import examples as ex
from tests.views.edit_scenes import EDITS
from tests.views.history_scenes import HISTORIES
from tests.views.list_scenes import LISTS
from tests.views.state_scenes import STATES

Payload = dict[str, Any]

LONG = "".join(
    f"<p>Paragraph {n}: the backup of system {n} is tested every year and the result is filed.</p>" for n in range(250)
)
"""A statement of more than 20,000 characters."""
REWRITTEN = LONG.replace("every year", "each quarter").replace("filed", "signed and filed")
REPLACED = "".join(
    f"<p>Chapter {n}. Recovery follows plan {n}, which nobody had written down before now.</p>" for n in range(250)
)
EMOJI = "<p>Keep calm 👩🏽‍🚒 and carry on 🇩🇪 with <b>backups</b> ✅ each week.</p>"
RTL = "<p>يتم فحص النسخ الاحتياطية كل شهر. הגיבויים נבדקים.</p>"
HOSTILE = "<p>&lt;!channel&gt; @here and &lt;@U0ADMIN&gt; *bold* `code` &lt;https://evil.example|click&gt; &amp;amp; :tada:</p>"


def payload(drawn: Message | Payload) -> Payload:
    """A message as the arguments of a call, a modal as it is."""
    return {"text": str(drawn.text), "blocks": drawn.blocks} if isinstance(drawn, Message) else drawn


def _card(state: RequestState, **changes: Any) -> Message:
    return request_message(ex.a_card(state, **changes), ex.record_url)


def _review(card: RequestCard, page: int = 0) -> Payload:
    return review_modal(card, page=page)


def _conflict(card: ConflictCard) -> Message:
    return conflict_message(card, ex.record_url(card.sn_sys_id), Shown(ex.an_id(60)))


def _left_out(*, may_put_back: bool) -> Message:
    left_out = LeftOut(ex.REQUESTER, ex.NOON, may_be_undone=True)
    shown = Shown(ex.an_id(60), left_out=left_out, may_put_back=may_put_back)
    return conflict_message(ex.a_conflict(), ex.record_url(ex.a_sys_id(1)), shown)


def _changed(before: str, after: str) -> ConflictCard:
    there = before.replace("</p>", " Changed there.</p>", 1)
    return ex.a_conflict(
        to_local=ex.a_change(there, after),
        remote_change=ex.a_change(before, there),
        local_change=ex.a_change(before, after),
    )


def _one_change(before: str, after: str) -> Payload:
    line = ex.a_request_line(1, change=ex.a_change(before, after))
    return change_modal(line, ex.record_url(line.sn_sys_id))


def _running(total: int, *results: Any, **changes: Any) -> tuple[Any, ...]:
    return (ex.a_job(total, *results, state=JobState.RUNNING, **changes),)


_READ_ONLY = {"is_paused": True, "is_read_only": True}
_MIXED = ex.request_lines(9, *[Readiness.CONFLICT] * 2, Readiness.SAME, Readiness.REFUSED, Readiness.LEFT_OUT)
_NOTHING = ex.request_lines(0, Readiness.SAME, Readiness.REFUSED)

PUSHES: dict[str, Callable[[], Message | Payload]] = {
    "loading": lambda: loading_modal("Preview push", "Checking ServiceNow…"),
    "preview-3": lambda: preview_modal(ex.a_preview()),
    "preview-asked-again": lambda: preview_modal(ex.a_preview(reason="Quarterly review, GRC-118. " * 20)),
    "preview-mixed": lambda: preview_modal(ex.a_preview(*_MIXED)),
    "preview-mixed-page-2": lambda: preview_modal(ex.a_preview(*_MIXED), page=1),
    "preview-no-approval-needed": lambda: preview_modal(ex.a_preview(approvals_required=0)),
    "preview-nothing-to-push": lambda: preview_modal(ex.a_preview(*_NOTHING)),
    "preview-paused": lambda: preview_modal(ex.a_preview(is_paused=True)),
    "preview-read-only": lambda: preview_modal(ex.a_preview(**_READ_ONLY)),
    "preview-1000-page-60": lambda: preview_modal(ex.a_preview(*ex.request_lines(1000)), page=59),
    "change": lambda: _one_change(ex.BEFORE, ex.LOCAL),
    "change-formatting-only": lambda: _one_change("<p>Keep the log.</p>", "<p>Keep the <b>log</b>.</p>"),
    "change-20000-characters": lambda: _one_change(LONG, REWRITTEN),
    "change-emoji": lambda: _one_change(EMOJI, EMOJI.replace("week", "day 🎉")),
    "change-right-to-left": lambda: _one_change(RTL, RTL.replace("شهر", "أسبوع")),
    "change-hostile": lambda: _one_change("<p>Old.</p>", HOSTILE),
    "requested-settling": lambda: requested_modal(ex.a_card(RequestState.SETTLING, lines=_MIXED)),
    "requested-waiting": lambda: requested_modal(ex.a_card()),
    "requested-pushing": lambda: requested_modal(ex.a_card(RequestState.PUSHING)),
}

CONFLICTS: dict[str, Callable[[], Message | Payload]] = {
    "conflict": lambda: _conflict(ex.a_conflict()),
    "conflict-that-can-be-merged": lambda: _conflict(ex.a_conflict(merge_digest="d" * 64)),
    "conflict-20000-characters": lambda: _conflict(_changed(LONG, REPLACED)),
    "conflict-emoji": lambda: _conflict(_changed(EMOJI, EMOJI.replace("week", "day 🎉"))),
    "conflict-right-to-left": lambda: _conflict(_changed(RTL, RTL.replace("شهر", "أسبوع"))),
    "conflict-hostile": lambda: _conflict(_changed(HOSTILE, HOSTILE.replace("bold", "bolder"))),
    "conflict-unknown-people": lambda: _conflict(
        ex.a_conflict(remote_updated_by="", remote_updated_on=None, local_editor=None, local_edited_at=None)
    ),
    "conflict-modal": lambda: conflict_modal(
        ex.a_conflict(merge_digest="d" * 64), ex.record_url(ex.a_sys_id(1)), Shown(ex.an_id(60), titles_only=True)
    ),
    "conflict-titles-only": lambda: conflict_message(
        ex.a_conflict(merge_digest="d" * 64), ex.record_url(ex.a_sys_id(1)), Shown(ex.an_id(60), titles_only=True)
    ),
    "conflict-left-out": lambda: _left_out(may_put_back=True),
    "conflict-left-out-for-good": lambda: _left_out(may_put_back=False),
    "conflict-kept-local": lambda: _conflict(ex.a_settled_conflict(Choice.KEEP_LOCAL)),
    "conflict-kept-servicenow": lambda: _conflict(ex.a_settled_conflict(Choice.KEEP_REMOTE)),
    "conflict-merged": lambda: _conflict(ex.a_settled_conflict(Choice.MERGED)),
    "conflict-kept-for-good": lambda: _conflict(
        ex.a_settled_conflict(Choice.KEEP_LOCAL, may_be_undone=False, resolved_by=ex.ON_THE_COMMAND_LINE)
    ),
    "overwrite": lambda: _conflict(ex.a_conflict(kind=ConflictKind.OVERWROTE)),
    "overwrite-kept-ours": lambda: _conflict(
        ex.a_settled_conflict(Choice.KEEP_LOCAL, kind=ConflictKind.OVERWROTE, may_be_undone=False)
    ),
    "overwrite-restored-theirs": lambda: _conflict(
        ex.a_settled_conflict(Choice.KEEP_REMOTE, kind=ConflictKind.OVERWROTE, may_be_undone=False)
    ),
    "conflict-gone": lambda: _conflict(ex.a_conflict(is_open=False)),
}

_TROUBLE = (
    Outcome.REFUSED,
    Outcome.THROTTLED,
    Outcome.TRUNCATED,
    Outcome.CHANGED_SINCE_CHECK,
    Outcome.OVERWROTE,
    Outcome.LOCKED,
)
_LATER = ex.NOON + dt.timedelta(hours=1)

_GATE = NotAllowed(
    "You asked for push request #42, so somebody else has to approve it.",
    gate="requester",
    next_step="Ask another approver.",
)

_CHANGES = ApprovalView(ex.SECOND, DecisionKind.CHANGES, "AC-2 names the old service desk.", ex.NOON)

CARDS: dict[str, Callable[[], Message | Payload]] = {
    "card-settling-137-conflicts": lambda: _card(
        RequestState.SETTLING, lines=ex.request_lines(3, *[Readiness.CONFLICT] * 137)
    ),
    "settled-many": lambda: settled_many_message(42, Choice.KEEP_LOCAL, 5, ()),
    "settled-many-but-some": lambda: settled_many_message(
        42,
        Choice.KEEP_REMOTE,
        5,
        ("One of the texts changed again after this was drawn. Look at the conflict again.",) * 12,
    ),
    "card-settling": lambda: _card(RequestState.SETTLING, lines=_MIXED),
    "card-waiting": lambda: _card(RequestState.WAITING),
    "card-waiting-one-approved": lambda: _card(RequestState.WAITING, decisions=(ex.an_approval(),), lines=_MIXED[:9]),
    "card-waiting-1000": lambda: _card(RequestState.WAITING, lines=ex.request_lines(1000)),
    "card-waiting-not-in-chat": lambda: _card(RequestState.WAITING, in_chat=False),
    "card-waiting-not-in-chat-with-its-job": lambda: _card(
        RequestState.WAITING, in_chat=False, jobs=(ex.a_job(3, state=JobState.PENDING, started_at=None),)
    ),
    "card-waiting-changes-asked": lambda: _card(
        RequestState.WAITING, decisions=(ex.an_approval(), _CHANGES), reminders=2
    ),
    "card-waiting-approved-not-started": lambda: _card(
        RequestState.WAITING, decisions=(ex.an_approval(), ex.an_approval(ex.SECOND))
    ),
    "card-waiting-paused": lambda: _card(RequestState.WAITING, is_paused=True, reason=""),
    "card-waiting-read-only": lambda: _card(RequestState.WAITING, reason="", **_READ_ONLY),
    "card-pushing-queued": lambda: _card(
        RequestState.PUSHING, jobs=(ex.a_job(3, state=JobState.PENDING, started_at=None, in_flight=0),)
    ),
    "card-pushing": lambda: _card(
        RequestState.PUSHING,
        lines=ex.request_lines(12),
        jobs=_running(12, *ex.results_of(6, Outcome.REFUSED)),
        seconds_left=21.0,
        decisions=(ex.an_approval(), ex.an_approval(ex.SECOND)),
    ),
    "card-pushing-stopping": lambda: _card(
        RequestState.PUSHING,
        lines=ex.request_lines(12),
        jobs=_running(12, *ex.results_of(5, *[Outcome.CANCELLED] * 2), is_stopping=True),
        seconds_left=9.0,
    ),
    "card-pushing-paused": lambda: _card(
        RequestState.PUSHING, is_paused=True, jobs=_running(3, *ex.results_of(1)), seconds_left=4.0
    ),
    "card-pushing-servicenow-asked-to-wait": lambda: _card(
        RequestState.PUSHING, waiting_until=_LATER, jobs=_running(3, *ex.results_of(1)), seconds_left=4.0
    ),
    "card-pushing-a-retry": lambda: _card(
        RequestState.PUSHING,
        lines=ex.request_lines(5),
        jobs=(
            ex.a_job(5, *ex.results_of(3, Outcome.THROTTLED, Outcome.UNAVAILABLE)),
            ex.a_job(2, state=JobState.RUNNING, released_at=_LATER, started_at=_LATER, id=ex.an_id(71)),
        ),
    ),
    "card-done": lambda: _card(
        RequestState.DONE, lines=ex.request_lines(7), jobs=(ex.a_job(7, *ex.results_of(6, Outcome.ALREADY_THERE)),)
    ),
    "card-done-altered": lambda: _card(
        RequestState.DONE,
        jobs=(ex.a_job(3, *ex.results_of(1, Outcome.PUSHED_ALTERED), ex.a_result(2, level=Level.UNVERIFIED)),),
    ),
    "card-done-with-nothing": lambda: _card(RequestState.DONE, lines=(), jobs=(ex.a_job(0),)),
    "card-partly": lambda: _card(
        RequestState.PARTLY, lines=ex.request_lines(12), jobs=(ex.a_job(12, *ex.results_of(6, *_TROUBLE)),)
    ),
    "card-partly-not-known-yet": lambda: _card(
        RequestState.PARTLY, jobs=(ex.a_job(3, *ex.results_of(2, Outcome.IN_DOUBT)),)
    ),
    "card-in-doubt": lambda: _card(
        RequestState.FAILED, jobs=(ex.a_job(2, *ex.results_of(0, Outcome.IN_DOUBT, Outcome.IN_DOUBT)),)
    ),
    "card-failed": lambda: _card(
        RequestState.FAILED,
        jobs=(
            ex.a_job(
                3,
                *ex.results_of(0, Outcome.SIGN_IN_LOST, Outcome.NOT_REACHED, Outcome.NOT_REACHED),
                state=JobState.FAILED,
                failure="ServiceNow does not accept our credentials any more.",
            ),
        ),
    ),
    "card-cancelled-before": lambda: _card(RequestState.CANCELLED, note="Cancelled by Ravi Requester."),
    "card-cancelled-under-way": lambda: _card(
        RequestState.CANCELLED, jobs=(ex.a_job(3, *ex.results_of(1, Outcome.CANCELLED, Outcome.CANCELLED)),)
    ),
    "card-declined": lambda: _card(
        RequestState.DECLINED,
        note="Declined by Ada Approver: AC-2 still names the old service desk.",
        decisions=(ApprovalView(ex.APPROVER, DecisionKind.DECLINE, "AC-2 still names the old service desk.", ex.NOON),),
    ),
    "card-expired": lambda: _card(RequestState.EXPIRED, note="Nobody approved it in time."),
    "card-superseded": lambda: _card(
        RequestState.SUPERSEDED, note="Erin Editor edited an included statement after this was asked for."
    ),
    "review": lambda: _review(ex.a_card()),
    "review-settling": lambda: _review(ex.a_card(RequestState.SETTLING, lines=_MIXED[7:])),
    "review-partly-with-a-new-conflict": lambda: _review(
        ex.a_card(
            RequestState.PARTLY,
            lines=(ex.a_request_line(0), ex.a_request_line(1, conflict=ex.a_conflict(1))),
            jobs=(ex.a_job(2, *ex.results_of(1, Outcome.CHANGED_SINCE_CHECK)),),
        )
    ),
    "review-partly": lambda: _review(
        ex.a_card(RequestState.PARTLY, jobs=(ex.a_job(3, *ex.results_of(1, Outcome.PUSHED_ALTERED, Outcome.REFUSED)),))
    ),
    "review-20000-characters-page-2": lambda: _review(
        ex.a_card(lines=(ex.a_request_line(1, change=ex.a_change(LONG, REPLACED)),)), page=1
    ),
    "review-1000-last-page": lambda: _review(ex.a_card(lines=ex.request_lines(1000)), page=10_000),
    "review-to-decide": lambda: review_modal(ex.a_card(), why_not=""),
    "review-last-approval": lambda: review_modal(ex.a_card(approvals_required=1), why_not=""),
    "review-of-the-requester": lambda: review_modal(ex.a_card(), why_not=_GATE.message),
    "decline": lambda: decline_modal(ex.a_card()),
    "undo-brought-back": lambda: brought_back_message(42, 2),
    "undo-left-alone": lambda: left_alone_message(42, [("Payroll Cloud/AC-2", "it has an edit that is not pushed")]),
}

OTHERS: dict[str, Callable[[], Message | Payload]] = {
    "digest-1": lambda: digest_message(ex.a_digest(1, working_days=0)),
    "digest-4": lambda: digest_message(ex.a_digest()),
    "digest-137": lambda: digest_message(ex.a_digest(137, conflicts=19, waiting=2)),
    "roll-up": lambda: roll_up_message(ex.a_roll_up()),
    "roll-up-one": lambda: roll_up_message(
        ex.a_roll_up(total=1, conflicts=0, waiting=0, owners=1, working_days=0, systems=(("Payroll Cloud", 1),))
    ),
    "digest-unreachable": lambda: unreachable_message(ex.a_digest()),
    "unseen": lambda: unseen_message(
        Unseen(uuid.UUID(int=8), ex.HOST, tuple(f"Payroll Cloud/AC-{number}" for number in range(2, 9)), 2, hidden=3)
    ),
    "digest-snoozed": lambda: snoozed_message("Monday, 30 November"),
    "problem-open-again": lambda: reopening_message(reopening_button(Action.REVIEW, ButtonValue(uuid.UUID(int=7)))),
    "problem-open-again-command": lambda: reopening_message(retyping_button("edit Payroll Cloud/AC-2")),
    "problem-begin-again": lambda: reopening_message(None),
    "problem-refused": lambda: problem_message(_GATE),
    "problem-modal": lambda: problem_modal(RemoteUnavailable("ServiceNow could not be reached.")),
    "problem-modal-refused": lambda: problem_modal(_GATE),
    "bug": lambda: bug_message("R-7F3A2C"),
    "bug-modal": lambda: bug_modal("R-7F3A2C"),
    "help": help_message,
    "help-doctor": doctor_message,
    "help-export": lambda: export_message("2026-10"),
    "status": lambda: status_message(ex.a_status(modified=9, conflicts=2, missing=1, open_requests=1)),
    "paused": lambda: paused_message("ServiceNow is upgraded tonight"),
    "resumed": lambda: resumed_message(ex.a_status()),
    "resumed-read-only": lambda: resumed_message(ex.a_status(**_READ_ONLY)),
    "status-read-only": lambda: status_message(ex.a_status(**_READ_ONLY)),
    "status-paused-never-read": lambda: status_message(ex.a_status(is_paused=True, last_pull_at=None)),
}

SCENES: dict[str, Callable[[], Message | Payload]] = {
    **LISTS,
    **PUSHES,
    **CONFLICTS,
    **CARDS,
    **EDITS,
    **HISTORIES,
    **OTHERS,
    **STATES,
}

"""One builder for each read model, with people and texts that stay the same from run to run."""

import datetime as dt
import uuid
from dataclasses import replace
from functools import cache

from core.domain.approval import DecisionKind
from core.domain.conflict import Choice
from core.domain.diff import TextDiff, diff
from core.domain.outcome import Level, Outcome, is_success, words
from core.domain.push import JobState, Readiness, RequestState
from core.models.digests import Digest, RollUp
from core.models.requests import (
    ApprovalView,
    ConflictCard,
    Holder,
    ItemResult,
    JobView,
    PersonView,
    PushPreview,
    RequestCard,
    RequestLine,
    StatementLine,
    StatementList,
    StatusView,
)
from core.models.selections import Overview, SelectionView
from core.text.content import TextKind, preview

HOST = "acme.service-now.com"
NOON = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
SYSTEMS = ("Citizen Portal", "Data Warehouse", "Payroll Cloud")
CONTROLS = (
    ("AC-2", "Account management"),
    ("AC-2(3)", "Disable accounts"),
    ("AC-6", "Least privilege"),
    ("AU-6", "Audit record review, analysis and reporting"),
    ("CM-3", "Configuration change control"),
    ("CP-9", "System backup"),
    ("IA-5", "Authenticator management"),
    ("IR-4", "Incident handling"),
    ("RA-5", "Vulnerability monitoring and scanning"),
    ("SC-13", "Cryptographic protection"),
)

BEFORE = (
    "<p>User accounts are reviewed every year by the system owner.</p>"
    "<p>Managers request accounts through the service desk.</p>"
    "<ul><li>Guest accounts end after 30 days.</li><li>Shared accounts are not allowed.</li></ul>"
)
LOCAL = BEFORE.replace("every year by the system owner", "every quarter by the system owner and the control owner")
REMOTE = BEFORE.replace("after 30 days", "after 14 days").replace("service desk", "identity portal")


def an_id(number: int) -> uuid.UUID:
    """An id that is the same in every run."""
    return uuid.UUID(int=number)


def a_person(number: int, name: str, slack_user_id: str | None) -> PersonView:
    return PersonView(an_id(900 + number), name, slack_user_id)


EDITOR = a_person(1, "Erin Editor", "U0EDITOR")
REQUESTER = a_person(2, "Ravi Requester", "U0REQUEST")
APPROVER = a_person(3, "Ada Approver", "U0APPROVE")
SECOND = a_person(4, "Sam Second", "U0SECOND")
ON_THE_COMMAND_LINE = a_person(5, "Alex Admin", None)


def a_sys_id(number: int) -> str:
    return f"{number:032x}"


def record_url(sys_id: str) -> str:
    return f"https://{HOST}/nav_to.do?uri=sn_compliance_statement.do?sys_id={sys_id}"


def a_line(number: int, **changes) -> StatementLine:
    """The n-th statement of the list: every seventh is in conflict."""
    control, name = CONTROLS[number % len(CONTROLS)]
    line = StatementLine(
        id=an_id(1000 + number),
        sn_sys_id=a_sys_id(number),
        control_number=control,
        control_name=name,
        system_name=SYSTEMS[number // len(CONTROLS) % len(SYSTEMS)],
        sync_status="conflict" if number % 7 == 6 else "modified",
        is_conflict=number % 7 == 6,
        owner=EDITOR if number % 2 else REQUESTER,
        edited_at=NOON - dt.timedelta(days=number % 20, hours=2),
        preview=preview(LOCAL, TextKind.HTML),
    )
    return replace(line, **changes)


def card_url(channel: str, ts: str) -> str:
    return f"https://acme.slack.com/archives/{channel}/p{ts.replace('.', '')}"


def a_held_line(number: int, request: int = 41) -> StatementLine:
    return a_line(number, held_by=request, holder=Holder(REQUESTER, "C0GRC", "1764000000.000100"))


def a_selection(total: int, *, page: int = 0, chosen: int = 0, mine_only: bool = False, **changes) -> SelectionView:
    """A selection over so many statements, of which the first `chosen` are ticked, as the modal shows it."""
    size = changes.pop("page_size", 30)
    lines = tuple(a_line(number) for number in range(page * size, min(total, (page + 1) * size)))
    conflicts = sum(number % 7 == 6 for number in range(total))
    listing = StatementList(lines, total, conflicts, page, size)
    ticked = frozenset(line.id for line in lines if line.id.int < 1000 + chosen)
    selection = SelectionView(
        an_id(50), 3, ticked, listing, mine_only, chosen_total=chosen, free=total - conflicts, overview=None
    )
    return replace(selection, **changes)


def a_listed_selection(total: int, **changes) -> SelectionView:
    """The same, as the list in a message shows it."""
    overview = None
    if total > 10:
        systems = tuple((name, sum(n // 10 % 3 == i for n in range(total))) for i, name in enumerate(SYSTEMS))
        overview = Overview(tuple(each for each in systems if each[1]), tuple(a_line(n) for n in (19, 39, 59, 18, 38)))
    return a_selection(total, page_size=10, **{"overview": overview, **changes})


@cache
def a_change(before: str = BEFORE, after: str = LOCAL) -> TextDiff:
    return diff(before, after, TextKind.HTML)


def a_conflict(number: int = 1, **changes) -> ConflictCard:
    control, name = CONTROLS[number % len(CONTROLS)]
    card = ConflictCard(
        id=an_id(2000 + number),
        revision=4,
        statement_id=an_id(1000 + number),
        sn_sys_id=a_sys_id(number),
        control_number=control,
        control_name=name,
        system_name=SYSTEMS[number // len(CONTROLS) % len(SYSTEMS)],
        is_open=True,
        remote_updated_on=NOON - dt.timedelta(hours=3),
        remote_updated_by="jane.doe",
        local_edited_at=NOON - dt.timedelta(days=1),
        local_editor=EDITOR,
        to_local=a_change(REMOTE, LOCAL),
        remote_change=a_change(BEFORE, REMOTE),
        local_change=a_change(BEFORE, LOCAL),
    )
    return replace(card, **changes)


def a_settled_conflict(choice: Choice, **changes) -> ConflictCard:
    settled = {"is_open": False, "choice": choice, "resolved_by": EDITOR, "resolved_at": NOON, "may_be_undone": True}
    return a_conflict(**{**settled, **changes})


_REASONS = {
    Readiness.REFUSED: "The record is in a state in which this field may not be written.",
    Readiness.LEFT_OUT: "ServiceNow's text was kept.",
}


def a_request_line(number: int, readiness: Readiness = Readiness.READY, **changes) -> RequestLine:
    control, name = CONTROLS[number % len(CONTROLS)]
    shown = readiness in (Readiness.READY, Readiness.CONFLICT, Readiness.REFUSED)
    line = RequestLine(
        statement_id=an_id(1000 + number),
        sn_sys_id=a_sys_id(number),
        control_number=control,
        control_name=name,
        system_name=SYSTEMS[number // len(CONTROLS) % len(SYSTEMS)],
        readiness=readiness,
        reason=_REASONS.get(readiness, ""),
        change=a_change() if shown else None,
        conflict=a_conflict(number) if readiness is Readiness.CONFLICT else None,
    )
    return replace(line, **changes)


def request_lines(ready: int, *others: Readiness) -> tuple[RequestLine, ...]:
    """So many statements that are ready, then one for each other standing."""
    lines = [a_request_line(number) for number in range(ready)]
    return (*lines, *(a_request_line(ready + index, readiness) for index, readiness in enumerate(others)))


def a_preview(*lines: RequestLine, **changes) -> PushPreview:
    return replace(PushPreview(an_id(60), HOST, lines or request_lines(3), approvals_required=1), **changes)


def a_result(number: int, outcome: Outcome = Outcome.PUSHED, **changes) -> ItemResult:
    level = changes.setdefault("level", Level.VERIFIED_BY_READBACK if is_success(outcome) else None)
    said = words(outcome, level)
    line = a_request_line(number)
    result = ItemResult(
        statement_id=line.statement_id,
        sn_sys_id=line.sn_sys_id,
        control_number=line.control_number,
        system_name=line.system_name,
        outcome=outcome,
        is_success=is_success(outcome),
        sentence=said.sentence,
        next_step=said.next_step,
        retryable=said.retryable,
        severity=said.severity,
        level=level,
        pushed_at=NOON if is_success(outcome) else None,
    )
    return replace(result, **changes)


def a_job(total: int, *results: ItemResult, state: JobState = JobState.COMPLETED, **changes) -> JobView:
    is_over = state in (JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED)
    job = JobView(
        id=an_id(70),
        request_id=an_id(60),
        state=state,
        total=total,
        ended=len(results),
        succeeded=sum(result.is_success for result in results),
        failed=sum(not result.is_success for result in results),
        in_flight=0 if is_over else min(5, total - len(results)),
        released_at=NOON,
        started_at=NOON,
        completed_at=NOON + dt.timedelta(seconds=20) if is_over else None,
        is_stopping=False,
        failure="",
        results=results,
    )
    return replace(job, **changes)


def results_of(pushed: int, *others: Outcome) -> tuple[ItemResult, ...]:
    """So many statements that were pushed, then one for each other outcome."""
    return (
        *(a_result(number) for number in range(pushed)),
        *(a_result(pushed + index, outcome) for index, outcome in enumerate(others)),
    )


def an_approval(person: PersonView = APPROVER) -> ApprovalView:
    return ApprovalView(person, DecisionKind.APPROVE, "", NOON - dt.timedelta(minutes=20))


def a_card(state: RequestState = RequestState.WAITING, **changes) -> RequestCard:
    is_fixed = state is not RequestState.SETTLING
    card = RequestCard(
        id=an_id(60),
        number=42,
        version=7,
        state=state,
        host=HOST,
        requester=REQUESTER,
        reason="Quarterly review, ticket GRC-118",
        created_at=NOON - dt.timedelta(hours=1),
        expires_at=NOON + dt.timedelta(hours=23) if is_fixed else None,
        content_digest="3f9a1c07d5e2" + "0" * 52 if is_fixed else "",
        lines=request_lines(3),
        decisions=(),
        approvals_required=2,
        in_chat=True,
        jobs=(),
        channel="C0GRC",
    )
    return replace(card, **changes)


def a_digest(total: int = 4, **changes) -> Digest:
    lines = tuple(a_line(number, owner=EDITOR) for number in range(min(total, 5)))
    digest = Digest(EDITOR, NOON.date(), total, conflicts=0, waiting=0, working_days=3, lines=lines)
    return replace(digest, **changes)


def a_roll_up(**changes) -> RollUp:
    systems = (("Payroll Cloud", 70), ("Data Warehouse", 60), *((f"System {number}", 1) for number in range(7)))
    return replace(RollUp(NOON.date(), 137, 19, 2, owners=6, working_days=9, systems=systems), **changes)


def a_status(**changes) -> StatusView:
    status = StatusView(
        statements=72,
        modified=0,
        conflicts=0,
        missing=0,
        last_pull_at=NOON - dt.timedelta(minutes=25),
        open_requests=0,
        is_paused=False,
        host=HOST,
        audit_events=118,
    )
    return replace(status, **changes)

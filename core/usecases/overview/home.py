"""What waits for a person, and what happens around them: the Home tab, and the team's policy to read."""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.config import RoleGrant
from core.domain.actor import Actor, Role
from core.domain.approval import DecisionKind, check_may_decide
from core.domain.outcome import Outcome, is_success, state_words
from core.domain.push import OPEN_STATES, Readiness, RequestState
from core.errors import Refused
from core.models.home import HomeMark, HomeView, RequestGlance, TeamPolicy
from core.store import audit
from core.store.messages import Place, places_of_requests
from core.store.modified import list_oldest, tally
from core.store.pulls import last_pull
from core.store.push_tables import PushItemRow, PushJobRow, PushRequestRow, RequestItemRow
from core.store.pushes import HOLDING, list_items
from core.store.statements import StatementFilter, authors
from core.usecases.approvals.cases import approval_case
from core.usecases.people.actors import person_views
from core.usecases.requests.drafts import MAX_STATEMENTS_PER_REQUEST
from core.usecases.requests.drawings import shows_titles_only
from core.usecases.selections.choosing import unfinished_selection
from core.usecases.statements.modified import get_status, statement_lines
from core.wiring import Core

SHOWN = 10
_PULL_TAKES = dt.timedelta(minutes=5)
_LOOKED_AT = 50
_ENDED = tuple(state.value for state in RequestState if state not in OPEN_STATES and state is not RequestState.DRAFT)
_SUCCESSES = tuple(outcome.value for outcome in Outcome if is_success(outcome))


async def home_view(core: Core, actor: Actor) -> HomeView:
    """Everything on the person's Home tab, as it is now."""
    mine = StatementFilter(owner_id=actor.id)
    async with core.db.reading() as tx:
        waiting = await _requests(tx, [RequestState.WAITING.value], _LOOKED_AT)
        settling = await _requests(tx, [RequestState.SETTLING.value], _LOOKED_AT)
        running = await _requests(tx, [RequestState.PUSHING.value], SHOWN)
        recent = await _requests(tx, _ENDED, SHOWN)
        to_approve = [request for request in waiting if await _waits_for(core, tx, request, actor)]
        to_settle = [request for request in settling if await _may_settle(tx, request, actor)]
        counts = await tally(tx, mine)
        lines = await statement_lines(tx, await list_oldest(tx, mine, SHOWN))
        approving, settling_now = await glances(tx, to_approve), await glances(tx, to_settle)
        running_now, ended = await glances(tx, running), await glances(tx, recent)
    status = await get_status(core)
    checked_at, is_in_reach = _reach(core, status.last_pull_at)
    return HomeView(
        to_approve=approving,
        to_settle=settling_now,
        mine=tuple(lines),
        mine_total=counts.total,
        mine_conflicts=counts.conflicts,
        running=running_now,
        recent=ended,
        earlier=await unfinished_selection(core, actor),
        status=status,
        roles=tuple(role.value for role in Role if actor.has_role(role)),
        checked_at=checked_at,
        is_in_reach=is_in_reach,
    )


async def home_mark(core: Core) -> HomeMark:
    """What changes when a Home tab may have changed, whichever process changed it: every act has its audit event."""
    async with core.db.reading() as tx:
        events, _ = await audit.head(tx)
        last = await last_pull(tx)
    _, is_in_reach = _reach(core, last.ended_at if last is not None else None)
    return HomeMark(events, is_in_reach)


def _reach(core: Core, last_pull_at: dt.datetime | None) -> tuple[dt.datetime | None, bool]:
    """The minute in which ServiceNow last answered, and whether that is no longer ago than two pulls.

    The last pull is known to all processes, this one's own last answer to it alone.
    """
    answers = [at for at in (last_pull_at, core.servicenow.pacing.last_seen_at) if at is not None]
    if not answers:
        return None, False
    late = 2 * dt.timedelta(minutes=core.settings.pull_every_minutes) + _PULL_TAKES
    at = max(answers)
    return at.replace(second=0, microsecond=0), core.clock.now() - at <= late


def team_policy(core: Core) -> TeamPolicy:
    """The rules in force, without any secret."""
    settings = core.settings
    return TeamPolicy(
        host=core.servicenow.host,
        channel=settings.slack_channel or "",
        approvals_required=settings.approvals_required,
        expires_hours=settings.approval_expires_hours,
        in_chat=settings.approval_in_chat,
        largest_request=MAX_STATEMENTS_PER_REQUEST,
        requests_per_hour=settings.push_requests_per_hour,
        digest_hour=settings.digest_hour,
        digest_days=settings.digest_days,
        is_read_only=settings.read_only,
        roles=tuple((_scope_of(entry), ", ".join(entry.people)) for entry in settings.role_grants if entry.people),
        titles_only=shows_titles_only(core, settings.slack_channel or ""),
    )


def _scope_of(entry: RoleGrant) -> str:
    """The role, and where it holds when that is not everywhere."""
    return entry.role.value if entry.systems == ("*",) else f"{entry.role.value} for {', '.join(entry.systems)}"


async def glances(tx: AsyncSession, requests: Sequence[PushRequestRow]) -> tuple[RequestGlance, ...]:
    """The requests on one line each."""
    ids = [request.id for request in requests]
    people = await person_views(tx, (request.requested_by for request in requests))
    places = await places_of_requests(tx, ids)
    live, pushed = await _live(tx, ids), await _pushed(tx, ids)
    outcomes = await _outcomes(tx, [request.id for request in requests if request.state == RequestState.FAILED])
    found = []
    for request in requests:
        place = places.get(request.id, Place("", ""))
        found.append(
            RequestGlance(
                id=request.id,
                number=request.number or 0,
                state=RequestState(request.state),
                state_words=state_words(RequestState(request.state), outcomes.get(request.id, ())),
                requester=people.get(request.requested_by),
                statements=live.get(request.id, 0),
                pushed=pushed.get(request.id, 0),
                at=request.ended_at or request.created_at,
                channel=place.channel,
                ts=place.ts,
            )
        )
    return tuple(found)


async def _requests(tx: AsyncSession, states: Collection[str], limit: int) -> list[PushRequestRow]:
    query = select(PushRequestRow).where(col(PushRequestRow.state).in_(states), col(PushRequestRow.number).is_not(None))
    return list((await tx.exec(query.order_by(col(PushRequestRow.number).desc()).limit(limit))).all())


async def _waits_for(core: Core, tx: AsyncSession, request: PushRequestRow, actor: Actor) -> bool:
    """Whether an approval of this person would be taken now, by the same gates as the click."""
    case = await approval_case(core, tx, request)
    try:
        check_may_decide(case, actor, DecisionKind.APPROVE, shown_digest=case.content_digest, now=core.clock.now())
    except Refused:
        return False
    return True


async def _may_settle(tx: AsyncSession, request: PushRequestRow, actor: Actor) -> bool:
    """Whether the conflicts wait for this person: the one who asked, and everybody who wrote one of the texts."""
    if request.requested_by == actor.id:
        return True
    items = await list_items(tx, request.id)
    open_ones = [item.statement_id for item in items if item.readiness == Readiness.CONFLICT.value]
    return any(actor.id in people for people in (await authors(tx, open_ones)).values())


async def _live(tx: AsyncSession, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    query = (
        select(RequestItemRow.request_id, func.count())
        .where(col(RequestItemRow.request_id).in_(ids), col(RequestItemRow.readiness).in_(HOLDING))
        .group_by(col(RequestItemRow.request_id))
    )
    return dict((await tx.exec(query)).all())


async def _pushed(tx: AsyncSession, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    query = (
        select(PushJobRow.request_id, func.count(func.distinct(PushItemRow.statement_id)))
        .join(PushItemRow, col(PushItemRow.job_id) == col(PushJobRow.id))
        .where(col(PushJobRow.request_id).in_(ids), col(PushItemRow.outcome).in_(_SUCCESSES))
        .group_by(col(PushJobRow.request_id))
    )
    return dict((await tx.exec(query)).all())


async def _outcomes(tx: AsyncSession, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Outcome]]:
    """How the statements of these requests ended, each the last time it was tried."""
    query = (
        select(PushJobRow.request_id, PushItemRow.statement_id, PushItemRow.outcome)
        .join(PushItemRow, col(PushItemRow.job_id) == col(PushJobRow.id))
        .where(col(PushJobRow.request_id).in_(ids))
        .order_by(col(PushJobRow.created_at))
    )
    newest: dict[uuid.UUID, dict[uuid.UUID, Outcome]] = {}
    for request_id, statement_id, outcome in (await tx.exec(query)).all():
        if outcome is not None:
            newest.setdefault(request_id, {})[statement_id] = Outcome(outcome)
    return {request_id: list(each.values()) for request_id, each in newest.items()}

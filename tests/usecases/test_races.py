"""Two people act at the same moment, each in a process of their own, on PostgreSQL: one of them is told, and nothing is lost."""

import asyncio
import uuid

import pytest

from core.domain.conflict import Choice
from core.domain.push import RequestState
from core.errors import AlreadyResolved, StaleCard
from core.store.conflicts import find_open
from core.usecases.approvals.deciding import approve_push, decline_push
from core.usecases.conflicts.settling import SeenConflict, resolve_conflict
from core.usecases.requests.asking import cancel_push
from core.usecases.requests.cards import request_card
from core.usecases.requests.drafts import check_statements
from core.usecases.statements.editing import save_typed
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS, ServiceNow
from tests.cast import Cast, a_request, make_local_edits
from tests.usecases.forms import opened, typed_over

pytestmark = pytest.mark.postgres


@pytest.fixture
def database_url(postgres_url: str) -> str:
    """SQLite has one writer at a time by itself."""
    return postgres_url


async def test_of_two_who_save_the_same_statement_the_second_is_shown_the_first(core: Core, cast: Cast) -> None:
    form = await opened(core, cast.editor, "Payroll Cloud/AC-3")

    outcomes = await asyncio.gather(
        save_typed(core, cast.editor, typed_over(form, "The editor's text."), source="test"),
        save_typed(core, cast.requester, typed_over(form, "The requester's text."), source="test"),
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["MovedEdit", "SavedEdit"]


async def test_a_push_that_is_called_off_while_it_is_approved_is_one_or_the_other(
    core: Core, cast: Cast, sample: Sample
) -> None:
    card = await a_request(core, cast, sample)

    await asyncio.gather(
        approve_push(core, cast.approver, card.id, shown_digest=card.content_digest),
        cancel_push(core, cast.requester, card.id),
        return_exceptions=True,
    )

    after = await request_card(core, card.id)
    is_released = all(job.released_at is not None for job in after.jobs)
    assert after.state is (RequestState.PUSHING if is_released else RequestState.CANCELLED)
    assert is_released == all(job.is_stopping for job in after.jobs)


async def test_of_an_approval_and_a_decline_at_once_one_is_refused(core: Core, cast: Cast, sample: Sample) -> None:
    card = await a_request(core, cast, sample)
    digest = card.content_digest

    outcomes = await asyncio.gather(
        approve_push(core, cast.approver, card.id, shown_digest=digest),
        decline_push(core, cast.second, card.id, shown_digest=digest, comment="Not yet."),
        return_exceptions=True,
    )

    assert sum(isinstance(outcome, StaleCard) for outcome in outcomes) == 1
    after = await request_card(core, card.id)
    assert len(after.decisions) == 1
    assert after.state is (RequestState.PUSHING if after.is_approved else RequestState.DECLINED)


async def test_of_two_choices_for_one_conflict_the_second_is_told_of_the_first(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    [statement_id] = await make_local_edits(core, cast.editor, sample, 1)
    servicenow.edit(STATEMENTS, sample.local_edits[0].sys_id, STATEMENT_FIELD, "<p>Theirs.</p>", by="jane.roe")
    await check_statements(core, cast.requester, [statement_id])
    seen = await seen_conflict(core, statement_id)

    outcomes = await asyncio.gather(
        resolve_conflict(core, cast.editor, seen, Choice.KEEP_LOCAL),
        resolve_conflict(core, cast.requester, seen, Choice.KEEP_REMOTE),
        return_exceptions=True,
    )

    assert sum(isinstance(outcome, AlreadyResolved) for outcome in outcomes) == 1


async def seen_conflict(core: Core, statement_id: uuid.UUID) -> SeenConflict:
    """The statement's open conflict as it is shown now."""
    async with core.db.reading() as tx:
        conflict = await find_open(tx, statement_id)
    assert conflict is not None
    return SeenConflict(conflict.id, conflict.revision)

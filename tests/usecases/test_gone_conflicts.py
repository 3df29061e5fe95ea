"""A conflict that is over without a choice, because the record cannot be written any more, holds nobody up."""

import pytest

from bot.views.conflicts.conflict import conflict_message, shown_under
from core.domain.audit import AuditKind
from core.domain.conflict import Choice
from core.domain.push import Readiness, RequestState
from core.errors import StaleCard
from core.models.requests import ConflictCard, RequestCard
from core.store.audit import list_for
from core.store.conflicts import find_open
from core.usecases.conflicts.settling import SeenConflict, resolve_conflict
from core.usecases.pulling.pull import pull
from core.usecases.requests.asking import request_push
from core.usecases.requests.cards import request_card
from core.usecases.requests.drafts import check_statements, prepare_push
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS, ServiceNow
from tests.cast import Cast, make_local_edits


async def ask_with_one_open(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> tuple[RequestCard, ConflictCard]:
    """A request all of whose conflicts but one are settled, and that one."""
    ids = await make_local_edits(core, cast.editor, sample)
    sample.apply_remote_edits(servicenow)
    draft = await prepare_push(core, cast.requester, ids)
    request = await request_push(core, cast.requester, draft.request_id)
    one, *others = request.open_conflicts
    for other in others:
        await resolve_conflict(core, cast.requester, SeenConflict(other.id, other.revision), Choice.KEEP_LOCAL)
    return request, one


@pytest.mark.parametrize(("fate", "why"), [("deleted", "no longer exists"), ("an image", "cannot carry")])
async def test_it_is_refused_and_the_rest_of_the_request_goes_on(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow, fate: str, why: str
) -> None:
    request, gone = await ask_with_one_open(core, cast, sample, servicenow)
    if fate == "deleted":
        servicenow.delete(STATEMENTS, gone.sn_sys_id)
    else:
        servicenow.edit(STATEMENTS, gone.sn_sys_id, STATEMENT_FIELD, '<p>See <img src="/a.png"></p>', by="jane.roe")

    await check_statements(core, cast.requester, [gone.statement_id])

    card = await request_card(core, request.id)
    line = next(line for line in card.lines if line.statement_id == gone.statement_id)
    assert (card.state, line.readiness) == (RequestState.WAITING, Readiness.REFUSED)
    assert line.conflict is not None
    told = conflict_message(line.conflict, "https://example.com", shown_under(card, line.conflict)).text
    assert why in line.reason
    assert why in told
    with pytest.raises(StaleCard, match="over without a choice"):
        await resolve_conflict(core, cast.requester, SeenConflict(gone.id, gone.revision), Choice.KEEP_LOCAL)


async def test_a_pull_that_misses_the_record_closes_its_conflict_as_a_check_does_and_it_is_told_once(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    request, gone = await ask_with_one_open(core, cast, sample, servicenow)
    servicenow.delete(STATEMENTS, gone.sn_sys_id)

    report = await pull(core, is_full=True)
    card = await request_card(core, request.id)
    await check_statements(core, cast.requester, [gone.statement_id])

    line = next(line for line in card.lines if line.statement_id == gone.statement_id)
    assert report.missing == 1
    assert (card.state, line.readiness) == (RequestState.WAITING, Readiness.REFUSED)
    assert "no longer exists" in line.reason
    async with core.db.reading() as tx:
        assert await find_open(tx, gone.statement_id) is None
        kinds = [event.kind for event in await list_for(tx, "statement", str(gone.statement_id))]
    assert kinds.count(AuditKind.STATEMENT_MISSING) == 1

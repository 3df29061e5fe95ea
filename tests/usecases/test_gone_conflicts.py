"""A conflict that is over without a choice, because the record cannot be written any more, holds nobody up."""

import pytest

from bot.views.conflicts.conflict import conflict_message, shown_under
from core.domain.conflict import Choice
from core.domain.push import Readiness, RequestState
from core.errors import StaleCard
from core.usecases.conflicts.settling import SeenConflict, resolve_conflict
from core.usecases.requests.asking import request_push
from core.usecases.requests.cards import request_card
from core.usecases.requests.drafts import check_statements, prepare_push
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS, ServiceNow
from tests.cast import Cast, make_local_edits


@pytest.mark.parametrize(("fate", "why"), [("deleted", "no longer exists"), ("an image", "cannot carry")])
async def test_it_is_refused_and_the_rest_of_the_request_goes_on(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow, fate: str, why: str
) -> None:
    ids = await make_local_edits(core, cast.editor, sample)
    sample.apply_remote_edits(servicenow)
    draft = await prepare_push(core, cast.requester, ids)
    request = await request_push(core, cast.requester, draft.request_id)
    gone, *others = request.open_conflicts
    for other in others:
        await resolve_conflict(core, cast.requester, SeenConflict(other.id, other.revision), Choice.KEEP_LOCAL)
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

"""What somebody left out of a push request stays out, whatever becomes of its conflict elsewhere."""

import pytest

from core.domain.conflict import Choice
from core.domain.push import Readiness, RequestState
from core.models.requests import ConflictCard, RequestCard
from core.usecases.approvals.deciding import approve_push
from core.usecases.conflicts.settling import SeenConflict, resolve_conflict, undo_resolution
from core.usecases.conflicts.settling_many import put_back
from core.usecases.requests.asking import leave_out, request_push
from core.usecases.requests.cards import conflict_card, request_card
from core.usecases.requests.drafts import prepare_push
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import ServiceNow
from tests.cast import Cast, make_local_edits


async def settle(core: Core, cast: Cast, conflict: ConflictCard, choice: Choice = Choice.KEEP_LOCAL) -> None:
    await resolve_conflict(core, cast.requester, SeenConflict(conflict.id, conflict.revision), choice)


async def ask_without_one(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> tuple[RequestCard, ConflictCard]:
    """A request in which one of several conflicts was left out, and that conflict; the others are open."""
    ids = await make_local_edits(core, cast.editor, sample)
    sample.apply_remote_edits(servicenow)
    preview = await prepare_push(core, cast.requester, ids)
    card = await request_push(core, cast.requester, preview.request_id)
    out = card.open_conflicts[0]
    await leave_out(core, cast.requester, card.id, out.statement_id)
    return await request_card(core, card.id), out


def readiness_of(card: RequestCard, conflict: ConflictCard) -> Readiness:
    return next(line.readiness for line in card.lines if line.statement_id == conflict.statement_id)


@pytest.mark.parametrize("choice", [Choice.KEEP_LOCAL, Choice.KEEP_REMOTE])
async def test_an_approval_still_covers_a_request_after_the_conflict_was_settled_in_another_one(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow, choice: Choice
) -> None:
    card, out = await ask_without_one(core, cast, sample, servicenow)
    for conflict in card.open_conflicts:
        await settle(core, cast, conflict)
    waiting = await request_card(core, card.id)
    preview = await prepare_push(core, cast.requester, [out.statement_id])
    await request_push(core, cast.requester, preview.request_id)

    await settle(core, cast, out, choice)

    after = await request_card(core, card.id)
    assert (after.state, after.content_digest) == (RequestState.WAITING, waiting.content_digest)
    assert readiness_of(after, out) is Readiness.LEFT_OUT
    pushing = await approve_push(core, cast.approver, card.id, shown_digest=after.content_digest)
    assert pushing.state is RequestState.PUSHING
    assert sum(job.total for job in pushing.jobs) == len(sample.local_edits) - 1


async def test_it_does_not_come_back_while_other_conflicts_are_settled(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    card, out = await ask_without_one(core, cast, sample, servicenow)

    await settle(core, cast, out)
    assert readiness_of(await request_card(core, card.id), out) is Readiness.LEFT_OUT
    settled = await conflict_card(core, out.id)
    await undo_resolution(core, cast.requester, SeenConflict(settled.id, settled.revision))

    assert readiness_of(await request_card(core, card.id), out) is Readiness.LEFT_OUT
    await put_back(core, cast.requester, card.id, out.statement_id)
    assert readiness_of(await request_card(core, card.id), out) is Readiness.CONFLICT


async def test_a_preview_of_what_another_request_holds_stays_refused_when_its_conflict_is_settled_there(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    ids = await make_local_edits(core, cast.editor, sample)
    sample.apply_remote_edits(servicenow)
    preview = await prepare_push(core, cast.requester, ids)
    holder = await request_push(core, cast.requester, preview.request_id)
    conflict = holder.open_conflicts[0]
    draft = await prepare_push(core, cast.requester, [conflict.statement_id])

    await settle(core, cast, conflict)

    assert readiness_of(await request_card(core, draft.request_id), conflict) is Readiness.REFUSED
    assert readiness_of(await request_card(core, holder.id), conflict) is Readiness.READY

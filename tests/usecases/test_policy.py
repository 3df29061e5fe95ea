"""Which rules a request follows when the configuration changes while it is previewed or waits."""

from dataclasses import replace

import pytest

from core.domain.origin import SOMEWHERE_IN_SLACK, Origin, Via
from core.domain.push import RequestState
from core.errors import NotAllowed
from core.usecases.approvals.deciding import approve_push
from core.usecases.requests.asking import request_push
from core.usecases.requests.cards import request_card
from core.usecases.requests.drafts import prepare_push
from core.wiring import Core
from sandbox.data import Sample
from tests.cast import Cast, a_request, make_local_edits, with_settings


@pytest.mark.parametrize(("previewed", "asked"), [(0, 2), (2, 0)])
async def test_a_preview_from_before_a_change_never_gets_around_an_approval(
    core: Core, cast: Cast, sample: Sample, previewed: int, asked: int
) -> None:
    ids = await make_local_edits(core, cast.editor, sample, 2)
    draft = await prepare_push(with_settings(core, approvals_required=previewed), cast.requester, ids)

    card = await request_push(with_settings(core, approvals_required=asked), cast.requester, draft.request_id)

    assert (card.state, card.approvals_required) == (RequestState.WAITING, 2)


@pytest.mark.pitfall("M6")
async def test_m6_switching_decisions_in_chat_off_holds_for_requests_that_wait_already(
    core: Core, cast: Cast, sample: Sample
) -> None:
    card = await a_request(core, cast, sample)
    off = with_settings(core, approval_in_chat=False)
    in_slack = replace(cast.approver, origin=SOMEWHERE_IN_SLACK)

    with pytest.raises(NotAllowed) as refusal:
        await approve_push(off, in_slack, card.id, shown_digest=card.content_digest)

    assert refusal.value.gate == "in_chat"
    assert not (await request_card(off, card.id)).in_chat
    elsewhere = replace(cast.approver, origin=Origin(Via.API))
    outside = await approve_push(off, elsewhere, card.id, shown_digest=card.content_digest)
    assert outside.state is RequestState.PUSHING

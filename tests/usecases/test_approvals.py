import asyncio

import pytest

from core.domain.push import RequestState
from core.engine.durable import Engine
from core.errors import NotAllowed, PushInProgress, StaleCard, TooMuch
from core.models.requests import RequestCard
from core.usecases.approvals.deciding import approve_push, decline_push
from core.usecases.requests.asking import request_push
from core.usecases.requests.cards import request_card
from core.usecases.requests.drafts import prepare_push
from core.usecases.statements.edits import save_edit
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import ServiceNow
from tests.cast import Cast, a_request, make_local_edits, until_ended, with_settings


@pytest.mark.pitfall("M3")
@pytest.mark.parametrize(
    ("who", "gate"),
    [("requester", "requester"), ("editor", "author"), ("admin", "role:approver"), ("stranger", "role:approver")],
)
async def test_who_asked_wrote_or_has_no_role_may_not_approve(
    core: Core, cast: Cast, sample: Sample, who: str, gate: str
) -> None:
    card = await a_request(core, cast, sample, 3)

    with pytest.raises(NotAllowed) as refusal:
        await approve_push(core, getattr(cast, who), card.id, shown_digest=card.content_digest)

    assert refusal.value.gate == gate
    assert refusal.value.next_step
    assert (await request_card(core, card.id)).state is RequestState.WAITING


async def test_a_double_click_approves_once(
    core: Core, cast: Cast, sample: Sample, engine: Engine, servicenow: ServiceNow
) -> None:
    card = await a_request(core, cast, sample, 3)

    outcomes = await asyncio.gather(
        *(approve_push(core, cast.approver, card.id, shown_digest=card.content_digest) for _ in range(3)),
        return_exceptions=True,
    )
    ended = await until_ended(core, card.id)

    assert sum(isinstance(outcome, RequestCard) for outcome in outcomes) == 1
    assert ended.state is RequestState.DONE
    assert len(servicenow.writes()) == 3


@pytest.mark.pitfall("M4")
async def test_with_a_quorum_of_two_one_person_counts_once(core: Core, cast: Cast, sample: Sample) -> None:
    strict = with_settings(core, approvals_required=2)
    card = await a_request(strict, cast, sample, 3)

    await approve_push(strict, cast.approver, card.id, shown_digest=card.content_digest)
    with pytest.raises(NotAllowed):
        await approve_push(strict, cast.approver, card.id, shown_digest=card.content_digest)
    assert (await request_card(core, card.id)).state is RequestState.WAITING

    await approve_push(strict, cast.second, card.id, shown_digest=card.content_digest)
    assert (await request_card(core, card.id)).state is RequestState.PUSHING


@pytest.mark.pitfall("M1")
async def test_an_edit_after_an_approval_voids_it(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    strict = with_settings(core, approvals_required=2)
    card = await a_request(strict, cast, sample, 3)
    await approve_push(strict, cast.approver, card.id, shown_digest=card.content_digest)

    await save_edit(core, cast.editor, card.lines[0].statement_id, "<p>Quite another text.</p>", source="test")

    after = await request_card(core, card.id)
    assert after.state is RequestState.SUPERSEDED
    assert "edited" in after.note
    with pytest.raises(StaleCard):
        await approve_push(strict, cast.second, card.id, shown_digest=card.content_digest)
    assert servicenow.writes() == []


@pytest.mark.pitfall("M1")
async def test_an_approval_of_content_that_is_not_shown_any_more_is_refused(
    core: Core, cast: Cast, sample: Sample
) -> None:
    card = await a_request(core, cast, sample, 3)

    with pytest.raises(StaleCard):
        await approve_push(core, cast.approver, card.id, shown_digest="0" * 64)


async def test_a_decline_needs_a_reason_and_ends_the_request(core: Core, cast: Cast, sample: Sample) -> None:
    card = await a_request(core, cast, sample, 3)

    declined = await decline_push(
        core, cast.approver, card.id, shown_digest=card.content_digest, comment="AC-2 names a wrong team."
    )

    assert declined.state is RequestState.DECLINED
    assert "wrong team" in declined.note


@pytest.mark.pitfall("M11")
async def test_a_statement_is_in_one_open_request_only(core: Core, cast: Cast, sample: Sample) -> None:
    ids = await make_local_edits(core, cast.editor, sample, 3)
    first = await prepare_push(core, cast.requester, ids)
    second = await prepare_push(core, cast.requester, ids)
    await request_push(core, cast.requester, first.request_id)

    with pytest.raises(PushInProgress):
        await request_push(core, cast.requester, second.request_id)


async def test_requests_are_limited_by_the_hour(core: Core, cast: Cast, sample: Sample) -> None:
    ids = await make_local_edits(core, cast.editor, sample, 3)
    limited = with_settings(core, push_requests_per_hour=1)
    first = await prepare_push(core, cast.requester, ids[:1])
    second = await prepare_push(core, cast.requester, ids[1:])
    await request_push(limited, cast.requester, first.request_id)

    with pytest.raises(TooMuch):
        await request_push(limited, cast.requester, second.request_id)

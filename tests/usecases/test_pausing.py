import asyncio
from collections import Counter
from collections.abc import Callable

import pytest

from core.domain.audit import AuditKind
from core.domain.outcome import Outcome
from core.domain.push import RequestState
from core.engine.durable import Engine
from core.errors import NotAllowed, StaleCard
from core.store import audit
from core.store.statements import StatementFilter
from core.usecases.approvals.deciding import approve_push
from core.usecases.pushing.pausing import pause_writing, resume_writing
from core.usecases.pushing.runner import PushRunner
from core.usecases.requests.asking import cancel_push, request_push
from core.usecases.requests.cards import push_preview, request_card
from core.usecases.requests.drafts import prepare_push
from core.usecases.selections.choosing import start_selection
from core.usecases.statements.modified import get_status
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import STATEMENTS, Moment, ServiceNow
from tests.cast import Cast, an_approved_request, make_local_edits, until_ended, with_settings


async def test_while_writing_is_paused_an_approved_push_waits_and_then_goes_on(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow, engine: Engine
) -> None:
    ids = await make_local_edits(core, cast.editor, sample, 3)
    draft = await prepare_push(core, cast.requester, ids)
    card = await request_push(core, cast.requester, draft.request_id)
    await pause_writing(core, cast.admin, reason="Audit week")

    approved = await approve_push(core, cast.approver, card.id, shown_digest=card.content_digest)

    assert approved.state is RequestState.PUSHING
    assert approved.is_paused
    await asyncio.sleep(0.3)
    assert servicenow.writes() == []

    await resume_writing(core, cast.admin)
    ended = await until_ended(core, card.id)
    assert ended.state is RequestState.DONE
    assert len(servicenow.writes()) == 3


@pytest.mark.parametrize("is_stopped", [False, True])
async def test_a_pause_or_a_stop_in_mid_push_lets_only_what_was_sent_finish(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow, engine: Engine, is_stopped: bool
) -> None:
    may_go_on = asyncio.Event()

    async def hold(_moment: Moment) -> None:
        if servicenow.writes():
            await may_go_on.wait()

    servicenow.on("before_write", hold, table=STATEMENTS, times=None)
    card = await an_approved_request(core, cast, sample, 12)
    await until(lambda: servicenow.traffic.open_writes == 5)
    runner = engine._runner
    assert isinstance(runner, PushRunner)
    await until(lambda: runner._claimed.qsize() == 6)

    if is_stopped:
        await cancel_push(core, cast.requester, card.id)
    else:
        await pause_writing(core, cast.admin)
    await until(lambda: runner._held_jobs)
    may_go_on.set()
    await until(lambda: runner._claimed.empty() and servicenow.traffic.open_writes == 0)

    if not is_stopped:
        assert len(servicenow.writes()) == 6
        await resume_writing(core, cast.admin)
    ended = await until_ended(core, card.id)
    written = [write.sys_id for write in servicenow.writes()]
    assert len(written) == len(set(written)) == (6 if is_stopped else 12)
    assert Counter(result.outcome for result in ended.results)[Outcome.CANCELLED] == 12 - len(written)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 -- neither the server nor the runner has an event for it
            await asyncio.sleep(0.01)


async def test_a_pause_shows_on_open_cards_and_in_the_audit_trail(core: Core, cast: Cast, sample: Sample) -> None:
    ids = await make_local_edits(core, cast.editor, sample, 1)
    draft = await prepare_push(core, cast.requester, ids)
    card = await request_push(core, cast.requester, draft.request_id)

    await pause_writing(core, cast.admin, reason="Audit week")

    after = await request_card(core, card.id)
    assert after.is_paused
    assert after.version > card.version
    assert (await get_status(core)).is_paused
    await resume_writing(core, cast.admin)
    async with core.db.reading() as tx:
        events = await audit.list_for(tx, "switch", "pause")
    assert [event.kind for event in events] == ["writing:paused", "writing:resumed"]
    assert "Audit week" in events[0].details
    assert {event.actor_email for event in events} == {"admin@example.com"}


async def test_a_read_only_deployment_is_told_apart_from_a_pause(core: Core, cast: Cast, sample: Sample) -> None:
    ids = await make_local_edits(core, cast.editor, sample, 1)
    draft = await prepare_push(core, cast.requester, ids)
    card = await request_push(core, cast.requester, draft.request_id)
    reading = with_settings(core, read_only=True)

    seen = [
        await request_card(reading, card.id),
        await push_preview(reading, card.id),
        await get_status(reading),
        await start_selection(reading, cast.requester, StatementFilter()),
    ]

    assert [(each.is_paused, each.is_read_only) for each in seen] == [(True, True)] * 4
    await pause_writing(core, cast.admin)
    assert not (await request_card(core, card.id)).is_read_only


@pytest.mark.parametrize("who", ["editor", "requester", "approver", "stranger"])
async def test_only_an_admin_may_pause_or_resume(core: Core, cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        await pause_writing(core, getattr(cast, who))
    await pause_writing(core, cast.admin)
    with pytest.raises(NotAllowed):
        await resume_writing(core, getattr(cast, who))

    assert (await get_status(core)).is_paused


async def test_pausing_twice_says_so(core: Core, cast: Cast) -> None:
    with pytest.raises(StaleCard):
        await resume_writing(core, cast.admin)
    await pause_writing(core, cast.admin)

    with pytest.raises(StaleCard, match="already"):
        await pause_writing(core, cast.admin)


async def test_a_push_that_waits_for_the_end_of_a_pause_can_be_called_off(
    core: Core, cast: Cast, sample: Sample, engine: Engine, servicenow: ServiceNow
) -> None:
    await pause_writing(core, cast.admin)
    card = await an_approved_request(core, cast, sample, 2)

    await cancel_push(core, cast.requester, card.id)

    ended = await until_ended(core, card.id, seconds=8)
    assert ended.state is RequestState.CANCELLED
    assert servicenow.writes() == []


async def test_a_push_that_is_stopping_already_is_not_called_off_a_second_time(
    core: Core, cast: Cast, sample: Sample
) -> None:
    card = await an_approved_request(core, cast, sample, 2)
    await cancel_push(core, cast.requester, card.id)

    with pytest.raises(StaleCard, match="stopping already"):
        await cancel_push(core, cast.admin, card.id)

    async with core.db.reading() as tx:
        events = await audit.list_for(tx, "push_request", str(card.id))
    assert [event.kind for event in events].count(AuditKind.PUSH_CANCELLED) == 1

"""Undoing a finished push: the earlier texts come back by the usual way, and nobody's later text is lost."""

import pytest

from core.domain.push import Readiness, RequestState
from core.engine.durable import Engine
from core.errors import NotAllowed, NothingToPush, StaleCard
from core.models.requests import RequestCard
from core.usecases.approvals.deciding import approve_push
from core.usecases.pulling.pull import pull
from core.usecases.requests.asking import request_push
from core.usecases.requests.cards import request_card
from core.usecases.requests.drafts import prepare_push
from core.usecases.requests.undo import undo_push
from core.usecases.statements.edits import get_statement, save_edit
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import STATEMENTS, ServiceNow
from tests.cast import Cast, make_local_edits, until_ended

FIELD = "u_implementation_statement"


async def a_push(core: Core, cast: Cast, sample: Sample, count: int = 2) -> RequestCard:
    ids = await make_local_edits(core, cast.editor, sample, count)
    preview = await prepare_push(core, cast.requester, ids)
    card = await request_push(core, cast.requester, preview.request_id)
    await approve_push(core, cast.approver, card.id, shown_digest=card.content_digest)
    return await until_ended(core, card.id)


def texts(servicenow: ServiceNow, card: RequestCard) -> list[str]:
    return [servicenow.get(STATEMENTS, line.sn_sys_id)[FIELD] for line in card.lines]


async def test_the_earlier_texts_go_back_by_a_request_that_somebody_else_approves(
    core: Core, cast: Cast, sample: Sample, engine: Engine, servicenow: ServiceNow
) -> None:
    before = {edit.sys_id: servicenow.get(STATEMENTS, edit.sys_id)[FIELD] for edit in sample.local_edits[:2]}
    done = await a_push(core, cast, sample)
    assert done.state is RequestState.DONE

    undone = await undo_push(core, cast.requester, done.id)
    assert set(undone.statement_ids) == {line.statement_id for line in done.lines}
    preview = await prepare_push(core, cast.requester, undone.statement_ids)
    again = await request_push(core, cast.requester, preview.request_id)
    with pytest.raises(NotAllowed):
        await approve_push(core, cast.requester, again.id, shown_digest=again.content_digest)
    await approve_push(core, cast.approver, again.id, shown_digest=again.content_digest)
    ended = await until_ended(core, again.id)

    assert ended.state is RequestState.DONE
    assert {line.sn_sys_id: text for line, text in zip(done.lines, texts(servicenow, done), strict=True)} == before
    with pytest.raises(NothingToPush):
        await undo_push(core, cast.requester, done.id)


async def test_what_somebody_changed_after_the_push_is_a_conflict_even_when_it_was_pulled_already(
    core: Core, cast: Cast, sample: Sample, engine: Engine, servicenow: ServiceNow
) -> None:
    done = await a_push(core, cast, sample)
    sys_id = done.lines[0].sn_sys_id
    servicenow.edit(STATEMENTS, sys_id, FIELD, "<p>Written by somebody after the push.</p>", by="jane.doe")
    await pull(core)

    undone = await undo_push(core, cast.requester, done.id)
    preview = await prepare_push(core, cast.requester, undone.statement_ids)

    standing = {line.sn_sys_id: line.readiness for line in preview.lines}
    assert standing.pop(sys_id) is Readiness.CONFLICT
    assert set(standing.values()) == {Readiness.READY}
    assert "after the push" in servicenow.get(STATEMENTS, sys_id)[FIELD]


async def test_a_local_edit_made_since_is_left_alone_and_named(
    core: Core, cast: Cast, sample: Sample, engine: Engine
) -> None:
    done = await a_push(core, cast, sample)
    line = done.lines[0]
    await save_edit(core, cast.editor, line.statement_id, "<p>A newer edit.</p>", source="test")

    undone = await undo_push(core, cast.requester, done.id)

    assert undone.left_alone == ((line.label, "it has an edit that is not pushed"),)
    assert (await get_statement(core, line.sn_sys_id)).local == "<p>A newer edit.</p>"


async def test_an_undo_whose_preview_was_closed_says_where_the_texts_wait(
    core: Core, cast: Cast, sample: Sample, engine: Engine
) -> None:
    done = await a_push(core, cast, sample)
    await undo_push(core, cast.requester, done.id)

    with pytest.raises(NothingToPush) as refused:
        await undo_push(core, cast.requester, done.id)

    assert "#1 are local edits already" in refused.value.message
    assert refused.value.next_step.startswith("/grcpush lists them")
    await save_edit(core, cast.editor, done.lines[0].statement_id, "<p>A newer edit.</p>", source="test")
    with pytest.raises(NothingToPush, match="its earlier text is a local edit already"):
        await undo_push(core, cast.requester, done.id)


async def test_only_who_may_edit_and_request_undoes_and_only_what_is_over(
    core: Core, cast: Cast, sample: Sample, engine: Engine
) -> None:
    done = await a_push(core, cast, sample)
    for who in (cast.editor, cast.approver, cast.stranger):
        with pytest.raises(NotAllowed):
            await undo_push(core, who, done.id)
    ids = await make_local_edits(core, cast.editor, sample, 3)
    preview = await prepare_push(core, cast.requester, ids)
    waiting = await request_push(core, cast.requester, preview.request_id)

    with pytest.raises(StaleCard):
        await undo_push(core, cast.requester, waiting.id)
    assert (await request_card(core, waiting.id)).state is RequestState.WAITING

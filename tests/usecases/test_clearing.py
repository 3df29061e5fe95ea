"""A text is never cleared by accident: somebody has to say that it should be."""

import pytest

from core.domain.conflict import Choice
from core.domain.outcome import Outcome
from core.engine.durable import Engine
from core.errors import EmptyText
from core.usecases.approvals.deciding import approve_push
from core.usecases.conflicts.settling import SeenConflict, resolve_conflict
from core.usecases.requests.asking import request_push
from core.usecases.requests.drafts import prepare_push
from core.usecases.statements.edits import get_statement, save_edit
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS, ServiceNow
from tests.cast import Cast, make_local_edits, until_ended


@pytest.mark.parametrize("nothing", ["", "  \n", "<p></p>", "<p>&nbsp;</p><br>", "<script>x</script>"])
async def test_an_empty_text_over_one_that_says_something_is_refused(
    core: Core, cast: Cast, sample: Sample, nothing: str
) -> None:
    statement = await get_statement(core, sample.local_edits[0].sys_id)

    with pytest.raises(EmptyText) as refusal:
        await save_edit(core, cast.editor, statement.id, nothing, source="test")

    assert "--allow-empty" in refusal.value.next_step
    assert (await get_statement(core, statement.sn_sys_id)).local is None


async def test_a_statement_that_is_empty_may_stay_so(core: Core, cast: Cast, sample: Sample) -> None:
    empty = next(statement for statement in sample.statements if not statement.html)
    statement = await get_statement(core, empty.sys_id)

    saved = await save_edit(core, cast.editor, statement.id, "<p> </p>", source="test")

    assert saved.local is None


async def test_a_merge_that_says_nothing_is_refused(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow
) -> None:
    ids = await make_local_edits(core, cast.editor, sample)
    sample.apply_remote_edits(servicenow)
    preview = await prepare_push(core, cast.requester, ids)
    conflict = next(line.conflict for line in preview.lines if line.conflict is not None)
    seen = SeenConflict(conflict.id, conflict.revision)

    with pytest.raises(EmptyText):
        await resolve_conflict(core, cast.requester, seen, Choice.MERGED, merged_text="<p></p>")

    settled = await resolve_conflict(core, cast.requester, seen, Choice.MERGED, merged_text="<p></p>", allow_empty=True)
    assert not settled.is_open


async def test_a_text_cleared_on_purpose_is_cleared_in_servicenow(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow, engine: Engine
) -> None:
    sys_id = sample.local_edits[0].sys_id
    statement = await get_statement(core, sys_id)
    await save_edit(core, cast.editor, statement.id, "", source="test", allow_empty=True)
    preview = await prepare_push(core, cast.requester, [statement.id])
    card = await request_push(core, cast.requester, preview.request_id)

    await approve_push(core, cast.approver, card.id, shown_digest=card.content_digest)
    ended = await until_ended(core, card.id)

    assert [result.outcome for result in ended.results] == [Outcome.PUSHED]
    assert servicenow.get(STATEMENTS, sys_id)[STATEMENT_FIELD] == ""

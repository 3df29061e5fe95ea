from core.domain.push import Readiness, RequestState
from core.engine.durable import Engine
from core.text.content import TextKind, clean
from core.usecases.approvals.deciding import approve_push
from core.usecases.audit.verifying import verify_audit
from core.usecases.requests.asking import request_push
from core.usecases.requests.drafts import prepare_push
from core.wiring import Core
from sandbox.data import Sample
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS, ServiceNow
from tests.cast import Cast, make_local_edits, until_ended


async def test_an_approved_push_writes_exactly_the_approved_texts(
    core: Core, cast: Cast, sample: Sample, servicenow: ServiceNow, engine: Engine
) -> None:
    ids = await make_local_edits(core, cast.editor, sample, 6)
    preview = await prepare_push(core, cast.requester, ids)
    card = await request_push(core, cast.requester, preview.request_id)
    assert card.state is RequestState.WAITING
    assert servicenow.writes() == []

    await approve_push(core, cast.approver, card.id, shown_digest=card.content_digest)
    ended = await until_ended(core, card.id)

    assert ended.state is RequestState.DONE, [(r.label, r.outcome, r.detail) for r in ended.results]
    assert len(servicenow.writes()) == len(preview.having(Readiness.READY)) == 6
    for edit in sample.local_edits[:6]:
        assert servicenow.get(STATEMENTS, edit.sys_id)[STATEMENT_FIELD] == clean(edit.html, TextKind.HTML)
    assert (await verify_audit(core)).fault == ""

"""What the security checklist of a push asks for, line by line: one test for each."""

import json
import uuid
from dataclasses import replace
from typing import Any

import pytest

from core.config import RoleGrant
from core.domain.actor import Actor
from core.domain.audit import AuditKind
from core.domain.outcome import Outcome
from core.domain.push import JobState
from core.errors import NotAllowed, RemoteSignInFailed, TooMuch
from core.store.audit_search import AuditFilter
from core.store.push_tables import PushJobRow
from core.usecases.audit.searching import latest_audit
from core.usecases.audit.verifying import verify_audit
from core.usecases.people.actors import configured_grants
from core.usecases.requests.asking import request_push
from core.usecases.requests.cards import request_card
from core.usecases.requests.drafts import prepare_push
from core.usecases.statements.edits import get_statement, save_edit
from sandbox.servicenow import SERVICE_ACCOUNT, STATEMENTS
from tests.cast import until_ended
from tests.faults.conftest import OpenDesk, desk, open_desk
from tests.faults.desk import Desk, original, ours
from tests.standing import Standing
from tests.text.oracle import faults
from tests.text.test_xss import ALL

__all__ = ["desk", "open_desk"]

NOWHERE = "6b2a0a8c-4d8f-4ab7-8f4e-6a1d3f3f7f10"


def limited_to(desk: Desk, person: Actor, role: str, systems: str) -> Actor:
    """The person with one role, for systems of this name, as the configuration gives it."""
    grant = RoleGrant(role=role, people=(person.email or "",), systems=(systems,))
    core = replace(desk.core, settings=desk.core.settings.model_copy(update={"roles": (grant,)}))
    return replace(person, grants=configured_grants(core, {person.email or ""}))


async def test_verify_user_has_write_access_to_statements_being_pushed(desk: Desk) -> None:
    (statement_id, *_) = await desk.edit(desk.ids)
    core, cast = desk.core, desk.cast
    elsewhere = limited_to(desk, cast.requester, "requester", "Citizen*")
    here = limited_to(desk, cast.requester, "requester", "Pay*")
    editor = limited_to(desk, cast.editor, "editor", "Citizen*")

    with pytest.raises(NotAllowed, match=r"requester.*for Payroll"):
        await prepare_push(core, elsewhere, [statement_id])
    with pytest.raises(NotAllowed, match=r"editor.*for Payroll"):
        await save_edit(core, editor, statement_id, "<p>Not mine to write.</p>", source="test")
    assert (await prepare_push(core, here, [statement_id])).lines


async def test_verify_the_service_account_has_write_access_before_many_are_written(open_desk: OpenDesk) -> None:
    desk = await open_desk(count=8)
    card = await desk.approved()
    desk.servicenow.faults.on(39, method="PATCH,PUT,POST")

    await desk.run()

    ended = await request_card(desk.core, card.id)
    assert desk.servicenow.writes() == []
    assert sum(desk.sends(sys_id) for sys_id in desk.ids) == 1, "one refusal is enough"
    assert [result.outcome for result in ended.results].count(Outcome.NOT_REACHED) == 7
    assert [job.state for job in ended.jobs] == [JobState.FAILED]


def test_validate_statement_ids_are_uuids(standing: Standing) -> None:
    wrong = ["1", "not-a-uuid", f"{NOWHERE}' OR '1'='1", "../../etc", f"{NOWHERE}0", "", None, 7, {"id": NOWHERE}]
    token = standing.token(standing.stage.cast.admin)
    with standing.client(token) as client:
        for value in wrong:
            for path in ("/push", "/push/check-conflicts"):
                answer = client.post(path, json={"statement_ids": [NOWHERE, value]})
                assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), value
                assert answer.json()["errors"][0]["field"] == "body.statement_ids.1"
        for value in ("1", "not-a-uuid", f"{NOWHERE}'--"):
            assert client.get(f"/statements/{value}").status_code == 422
            assert client.get(f"/push/{value}").status_code == 422
            assert client.post(f"/push/resolve-conflict/{value}", json={"resolution": "keep_local"}).status_code == 422


def test_limit_max_statements_per_push_request(standing: Standing) -> None:
    with standing.client(standing.token(standing.stage.cast.admin)) as client:

        def asked(count: int) -> tuple[int, str]:
            ids = [str(uuid.UUID(int=number)) for number in range(count)]
            answers = [client.post(path, json={"statement_ids": ids}) for path in ("/push", "/push/check-conflicts")]
            assert answers[0].status_code == answers[1].status_code
            return answers[0].status_code, answers[0].json()["code"]

        assert asked(0) == asked(101) == asked(1_000) == (422, "invalid_request")
        assert asked(100) == (404, "not_found")


async def test_rate_limit_push_requests_per_user(desk: Desk) -> None:
    core = replace(desk.core, settings=desk.core.settings.model_copy(update={"push_requests_per_hour": 2}))
    ids = await desk.edit(desk.ids)

    async def ask(person: Actor, statement_id: uuid.UUID) -> None:
        await request_push(core, person, (await prepare_push(core, person, [statement_id])).request_id)

    other = limited_to(desk, desk.cast.second, "requester", "*")
    await ask(desk.cast.requester, ids[0])
    await ask(desk.cast.requester, ids[1])
    with pytest.raises(TooMuch, match="2 pushes within the last hour"):
        await ask(desk.cast.requester, ids[2])
    await ask(other, ids[2])


async def test_log_all_push_operations_for_audit(desk: Desk) -> None:
    card = await desk.approved()
    await desk.run()

    events = await latest_audit(desk.core, desk.cast.admin, AuditFilter(request_id=card.id), limit=100)

    kinds = [event.kind for event in events]
    assert kinds[:4] == ["push:requested", "push:frozen", "push:approved", "push:released"]
    by_whom = {event.kind: event.actor_email for event in events}
    assert by_whom["push:requested"] == "requester@example.com"
    assert by_whom["push:approved"] == "approver@example.com"
    for number, sys_id in enumerate(desk.ids):
        statement = await get_statement(desk.core, sys_id)
        own = [(event.kind, json.loads(event.details)) for event in events if event.entity_id == str(statement.id)]
        attempted = next(details for kind, details in own if kind == AuditKind.PUSH_ITEM_ATTEMPTED)
        ended = next(details for kind, details in own if kind == AuditKind.PUSH_ITEM_ENDED)
        assert (attempted["remote_before"], attempted["sn_sys_id"]) == (original(number), sys_id)
        assert (ended["content_pushed"], ended["outcome"]) == (ours(number), "pushed")
        assert "previous_status" in attempted | ended
    assert (await verify_audit(desk.core)).fault == ""


def test_sanitize_content_before_push(standing: Standing) -> None:
    """Hostile texts go the whole way over the API; what is approved is what is sent, and it is harmless."""
    stage, hostile = standing.stage, ALL[::12]
    with standing.client(standing.token(stage.cast.editor)) as editor:
        listed = editor.get("/statements", params={"limit": len(hostile)}).json()["statements"]
        saved: dict[str, dict[str, Any]] = {}
        for line, vector in zip(listed, hostile, strict=True):
            text = f"<p>Reviewed by the owner.</p>{vector}"
            answer = editor.put(f"/statements/{line['id']}/local", json={"content": text}, headers={"If-Match": "*"})
            if answer.status_code == 200 and "local_content" in answer.json():
                saved[line["id"]] = line
    with standing.client(standing.token(stage.cast.requester)) as requester:
        asked = requester.post("/push", json={"statement_ids": [*saved]}).json()
    with standing.client(standing.token(stage.cast.approver)) as approver:
        decision = {"decision": "approve", "content_digest": asked["content_digest"]}
        approver.post(f"/push/{asked['job_id']}/approval", json=decision).raise_for_status()
        sheet = approver.get(f"/push/{asked['job_id']}/approval").json()

    async def settled() -> None:
        async with stage.bot.core.db.reading() as tx:
            job = await tx.get_one(PushJobRow, uuid.UUID(asked["job_id"]))
        await until_ended(stage.bot.core, job.request_id)

    standing.do(settled())

    approved = {write["statement_id"]: write["local_content"] for write in sheet["statements"]}
    sent = {
        write.sys_id: write.changes["u_implementation_statement"]
        for write in stage.servicenow.writes(by=SERVICE_ACCOUNT)
    }
    assert len(sent) == len(approved) >= 8
    for statement_id, line in saved.items():
        assert faults(approved[statement_id]) == []
        assert stage.servicenow.get(STATEMENTS, line["sn_sys_id"])["u_implementation_statement"]


async def test_handle_servicenow_auth_token_expiration_gracefully(open_desk: OpenDesk) -> None:
    desk = await open_desk(count=4, auth="oauth_client_credentials")
    card = await desk.approved()
    desk.servicenow.faults.on(34, kind="expire", method="PATCH,PUT,POST", nth=2)

    await desk.run()

    assert {result.outcome for result in (await desk.results(card.id)).values()} == {Outcome.PUSHED}


async def test_verify_connection_is_active_before_allowing_push(desk: Desk) -> None:
    await desk.edit(desk.ids)
    statement = await get_statement(desk.core, desk.ids[0])
    desk.servicenow.users.change(SERVICE_ACCOUNT, active=False)

    with pytest.raises(RemoteSignInFailed):
        await prepare_push(desk.core, desk.cast.requester, [statement.id])

    events = await latest_audit(desk.core, desk.cast.admin, AuditFilter(kind="push:requested"), limit=10)
    assert events == []
    assert desk.servicenow.writes() == []


async def test_a_connection_lost_after_the_approval_ends_the_push_before_anything_is_written(desk: Desk) -> None:
    card = await desk.approved()
    desk.servicenow.users.change(SERVICE_ACCOUNT, active=False)

    await desk.run()

    ended = await request_card(desk.core, card.id)
    assert desk.servicenow.writes() == []
    assert {result.is_success for result in ended.results} == {False}
    assert {result.retryable for result in ended.results} == {True}
    assert ended.jobs[0].failure

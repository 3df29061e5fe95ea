"""What is done with a push over the API after it was asked for: called off, retried, undone."""

import uuid

import httpx

from core.domain.audit import AuditKind
from core.domain.push import JobState
from core.store.audit_search import AuditFilter
from core.usecases.audit.searching import latest_audit
from sandbox.servicenow import STATEMENT_FIELD
from tests.api.conftest import ApiClients
from tests.api.test_push import a_pending_push, until_ended

KEY = {"Idempotency-Key": "once"}


async def approved(api: ApiClients, count: int = 2) -> tuple[httpx.AsyncClient, str]:
    """A push that was approved, and the client of who asked for it."""
    requester, asked = await a_pending_push(api, count)
    approver = await api.of(api.stage.cast.approver)
    decision = {"decision": "approve", "content_digest": asked["content_digest"]}
    assert (await approver.post(f"/push/{asked['job_id']}/approval", json=decision)).status_code == 200
    return requester, str(asked["job_id"])


async def test_a_push_is_called_off_by_who_asked_for_it_and_says_where_that_was_done(api: ApiClients) -> None:
    requester, asked = await a_pending_push(api)
    editor, path = await api.of(api.stage.cast.editor), f"/push/{asked['job_id']}/cancel"

    refused = await editor.post(path)
    done = await requester.post(path, headers=KEY)
    again = await requester.post(path, headers=KEY)
    late = await requester.post(path)

    assert (refused.status_code, refused.json()["gate"]) == (403, "role:requester")
    assert (done.status_code, done.json()["status"], done.json()["request_status"]) == (200, "cancelled", "cancelled")
    assert (again.content, again.headers["idempotency-replayed"]) == (done.content, "true")
    assert (late.status_code, late.json()["code"]) == (409, "stale")
    wanted = AuditFilter(kind=AuditKind.PUSH_CANCELLED.value)
    (event,) = await latest_audit(api.stage.bot.core, api.stage.cast.admin, wanted, limit=5)
    assert (event.actor_via, event.place) == ("api", {"token": "test"})


async def test_what_failed_is_retried_in_a_new_job_and_nothing_else_is_touched(api: ApiClients) -> None:
    servicenow = api.stage.servicenow
    servicenow.faults.on("envelope", kind="write_denied", method="PATCH")
    requester, job_id = await approved(api, 3)
    assert (await until_ended(requester, job_id))["status"] == JobState.FAILED.value
    servicenow.faults.clear()

    retried = await requester.post(f"/push/{job_id}/retry")

    assert retried.status_code == 202
    (new_job,) = retried.json()["job_ids"]
    assert retried.headers["location"] == f"/api/v1/push/{new_job}"
    assert (retried.json()["statements"], retried.json()["number"]) == (3, 1)
    ended = await until_ended(requester, new_job)
    assert (ended["status"], ended["succeeded"]) == ("completed", 3)
    nothing_left = await requester.post(f"/push/{new_job}/retry")
    assert (nothing_left.status_code, nothing_left.json()["code"]) == (409, "stale")
    assert len(api.stage.written()) == 3


async def test_an_undone_push_gives_back_what_to_ask_for_next(api: ApiClients) -> None:
    requester, job_id = await approved(api, 2)
    both = await api.of(api.stage.cast.requester)
    await until_ended(requester, job_id)
    written = api.stage.written()

    alone = await requester.post(f"/push/{job_id}/undo")
    undone = await both.post(f"/push/{job_id}/undo", headers=KEY)
    replayed = await both.post(f"/push/{job_id}/undo", headers=KEY)
    asked = await both.post("/push", json={"statement_ids": undone.json()["statement_ids"]})

    assert (alone.status_code, alone.json()["gate"]) == (403, "role:editor")
    assert undone.status_code == 200, undone.text
    assert len(undone.json()["statement_ids"]) == 2
    assert undone.json()["left_alone"] == []
    assert replayed.content == undone.content
    assert asked.status_code == 202
    sheet = (await both.get(f"/push/{asked.json()['job_id']}/approval")).json()
    for write in sheet["statements"]:
        assert write["remote_content"] in {commit.changes[STATEMENT_FIELD][1] for commit in written}
    assert len(api.stage.written()) == 2, "nothing is sent before it is approved"


async def test_deeds_about_no_push_are_not_found(api: ApiClients) -> None:
    client = await api.of(api.stage.cast.requester)

    for deed in ("cancel", "retry", "undo"):
        answer = await client.post(f"/push/{uuid.uuid4()}/{deed}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")

"""The seed's six endpoints, used as a program would."""

import asyncio
import uuid

import httpx
import pytest

from core.domain.actor import Role
from core.usecases.statements.edits import save_edit
from sandbox.servicenow import SERVICE_ACCOUNT, STATEMENT_FIELD, STATEMENTS
from tests.api.conftest import ApiClients


def named(ids: list[uuid.UUID], **more: object) -> dict[str, object]:
    return {"statement_ids": [str(statement_id) for statement_id in ids], **more}


async def until_ended(client: httpx.AsyncClient, job_id: str) -> dict[str, object]:
    async with asyncio.timeout(60):
        while True:
            status: dict[str, object] = (await client.get(f"/push/{job_id}")).json()
            if status["status"] in ("completed", "failed", "cancelled"):
                return status
            await asyncio.sleep(0.02)


async def a_pending_push(api: ApiClients, count: int = 2) -> tuple[httpx.AsyncClient, dict[str, object]]:
    ids = await api.stage.edit(count)
    requester = await api.of(api.stage.cast.requester, Role.REQUESTER)
    asked = await requester.post("/push", json=named(ids, reason="Quarterly review"))
    assert asked.status_code == 202, asked.text
    return requester, asked.json()


async def test_from_the_list_to_verified_writes(api: ApiClients) -> None:
    ids = await api.stage.edit()
    api.stage.sample.apply_remote_edits(api.stage.servicenow)
    requester = await api.of(api.stage.cast.requester)
    approver = await api.of(api.stage.cast.approver)

    listed = (await requester.get("/push/modified")).json()
    assert listed["total_count"] == len(ids) == len(listed["statements"])

    checked = (await requester.post("/push/check-conflicts", json=named(ids))).json()["conflicts"]
    clashing = [info for info in checked if info["has_conflict"]]
    assert len(clashing) == len(api.stage.sample.remote_edits)
    refused = await requester.post("/push", json=named(ids))
    assert refused.status_code == 409
    assert refused.json()["code"] == "conflicts_remain"
    assert set(refused.json()["statement_ids"]) == {info["statement_id"] for info in clashing}

    for number, info in enumerate(clashing):
        choice = {"resolution": "keep_remote" if number == 0 else "keep_local", "remote_token": info["remote_token"]}
        resolved = await requester.post(f"/push/resolve-conflict/{info['statement_id']}", json=choice)
        assert resolved.status_code == 200, resolved.text

    rest = [line["id"] for line in (await requester.get("/push/modified")).json()["statements"]]
    asked = await requester.post("/push", json={"statement_ids": rest, "reason": "Quarterly review"})
    assert asked.status_code == 202
    job = asked.json()["job_id"]
    assert asked.headers["location"] == f"/api/v1/push/{job}"
    assert asked.json()["status"] == "pending"
    assert api.stage.written() == []

    sheet = (await approver.get(f"/push/{job}/approval")).json()
    assert len(sheet["statements"]) == len(rest)
    decided = await approver.post(
        f"/push/{job}/approval", json={"decision": "approve", "content_digest": sheet["content_digest"]}
    )
    assert decided.status_code == 200, decided.text
    ended = await until_ended(requester, job)

    assert (ended["status"], ended["total"], ended["succeeded"], ended["failed"]) == (
        "completed",
        len(rest),
        len(rest),
        0,
    )
    results = (await requester.get(f"/push/{job}/results")).json()["results"]
    assert all(result["success"] and "error" not in result and result["verification"] for result in results)
    approved = {write["statement_id"]: write["local_content"] for write in sheet["statements"]}
    for line in listed["statements"]:
        if line["id"] in approved:
            assert api.stage.servicenow.get(STATEMENTS, line["sn_sys_id"])[STATEMENT_FIELD] == approved[line["id"]]
    assert len(api.stage.written()) == len(rest)


async def test_the_listed_statements_are_as_the_seed_describes_them(api: ApiClients) -> None:
    await api.stage.edit(3)
    client = await api.of(api.stage.cast.editor)

    body = (await client.get("/push/modified")).json()

    assert body["total_count"] == 3
    for line in body["statements"]:
        assert {
            "id",
            "control_id",
            "control_name",
            "system_name",
            "modified_at",
            "sync_status",
            "content_preview",
        } <= line.keys()
        assert line["modified_at"].endswith("Z")
        assert len(line["content_preview"]) <= 200
        assert line["owner"]
    names = [(line["system_name"], line["control_id"]) for line in body["statements"]]
    assert names == sorted(names)


async def test_a_check_tells_both_texts_and_both_times(api: ApiClients) -> None:
    ids = await api.stage.edit()
    api.stage.sample.apply_remote_edits(api.stage.servicenow)
    client = await api.of(api.stage.cast.requester)

    conflicts = (await client.post("/push/check-conflicts", json=named(ids))).json()["conflicts"]

    assert [info["statement_id"] for info in conflicts] == [str(statement_id) for statement_id in ids]
    clash = next(info for info in conflicts if info["has_conflict"])
    assert clash["local_content"] != clash["remote_content"]
    assert clash["local_updated_at"].endswith("Z")
    assert clash["remote_updated_at"].endswith("Z")
    assert clash["remote_updated_by"] == "jane.roe"


async def test_all_statements_of_a_check_are_asked_for_at_once(api: ApiClients) -> None:
    ids = await api.stage.edit()
    client = await api.of(api.stage.cast.requester)
    before = len(api.stage.servicenow.requests)

    await client.post("/push/check-conflicts", json=named(ids))

    assert len(api.stage.servicenow.requests) - before == 1


async def test_a_token_of_an_older_remote_text_settles_nothing(api: ApiClients) -> None:
    await api.stage.edit()
    api.stage.sample.apply_remote_edits(api.stage.servicenow)
    client = await api.of(api.stage.cast.requester)
    ids = [uuid.UUID(line["id"]) for line in (await client.get("/push/modified")).json()["statements"]]
    first = (await client.post("/push/check-conflicts", json=named(ids))).json()["conflicts"]
    clash = next(info for info in first if info["has_conflict"])
    sys_id = next(
        line["sn_sys_id"]
        for line in (await client.get("/push/modified")).json()["statements"]
        if line["id"] == clash["statement_id"]
    )
    api.stage.servicenow.edit(STATEMENTS, sys_id, STATEMENT_FIELD, "<p>Moved once more.</p>", by="jane.roe")
    await client.post("/push/check-conflicts", json=named(ids))
    path = f"/push/resolve-conflict/{clash['statement_id']}"

    stale = await client.post(path, json={"resolution": "keep_local", "remote_token": clash["remote_token"]})
    shown_last = await client.post(path, json={"resolution": "keep_local"})

    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert shown_last.status_code == 200


async def test_the_second_to_settle_learns_who_was_first(api: ApiClients) -> None:
    ids = await api.stage.edit()
    api.stage.sample.apply_remote_edits(api.stage.servicenow)
    requester, editor = await api.of(api.stage.cast.requester), await api.of(api.stage.cast.editor)
    checked = (await requester.post("/push/check-conflicts", json=named(ids))).json()["conflicts"]
    clash = next(info for info in checked if info["has_conflict"])
    path = f"/push/resolve-conflict/{clash['statement_id']}"

    first = await requester.post(path, json={"resolution": "keep_local"})
    second = await editor.post(path, json={"resolution": "keep_remote"})

    assert first.status_code == 200
    assert (second.status_code, second.json()["code"]) == (409, "already_resolved")
    assert first.json()["resolved_by"] in second.json()["detail"]


async def test_what_is_not_in_conflict_cannot_be_settled(api: ApiClients) -> None:
    ids = await api.stage.edit(1)
    client = await api.of(api.stage.cast.requester)

    refused = await client.post(f"/push/resolve-conflict/{ids[0]}", json={"resolution": "keep_local"})

    assert (refused.status_code, refused.json()["code"]) == (409, "stale")


async def test_nothing_is_written_before_the_approval(api: ApiClients) -> None:
    requester, asked = await a_pending_push(api)

    await asyncio.sleep(0.2)

    status = (await requester.get(f"/push/{asked['job_id']}")).json()
    assert (status["status"], status["request_status"], status["completed"]) == ("pending", "waiting", 0)
    assert "released_at" not in status
    assert "started_at" not in status
    assert api.stage.written() == []


@pytest.mark.parametrize(
    ("who", "gate"), [("requester", "requester"), ("editor", "author"), ("admin", "role:approver")]
)
async def test_who_may_not_approve_in_slack_may_not_over_the_api(api: ApiClients, who: str, gate: str) -> None:
    _, asked = await a_pending_push(api)
    client = await api.of(getattr(api.stage.cast, who))

    decision = {"decision": "approve", "content_digest": asked["content_digest"]}
    if who == "admin":
        client = await api.of(api.stage.cast.admin, Role.ADMIN)
    refused = await client.post(f"/push/{asked['job_id']}/approval", json=decision)

    assert (refused.status_code, refused.json()["gate"]) == (403, gate)
    assert api.stage.written() == []


async def test_an_approval_of_other_content_is_refused(api: ApiClients) -> None:
    _, asked = await a_pending_push(api)
    approver = await api.of(api.stage.cast.approver)

    refused = await approver.post(
        f"/push/{asked['job_id']}/approval", json={"decision": "approve", "content_digest": "0" * 64}
    )

    assert (refused.status_code, refused.json()["code"]) == (409, "stale")


async def test_an_edit_after_the_request_voids_it(api: ApiClients) -> None:
    requester, asked = await a_pending_push(api)
    sheet = (await requester.get(f"/push/{asked['job_id']}/approval")).json()
    approver = await api.of(api.stage.cast.approver)
    await save_edit(
        api.stage.bot.core,
        api.stage.cast.editor,
        uuid.UUID(sheet["statements"][0]["statement_id"]),
        "<p>New.</p>",
        source="test",
    )

    refused = await approver.post(
        f"/push/{asked['job_id']}/approval", json={"decision": "approve", "content_digest": asked["content_digest"]}
    )

    assert (refused.status_code, refused.json()["code"]) == (409, "stale")
    assert (await requester.get(f"/push/{asked['job_id']}")).json()["request_status"] == "superseded"


async def test_a_decline_needs_a_comment_and_ends_the_push(api: ApiClients) -> None:
    requester, asked = await a_pending_push(api)
    approver = await api.of(api.stage.cast.approver)
    decline = {"decision": "decline", "content_digest": asked["content_digest"]}
    path = f"/push/{asked['job_id']}/approval"

    without = await approver.post(path, json=decline)
    with_comment = await approver.post(path, json={**decline, "comment": "AC-2 names a wrong team."})

    assert without.status_code == 422
    assert with_comment.json()["status"] == "declined"
    assert with_comment.json()["decisions"][0]["comment"] == "AC-2 names a wrong team."
    status = (await requester.get(f"/push/{asked['job_id']}")).json()
    assert (status["status"], status["request_status"]) == ("cancelled", "declined")


async def test_what_cannot_be_pushed_is_named_with_its_reason(api: ApiClients) -> None:
    ids = await api.stage.edit(3)
    requester = await api.of(api.stage.cast.requester)
    first = await requester.post("/push", json=named(ids[:1]))
    assert first.status_code == 202

    second = await requester.post("/push", json=named(ids))

    assert second.status_code == 202
    assert [(line["statement_id"], line["readiness"]) for line in second.json()["left_out"]] == [
        (str(ids[0]), "refused")
    ]
    assert "#1" in second.json()["left_out"][0]["reason"]
    assert (await requester.get(f"/push/{second.json()['job_id']}")).json()["total"] == 2


async def test_results_tell_failures_in_a_sentence_with_what_to_do(api: ApiClients) -> None:
    requester, asked = await a_pending_push(api, 2)
    sheet = (await requester.get(f"/push/{asked['job_id']}/approval")).json()
    victim = sheet["statements"][1]
    sys_id = (await requester.get(f"/statements/{victim['statement_id']}")).json()["sn_sys_id"]
    api.stage.servicenow.delete(STATEMENTS, sys_id, by="jane.roe")
    approver = await api.of(api.stage.cast.approver)
    await approver.post(
        f"/push/{asked['job_id']}/approval", json={"decision": "approve", "content_digest": asked["content_digest"]}
    )

    ended = await until_ended(requester, str(asked["job_id"]))
    results = {
        r["statement_id"]: r for r in (await requester.get(f"/push/{asked['job_id']}/results")).json()["results"]
    }

    assert (ended["status"], ended["succeeded"], ended["failed"]) == ("completed", 1, 1)
    failed = results[victim["statement_id"]]
    assert not failed["success"]
    assert failed["error"] == failed["sentence"]
    assert failed["next_step"]
    assert (failed["outcome"], failed["severity"], failed["retryable"]) == ("gone", "error", False)
    assert "pushed_at" not in failed
    assert len(api.stage.servicenow.writes(by=SERVICE_ACCOUNT)) == 1


async def test_unknown_jobs_are_not_found(api: ApiClients) -> None:
    client = await api.of(api.stage.cast.requester)
    nowhere = uuid.uuid4()

    for path in (f"/push/{nowhere}", f"/push/{nowhere}/results", f"/push/{nowhere}/approval"):
        assert (await client.get(path)).json()["code"] == "not_found"
    decision = {"decision": "approve", "content_digest": "0" * 64}
    assert (await client.post(f"/push/{nowhere}/approval", json=decision)).status_code == 404

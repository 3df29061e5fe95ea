"""Deciding over the API: the same decisions as on the card, for exactly the content that was looked at."""

from tests.api.conftest import ApiClients
from tests.api.test_push import a_pending_push, until_ended


async def test_who_asked_for_changes_holds_the_push_until_they_approve_it(api: ApiClients) -> None:
    requester, asked = await a_pending_push(api)
    approver, second = await api.of(api.stage.cast.approver), await api.of(api.stage.cast.second)
    path, digest = f"/push/{asked['job_id']}/approval", asked["content_digest"]

    objected = await approver.post(
        path, json={"decision": "changes", "content_digest": digest, "comment": "Name the team."}
    )
    held = await second.post(path, json={"decision": "approve", "content_digest": digest})

    assert objected.status_code == held.status_code == 200, held.text
    assert objected.json()["decisions"][0]["decision"] == "changes"
    assert held.json()["status"] == "waiting"
    assert api.stage.written() == []
    await approver.post(path, json={"decision": "approve", "content_digest": digest})
    assert (await until_ended(requester, str(asked["job_id"])))["status"] == "completed"


async def test_only_who_declined_takes_it_back(api: ApiClients) -> None:
    _, asked = await a_pending_push(api)
    approver, second = await api.of(api.stage.cast.approver), await api.of(api.stage.cast.second)
    path, digest = f"/push/{asked['job_id']}/approval", asked["content_digest"]
    await approver.post(path, json={"decision": "decline", "content_digest": digest, "comment": "Not now."})

    refused = await second.post(path, json={"decision": "withdraw", "content_digest": digest})
    taken_back = await approver.post(path, json={"decision": "withdraw", "content_digest": digest})

    assert (refused.status_code, refused.json()["gate"]) == (403, "decliner_only")
    assert (taken_back.status_code, taken_back.json()["status"]) == (200, "waiting")


async def test_an_objection_says_why(api: ApiClients) -> None:
    _, asked = await a_pending_push(api, 1)
    approver = await api.of(api.stage.cast.approver)
    path = f"/push/{asked['job_id']}/approval"

    for decision in ("decline", "changes"):
        for comment in ({}, {"comment": ""}, {"comment": " \n\t "}):
            body = {"decision": decision, "content_digest": asked["content_digest"], **comment}
            refused = await approver.post(path, json=body)

            assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")

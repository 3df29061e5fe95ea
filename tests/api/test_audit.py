import datetime as dt
import json
import uuid

from core.domain.audit import AuditKind
from core.usecases.audit.verifying import verify_audit
from tests.api.conftest import ApiClients
from tests.api.test_push import a_pending_push, named, until_ended


async def test_events_come_in_order_with_everything_that_seals_them(api: ApiClients) -> None:
    await api.stage.edit(2)
    admin = await api.of(api.stage.cast.admin)

    events = (await admin.get("/audit", params={"limit": "1000"})).json()["events"]

    assert [event["sequence"] for event in events] == [*range(1, len(events) + 1)]
    assert events[-1]["hash"] == (await verify_audit(api.stage.bot.core)).last_hash
    assert all(event["at"].endswith("Z") and isinstance(event["details"], dict) for event in events)


async def test_the_trail_is_read_in_pages(api: ApiClients) -> None:
    await api.stage.edit()
    admin = await api.of(api.stage.cast.admin)
    seen, after = [], 0

    while True:
        page = (await admin.get("/audit", params={"limit": "4", "after": str(after)})).json()
        seen += [event["sequence"] for event in page["events"]]
        if page["next_after"] is None:
            break
        after = page["next_after"]

    assert seen == [*range(1, (await verify_audit(api.stage.bot.core)).events + 1)]


async def test_events_are_found_by_person_kind_and_time(api: ApiClients) -> None:
    await api.stage.edit(2)
    admin = await api.of(api.stage.cast.admin)

    async def found(**wanted: str) -> list[str]:
        answer = await admin.get("/audit", params={"limit": "1000", **wanted})
        assert answer.status_code == 200, answer.text
        return [event["kind"] for event in answer.json()["events"]]

    assert await found(person="EDITOR@example.com") == ["statement:edited"] * 2
    assert await found(person=str(api.stage.cast.editor.id)) == ["statement:edited"] * 2
    assert set(await found(kind="token:created")) == {"token:created"}
    now = dt.datetime.now(dt.UTC)
    assert await found(since=(now + dt.timedelta(hours=1)).isoformat()) == []
    assert await found(until=(now - dt.timedelta(hours=1)).isoformat()) == []
    assert "statement:edited" in await found(
        since=(now - dt.timedelta(hours=1)).isoformat(), until=(now + dt.timedelta(hours=1)).isoformat()
    )
    for wrong in ({"since": "2026-01-01T00:00:00"}, {"since": "yesterday"}, {"until": "0001-01-01T00:00:00+14:00"}):
        assert (await admin.get("/audit", params=wrong)).status_code == 422, wrong


async def test_a_push_is_found_with_everything_about_it_and_nothing_else(api: ApiClients) -> None:
    requester, asked = await a_pending_push(api, 2)
    approver, admin = await api.of(api.stage.cast.approver), await api.of(api.stage.cast.admin)
    await approver.post(
        f"/push/{asked['job_id']}/approval", json={"decision": "approve", "content_digest": asked["content_digest"]}
    )
    await until_ended(requester, str(asked["job_id"]))

    events = (await admin.get("/audit", params={"push": str(asked["job_id"]), "limit": "1000"})).json()["events"]

    kinds = [event["kind"] for event in events]
    assert kinds[:4] == ["push:requested", "push:frozen", "push:approved", "push:released"]
    assert kinds.count("push:item_attempted") == 2
    assert kinds.count("push:item_ended") >= 2
    assert kinds[-1] == "push:job_ended"
    assert {event["entity_type"] for event in events} == {"push_request", "push_job", "statement"}


async def test_a_statement_is_found_with_the_pushes_it_was_in(api: ApiClients) -> None:
    requester, asked = await a_pending_push(api, 2)
    sheet = (await requester.get(f"/push/{asked['job_id']}/approval")).json()
    admin = await api.of(api.stage.cast.admin)
    chosen, other = (write["statement_id"] for write in sheet["statements"])

    events = (await admin.get("/audit", params={"statement": chosen, "limit": "1000"})).json()["events"]

    assert {event["kind"] for event in events} >= {"statement:edited", "push:requested"}
    assert other not in {event["entity_id"] for event in events}


async def test_the_evidence_of_a_push_is_a_page_that_loads_and_runs_nothing(api: ApiClients) -> None:
    requester, asked = await a_pending_push(api, 2)
    approver, admin = await api.of(api.stage.cast.approver), await api.of(api.stage.cast.admin)
    decision = {
        "decision": "approve",
        "content_digest": asked["content_digest"],
        "comment": "<script>alert(1)</script>",
    }
    await approver.post(f"/push/{asked['job_id']}/approval", json=decision)
    await until_ended(requester, str(asked["job_id"]))

    page = await admin.get(f"/push/{asked['job_id']}/evidence")

    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "2 asked for: 2 in ServiceNow, 0 not, 0 left out" in page.text
    assert page.text.count("exactly what was sent") == 2
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert [word for word in ("<script", "<img", "<link", "src=", "url(") if word in page.text] == []
    assert (await admin.get(f"/push/{uuid.uuid4()}/evidence")).status_code == 404


async def test_what_is_done_over_the_api_is_charged_to_the_person_and_says_how(api: ApiClients) -> None:
    ids = await api.stage.edit(1)
    requester, admin = await api.of(api.stage.cast.requester), await api.of(api.stage.cast.admin)
    await requester.post("/push", json=named(ids))

    events = (await admin.get("/audit", params={"kind": AuditKind.PUSH_REQUESTED.value})).json()["events"]

    assert [(event["actor_email"], event["actor_via"]) for event in events] == [("requester@example.com", "api")]
    assert [event["origin"] for event in events] == [{"token": "test"}]
    assert json.dumps(events).count("Bearer") == 0

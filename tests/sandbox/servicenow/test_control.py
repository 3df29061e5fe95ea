import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from sandbox.data import load
from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS, ServiceNow
from sandbox.serving import running

from .conftest import BASIC


@pytest.fixture
def sn() -> ServiceNow:
    server = ServiceNow()
    server.audit_enabled = True
    load(server)
    return server


@pytest.fixture
async def page(sn: ServiceNow) -> AsyncIterator[httpx.AsyncClient]:
    async with running(sn.app) as url, httpx.AsyncClient(base_url=url, timeout=5) as made:
        yield made


async def found(page: httpx.AsyncClient, **params: str) -> list[str]:
    answer = await page.get("/sandbox/api/records", params=params)
    return [f"{record['system']}/{record['control']}" for record in answer.json()["records"]]


async def test_the_instance_in_a_nutshell(page: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.links["slack"] = "http://127.0.0.1:1"
    about = (await page.get("/sandbox/api/about")).json()

    assert [system["name"] for system in about["systems"]] == ["Citizen Portal", "Data Warehouse", "Payroll Cloud"]
    assert about["links"] == {"slack": "http://127.0.0.1:1"}
    assert sum(system["statements"] for system in about["systems"]) == 72
    assert (about["table"], about["field"], about["latency"], about["audit"]) == (
        STATEMENTS,
        STATEMENT_FIELD,
        0.0,
        True,
    )


async def test_records_are_found_by_words_and_system_in_the_order_people_count(page: httpx.AsyncClient) -> None:
    by_system = await found(page, system="Payroll Cloud")
    by_words = await found(page, q="phishing course")
    by_control = await found(page, q="ac-2(3)")
    by_entity = await found(page, q="<!channel>")

    assert by_system[:4] == [f"Payroll Cloud/{control}" for control in ("AC-1", "AC-2", "AC-2(1)", "AC-2(3)")]
    assert by_words == ["Citizen Portal/AT-2"]
    assert "Payroll Cloud/AC-2(3)" in by_control
    assert by_entity == ["Payroll Cloud/IR-6"]


async def test_lists_are_paged_with_their_total(page: httpx.AsyncClient) -> None:
    answer = (await page.get("/sandbox/api/records", params={"limit": "5", "offset": "70"})).json()

    assert (answer["total"], len(answer["records"])) == (72, 2)


async def first_id(page: httpx.AsyncClient, words: str) -> str:
    answer = await page.get("/sandbox/api/records", params={"q": words})
    return answer.json()["records"][0]["sys_id"]


async def test_a_text_is_changed_as_somebody_else_and_shows_in_history_and_audit(
    page: httpx.AsyncClient, sn: ServiceNow
) -> None:
    sys_id = await first_id(page, "phishing course")
    old = sn.get(STATEMENTS, sys_id)[STATEMENT_FIELD]

    changed = (await page.post(f"/sandbox/api/records/{sys_id}", json={"value": "<p>New.</p>"})).json()

    assert changed["text"] == "<p>New.</p>"
    assert changed["record"]["mod_count"] == 1
    assert changed["record"]["updated_by"] == "jane.roe"
    assert changed["history"][0]["changes"] == [{"field": STATEMENT_FIELD, "old": old, "new": "<p>New.</p>"}]
    assert changed["audit"][0]["newvalue"] == "<p>New.</p>"
    assert {"element": "control", "label": "Control", "type": "reference", "value": "AT-2"} in changed["fields"]
    assert sn.log[0].source == "ui"


async def test_what_cannot_be_done_is_said_in_a_sentence(page: httpx.AsyncClient) -> None:
    sys_id = await first_id(page, "phishing course")
    answers = [
        await page.get("/sandbox/api/records/0"),
        await page.post(f"/sandbox/api/records/{sys_id}", json={}),
        await page.post(f"/sandbox/api/records/{sys_id}", json={"value": "x", "field": "u_nonsense"}),
        await page.post("/sandbox/api/faults/nonsense", json={"on": True}),
        await page.post("/sandbox/api/faults/slow", json={"on": True, "settings": {"colour": 1}}),
        await page.post("/sandbox/api/faults/client_crash", json={"on": True}),
        await page.post("/sandbox/api/faults/slow", json={}),
    ]

    assert [answer.status_code for answer in answers] == [404, 422, 422, 422, 422, 422, 422]
    assert all(answer.json()["error"] for answer in answers)


async def test_other_sites_cannot_change_anything(page: httpx.AsyncClient, sn: ServiceNow) -> None:
    sys_id = await first_id(page, "phishing course")
    address = f"/sandbox/api/records/{sys_id}"

    foreign = await page.post(address, json={"value": "x"}, headers={"Origin": "https://evil.example.org"})
    as_form = await page.post(address, content='{"value": "x"}', headers={"Content-Type": "text/plain"})
    own = await page.post(address, json={"value": "x"}, headers={"Origin": str(page.base_url).rstrip("/")})

    assert (foreign.status_code, as_form.status_code, own.status_code) == (403, 415, 200)
    assert len(sn.log) == 1


async def test_faults_are_listed_with_what_they_mean_the_featured_ones_first(page: httpx.AsyncClient) -> None:
    faults = (await page.get("/sandbox/api/faults")).json()["faults"]

    featured = [fault["name"] for fault in faults if fault["featured"]]
    assert featured == [fault["name"] for fault in faults[: len(featured)]]
    assert set(featured) == {
        "edit_before_write",
        "slow",
        "rate_limit",
        "server_error",
        "field_acl_drop",
        "sanitizer",
        "html_page",
    }
    assert all(fault["meaning"] and fault["title"] and fault["on"] is False for fault in faults)


async def test_a_fault_switched_on_there_works_on_the_api_until_it_is_switched_off(page: httpx.AsyncClient) -> None:
    address = f"/api/now/table/{STATEMENTS}"
    on = (await page.post("/sandbox/api/faults/html_page", json={"on": True})).json()
    hibernating = await page.get(address, auth=BASIC)
    off = (await page.post("/sandbox/api/faults/html_page", json={"on": False})).json()
    awake = await page.get(address, auth=BASIC)

    assert (on["on"], off["on"]) == (True, False)
    assert hibernating.headers["content-type"].startswith("text/html")
    assert awake.headers["content-type"].startswith("application/json")


@pytest.mark.parametrize("name", ["slow", "rate_limit", "server_error", "field_acl_drop", "sanitizer", "html_page"])
async def test_every_featured_fault_can_be_switched_with_settings_of_its_own(
    page: httpx.AsyncClient, sn: ServiceNow, name: str
) -> None:
    on = (await page.post(f"/sandbox/api/faults/{name}", json={"on": True, "settings": {"probability": 0.25}})).json()

    assert (on["on"], on["settings"]["probability"]) == (True, 0.25)
    assert [active.fault.name for active in sn.faults.active] == [name]


async def test_the_edit_just_before_the_next_write_happens_once_and_then_shows_as_off(
    page: httpx.AsyncClient, sn: ServiceNow
) -> None:
    sys_id = await first_id(page, "phishing course")
    await page.post("/sandbox/api/faults/edit_before_write", json={"on": True})

    for text in ("<p>one</p>", "<p>two</p>"):
        await page.patch(f"/api/now/table/{STATEMENTS}/{sys_id}", json={STATEMENT_FIELD: text}, auth=BASIC)

    assert [commit.by for commit in sn.log] == ["jane.roe", "grcpush.svc", "grcpush.svc"]
    faults = (await page.get("/sandbox/api/faults")).json()["faults"]
    (fault,) = [one for one in faults if one["name"] == "edit_before_write"]
    assert (fault["on"], fault["hits"]) == (False, 1)


async def test_latency_and_audit_can_be_set(page: httpx.AsyncClient, sn: ServiceNow) -> None:
    await page.post("/sandbox/api/settings", json={"latency": 0.05, "audit": False})
    refused = await page.post("/sandbox/api/settings", json={"latency": 5000})

    assert refused.json()["latency"] == 0.05
    assert (sn.latency, sn.audit_enabled) == (0.05, False)


async def test_recent_requests_are_shown_newest_first(page: httpx.AsyncClient) -> None:
    for limit in ("1", "2"):
        await page.get(f"/api/now/table/{STATEMENTS}", params={"sysparm_limit": limit}, auth=BASIC)

    requests = (await page.get("/sandbox/api/requests")).json()["requests"]

    assert [one["query"] for one in requests] == ["sysparm_limit=2", "sysparm_limit=1"]
    assert (requests[0]["status"], requests[0]["user"], requests[0]["method"]) == (200, "grcpush.svc", "GET")


async def events(page: httpx.AsyncClient, wanted: int, started: asyncio.Event) -> list[tuple[str, dict[str, object]]]:
    got: list[tuple[str, dict[str, object]]] = []
    async with page.stream("GET", "/sandbox/api/events") as stream:
        event = ""
        async for line in stream.aiter_lines():
            started.set()
            if line.startswith("event: "):
                event = line.removeprefix("event: ")
            elif line.startswith("data: "):
                got.append((event, json.loads(line.removeprefix("data: "))))
                if len(got) == wanted:
                    return got
    return got


async def test_what_happens_is_streamed(page: httpx.AsyncClient, sn: ServiceNow) -> None:
    started = asyncio.Event()
    listening = asyncio.create_task(events(page, 3, started))
    await started.wait()
    sys_id = await first_id(page, "phishing course")

    sn.edit(STATEMENTS, sys_id, STATEMENT_FIELD, "<p>Theirs.</p>")
    await page.get(f"/api/now/table/{STATEMENTS}/{sys_id}", auth=BASIC)
    await page.post("/sandbox/api/faults/slow", json={"on": True})

    (_, commit), (_, request), (_, fault) = got = await listening
    assert [kind for kind, _ in got] == ["commit", "request", "fault"]
    assert (commit["sys_id"], commit["by"], commit["mod_count"]) == (sys_id, "jane.roe", 1)
    assert (request["status"], request["method"]) == (200, "GET")
    assert (fault["name"], fault["on"]) == ("slow", True)


@pytest.mark.parametrize(
    "link",
    [
        "/nav_to.do?uri=sn_compliance_statement.do%3Fsys_id%3Dabc",
        "/nav_to.do?uri=%2Fsn_compliance_statement.do?sys_id=abc",
        "/sn_compliance_statement.do?sys_id=abc",
    ],
)
async def test_deep_links_lead_to_the_page_with_the_record_chosen(page: httpx.AsyncClient, link: str) -> None:
    answer = await page.get(link)

    assert answer.status_code == 302
    assert answer.headers["location"] == "/?table=sn_compliance_statement&sys_id=abc"

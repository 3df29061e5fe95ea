import httpx
import pytest

from sandbox.servicenow import STATEMENT_FIELD, STATEMENTS, ServiceNow, User

from .conftest import LIST, NEW, ONE, push, refusal

GONE = f"{LIST}/{'0' * 32}"
NO_RECORD = (404, "No Record found", "Record doesn't exist or ACL restricts the record retrieval")
DENIED = (403, "Operation Failed", "ACL Exception Update Failed due to security constraints")


async def test_an_unknown_table(client: httpx.AsyncClient) -> None:
    assert refusal(await client.get("/api/now/table/sn_nothing")) == (400, "Invalid table sn_nothing", None)


async def test_an_unknown_address(client: httpx.AsyncClient) -> None:
    expected = (400, "Requested URI does not represent any resource", "/api/now/v1/batch")
    assert refusal(await client.post("/api/now/v1/batch", json={})) == expected


async def test_an_unreadable_body(client: httpx.AsyncClient) -> None:
    answer = await client.patch(ONE, content=b"{half", headers={"Content-Type": "application/json"})

    assert refusal(answer) == (400, "Exception while reading request", "{half")


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_a_record_that_is_not_there(client: httpx.AsyncClient, method: str) -> None:
    body = {STATEMENT_FIELD: NEW} if method == "PATCH" else None
    assert refusal(await client.request(method, GONE, json=body)) == NO_RECORD


async def test_a_record_of_which_nothing_may_be_known_reads_the_same(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.users.revoke("grcpush.svc", "sn_compliance.user")

    assert refusal(await client.get(ONE)) == NO_RECORD
    assert refusal(await client.get(LIST)) == (403, "Insufficient rights to query records", None)


async def test_a_reader_may_not_write(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.users.revoke("grcpush.svc", "sn_compliance.user")
    sn.users.grant("grcpush.svc", "sn_compliance.reader")

    assert refusal(await push(client)) == DENIED
    assert refusal(await client.delete(ONE)) == DENIED
    assert refusal(await client.post(LIST, json={})) == DENIED
    assert sn.log == []


async def test_the_audit_is_for_auditors(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.users.revoke("grcpush.svc", "sn_compliance.auditor")

    assert refusal(await client.get("/api/now/table/sys_audit"))[0] == 403


async def test_methods_that_an_address_does_not_know(client: httpx.AsyncClient) -> None:
    assert refusal(await client.patch(LIST, json={}))[0] == 405
    assert refusal(await client.post(ONE, json={}))[0] == 405
    assert refusal(await client.post(f"/api/now/stats/{STATEMENTS}", json={}))[0] == 405


async def test_the_headers_that_a_request_must_have(client: httpx.AsyncClient) -> None:
    no_accept = await client.get(ONE, headers={"Accept": ""})
    wrong_accept = await client.get(ONE, headers={"Accept": "image/png"})
    no_type = await client.patch(ONE, content=b"{}")
    wrong_type = await client.patch(ONE, content=b"x=1", headers={"Content-Type": "application/x-www-form-urlencoded"})

    assert [answer.status_code for answer in (no_accept, wrong_accept, no_type, wrong_type)] == [400, 406, 400, 415]


async def test_an_address_that_is_too_long_is_refused_by_the_web_server_with_a_page(client: httpx.AsyncClient) -> None:
    answer = await client.get(LIST, params={"sysparm_query": "sys_idIN" + "0" * 17000})

    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/html")
    assert "Request header is too large" in answer.text


async def test_a_body_that_is_too_large(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.behaviour.max_body_bytes = 1000

    assert refusal(await push(client, "x" * 2000))[0] == 400


async def test_a_table_closed_to_web_services(client: httpx.AsyncClient, sn: ServiceNow) -> None:
    sn.schema.tables[STATEMENTS].web_access = False

    assert refusal(await client.get(ONE))[0] == 403


async def test_what_another_user_may_not_see_is_not_there(client: httpx.AsyncClient, sn: ServiceNow, url: str) -> None:
    sn.users.add(User("visitor", "visitor-password"))

    async with httpx.AsyncClient(base_url=url, auth=("visitor", "visitor-password")) as visitor:
        assert refusal(await visitor.get(ONE)) == NO_RECORD

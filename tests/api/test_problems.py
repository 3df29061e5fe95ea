import asyncio
import json
from urllib.parse import urlsplit

import pytest

from bot.web.edge import LARGEST_BODY
from core.domain.actor import Role
from tests.api.conftest import ApiClients

PROBLEM = "application/problem+json"


NOWHERE = "6b2a0a8c-4d8f-4ab7-8f4e-6a1d3f3f7f10"
REFUSALS = [
    ("GET", "/nowhere", 404, "not_found"),
    ("PUT", "/statements", 405, "method_not_allowed"),
    ("GET", "/statements/not-a-uuid", 422, "invalid_request"),
    ("GET", "/statements?limit=0", 422, "invalid_request"),
    ("GET", "/statements?limit=1001", 422, "invalid_request"),
    ("GET", "/statements?limit=many", 422, "invalid_request"),
    ("GET", "/statements?offset=-1", 422, "invalid_request"),
    ("GET", "/statements?colour=vermilion", 422, "invalid_request"),
    ("GET", "/statements?text=%00", 422, "invalid_request"),
    ("GET", "/statements?status=lost", 422, "invalid_request"),
    ("GET", f"/statements/{NOWHERE}", 404, "not_found"),
    ("GET", f"/push/{NOWHERE}", 404, "not_found"),
]
BODIES = [
    (b"{", 400, "malformed_request"),
    (b"\xff", 400, "malformed_request"),
    (b"", 422, "invalid_request"),
    (b"[]", 422, "invalid_request"),
    (b"null", 422, "invalid_request"),
    (b'{"statement_ids": []}', 422, "invalid_request"),
    (b'{"statement_ids": ["x"]}', 422, "invalid_request"),
    (b'{"statement_ids": [null]}', 422, "invalid_request"),
    (f'{{"statement_ids": "{NOWHERE}"}}'.encode(), 422, "invalid_request"),
    (f'{{"statement_ids": ["{NOWHERE}"], "colour": "vermilion"}}'.encode(), 422, "invalid_request"),
    (f'{{"statement_ids": ["{NOWHERE}"], "reason": "\\ud800"}}'.encode(), 422, "invalid_request"),
    (f'{{"statement_ids": ["{NOWHERE}"], "reason": "\\u0000"}}'.encode(), 422, "invalid_request"),
    (b'{"statement_ids": ' + b"[" * 5000 + b"]" * 5000 + b"}", 400, "malformed_request"),
]


async def test_every_refusal_is_a_problem_with_a_stable_code(api: ApiClients) -> None:
    client = await api.of(api.stage.cast.editor)

    for method, path, status, code in REFUSALS:
        answer = await client.request(method, path)

        assert (answer.status_code, answer.json()["code"]) == (status, code), path
        assert answer.headers["content-type"] == PROBLEM
        assert answer.json()["status"] == status
        assert answer.json()["title"]
        assert len(answer.headers["x-request-id"]) == 8


async def test_a_body_that_is_not_as_described_is_refused_and_not_repeated(api: ApiClients) -> None:
    client = await api.of(api.stage.cast.requester)

    for body, status, code in BODIES:
        answer = await client.post("/push", content=body, headers={"Content-Type": "application/json"})

        assert (answer.status_code, answer.json()["code"]) == (status, code), body[:80]
        assert answer.headers["content-type"] == PROBLEM
        assert "vermilion" not in answer.text


async def test_a_body_that_is_too_large_is_refused_before_it_is_read(api: ApiClients) -> None:
    client = await api.of(api.stage.cast.editor)
    path = f"/statements/{NOWHERE}/local"

    told = await client.put(path, content=b"x" * (LARGEST_BODY + 1), headers={"If-Match": "*"})

    assert (told.status_code, told.json()["code"]) == (413, "too_large")


async def spoken_to(api: ApiClients, said: bytes) -> bytes:
    """The first line of the answer to these bytes."""
    parts = urlsplit(api.url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(said)
    async with asyncio.timeout(60):
        answer = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    return answer.splitlines()[0]


async def test_a_body_that_does_not_say_how_large_it_is_is_refused_all_the_same(api: ApiClients) -> None:
    head = b"POST /api/v1/push HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"

    answer = await spoken_to(api, head + chunk * (LARGEST_BODY // 0x10000 + 1))

    assert b" 413 " in answer


async def test_a_body_that_never_ends_does_not_hold_a_place_for_ever(
    api: ApiClients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.edge.SLOWEST_BODY_SECONDS", 0.2)

    answer = await spoken_to(api, b"POST /api/v1/push HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")

    assert b" 408 " in answer


async def test_a_bug_is_told_with_a_reference_and_nothing_of_its_inside(
    api: ApiClients, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("bot.api.statements.list_statements", broken)
    client = await api.of(api.stage.cast.editor)

    answer = await client.get("/statements")

    body = answer.json()
    assert (answer.status_code, body["code"]) == (500, "internal")
    assert "secret inside" not in answer.text
    assert body["reference"] in body["next_step"]
    assert any(body["reference"] in record.getMessage() for record in caplog.records)
    assert answer.headers["x-request-id"]


async def test_servicenow_out_of_reach_is_not_our_error_and_may_be_tried_again(api: ApiClients) -> None:
    ids = await api.stage.edit(1)
    client = await api.of(api.stage.cast.requester, Role.REQUESTER)
    api.stage.servicenow.faults.on("server_error", status=503)

    answer = await client.post("/push", json={"statement_ids": [str(ids[0])]})

    api.stage.servicenow.faults.clear()
    assert (answer.status_code, answer.json()["code"]) == (503, "remote_unavailable")
    assert answer.json()["retryable"] is True


async def test_answers_are_kept_out_of_caches_and_not_guessed_at(api: ApiClients) -> None:
    client = await api.of(api.stage.cast.editor)

    answer = await client.get("/statements")

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert json.loads(answer.text)

"""Words that are code somewhere else stay words here: SQL, templates, log lines, ServiceNow's queries, addresses.

Formulas in CSV files have their test beside the exports.
"""

import logging
import re
from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest
from pydantic import ValidationError

from bot.logs import JsonLines, TextLines
from core.config import Settings
from core.domain.actor import Role
from core.errors import RemoteError
from sandbox.servicenow import SERVICE_ACCOUNT, SERVICE_PASSWORD
from sandbox.serving import running
from tests.servicenow.conftest import connect
from tests.servicenow.odd_server import answering, reply
from tests.standing import Standing

__all__ = ["connect"]

SQL = ["' OR '1'='1", "'; DROP TABLE statements; --", '" OR ""="', "%", "_", "\\", "%' --", "x') UNION SELECT 1 --"]
TEMPLATES = ["{{ 7 * 7 }}", "{% for x in y %}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{0.__class__}", "%(x)s", "%s%n"]


@pytest.fixture(scope="module")
def admin(standing: Standing) -> Iterator[httpx.Client]:
    with standing.client(standing.token(standing.stage.cast.admin)) as client:
        yield client


@pytest.mark.parametrize("words", SQL)
def test_words_of_sql_find_what_is_written_and_nothing_else(admin: httpx.Client, words: str) -> None:
    for path, name in (("/statements", "text"), ("/statements", "system"), ("/statements", "family")):
        found = admin.get(path, params={name: words})
        # No control and no system of the sample holds these characters, and no statement is edited.
        assert (found.status_code, found.json()["total_count"]) == (200, 0), (path, name)
    person = admin.get("/audit", params={"person": words})
    assert (person.status_code, person.json()["events"]) == (200, [])
    assert admin.get("/statements").json()["total_count"] == 72


@pytest.mark.parametrize("words", TEMPLATES)
def test_words_of_templates_stay_words_wherever_they_are_shown(standing: Standing, words: str) -> None:
    stage = standing.stage
    with standing.client(standing.token(stage.cast.requester)) as client:
        (line, *_) = client.get("/statements", params={"offset": TEMPLATES.index(words), "limit": 1}).json()[
            "statements"
        ]
        text = f"<p>Reviewed: {words.replace('<', '&lt;')} by the owner.</p>"
        path = f"/statements/{line['id']}/local"
        client.put(path, json={"content": text}, headers={"If-Match": "*"}).raise_for_status()
        asked = client.post("/push", json={"statement_ids": [line["id"]], "reason": words}).json()
        shown = client.get(f"/push/{asked['job_id']}/approval").json()
    with standing.client(standing.token(stage.cast.admin)) as client:
        page = client.get(f"/push/{asked['job_id']}/evidence").text

    assert shown["reason"] == words
    assert words.replace("<", "&lt;") in shown["statements"][0]["local_content"].replace("&gt;", ">")
    assert "49" not in re.findall(r"“(.*?)”", page)
    assert words.replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;") in page


def test_a_line_break_in_a_request_makes_no_second_line_in_the_log(standing: Standing) -> None:
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = records.append  # type: ignore[method-assign]
    logger, before = logging.getLogger("bot"), logging.getLogger("bot").level
    logger.addHandler(handler)
    logger.setLevel("DEBUG")
    forged = "x\n2026-01-01T00:00:00Z info push.approved person=admin"
    try:
        with standing.client(standing.token(standing.stage.cast.editor, Role.EDITOR)) as client:
            client.get("/audit")
            client.get("/statements", params={"text": forged})
            client.get(f"/statements/{quote(forged)}")
            client.get("/audit", params={"person": forged})
            client.post("/push", json={"statement_ids": [forged], "reason": forged})
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)

    assert records, "nothing was logged, so this proved nothing"
    for record in records:
        for formatter in (TextLines(), JsonLines()):
            line = formatter.format(record)
            assert len(line.splitlines()) == 1
            assert " push.approved person=admin" not in line


@pytest.mark.parametrize(
    "address",
    [
        "http://acme.service-now.com",
        "http://169.254.169.254",
        "http://10.0.0.1",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "file:///etc/passwd",
        "gopher://acme.service-now.com",
        "https://user:password@acme.service-now.com",
        "https://acme.service-now.com/api/now/table/sys_user",
        "https://acme.service-now.com?x=https://evil.example",
        "https://acme.service-now.com#@evil.example",
        "https://",
        "acme.service-now.com",
        "//acme.service-now.com",
    ],
)
def test_the_address_of_servicenow_is_an_instance_over_tls_and_nothing_else(address: str) -> None:
    with pytest.raises(ValidationError, match="servicenow_url"):
        Settings(servicenow_url=address, servicenow_username=SERVICE_ACCOUNT, servicenow_password=SERVICE_PASSWORD)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_takes_neither_the_request_nor_the_credentials_anywhere(connect, status: int) -> None:
    seen: list[dict] = []

    async def elsewhere(scope, _receive, send) -> None:
        seen.append(dict(scope["headers"]))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    async with running(elsewhere) as away, answering(reply(status, "", "", Location=f"{away}/api/now/x")) as odd:
        with pytest.raises(RemoteError):
            await connect(odd.url).write(0, "a" * 32, "<p>x</p>")

    assert seen == []


@pytest.mark.parametrize("sys_id", ["../sys_user/x", "a" * 31 + "/", "x^ORsys_idISNOTEMPTY", "a" * 32 + "?x=1", ""])
async def test_no_identifier_becomes_an_address_or_a_condition_of_servicenows(connect, sys_id: str) -> None:
    async with answering(b"") as odd:
        for deed in (connect(odd.url).write(0, sys_id, "x"), connect(odd.url).read_many([sys_id])):
            with pytest.raises(ValueError, match="sys_id"):
                await deed
        assert odd.received == []

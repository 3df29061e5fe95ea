import asyncio
import json

import pytest

from core.errors import (
    OutcomeUnknown,
    RemoteForbidden,
    RemoteMalformed,
    RemoteMissing,
    RemoteRefusedRequest,
    RemoteSignInFailed,
    RemoteThrottled,
    RemoteUnavailable,
)
from sandbox import servicenow as sandbox
from tests.servicenow.odd_server import answering, refused, reply, result, row

ID = "a" * 32
HTML = "text/html;charset=UTF-8"


async def _write_to(connect, *answers):
    """The outcome of one write to a server with these answers, and what the server was sent."""
    async with answering(*answers) as odd:
        client = connect(odd.url, push_timeout_seconds=1)
        try:
            return await client.write(0, ID, "<p>after</p>"), odd.received
        except Exception as error:  # noqa: BLE001 -- the tests look at whatever it is
            return error, odd.received


async def test_a_write_gives_back_what_is_stored(instance, connect):
    sys_id = instance.statement("<p>before</p>")

    version = await connect(instance.url).write(2, sys_id, "<p>after</p>")

    assert instance.text(sys_id) == "<p>after</p>"
    assert (version.sys_id, version.text) == (sys_id, "<p>after</p>")
    assert (version.stamp.mod_count, version.stamp.updated_by) == (1, sandbox.SERVICE_ACCOUNT)
    assert version.system_name == "Payroll"


async def test_a_write_sends_our_one_field_and_no_system_column(instance, connect):
    sys_id = instance.statement()

    await connect(instance.url).write(0, sys_id, "<p>Zürich ✓</p>")

    (request,) = [request for request in instance.remote.requests if request.method == "PATCH"]
    assert json.loads(request.body) == {sandbox.STATEMENT_FIELD: "<p>Zürich ✓</p>"}
    assert request.body.isascii()
    assert "sysparm_suppress" not in request.query
    assert instance.text(sys_id) == "<p>Zürich ✓</p>"


async def test_an_empty_text_clears_the_field(instance, connect):
    sys_id = instance.statement("<p>before</p>")

    assert (await connect(instance.url).write(0, sys_id, "")).text == ""
    assert instance.text(sys_id) == ""


async def test_stored_text_that_differs_is_given_back_as_stored(instance, connect):
    sys_id = instance.statement()
    instance.remote.behaviour.sanitize = "strip"

    version = await connect(instance.url).write(0, sys_id, "<p>a</p><script>b</script>")

    assert version.text == instance.text(sys_id) != "<p>a</p><script>b</script>"


REFUSALS = [
    (400, refused(400, "Invalid table sn_x"), RemoteRefusedRequest, "sn_x"),
    (400, refused(400, "Exception while reading request", "the text"), RemoteRefusedRequest, "status 400"),
    (400, reply(400, "<html>Request header is too large</html>", HTML), RemoteRefusedRequest, "larger"),
    (
        403,
        refused(403, "Operation Failed", "ACL Exception Update Failed due to security constraints"),
        RemoteForbidden,
        "ACL",
    ),
    (
        403,
        refused(
            403,
            "Operation Failed",
            "Operation against file 'sn_x' was aborted by Business Rule 'Keep closed^9e3'. Business Rule Stack:Keep closed",
        ),
        RemoteForbidden,
        "“Keep closed”",
    ),
    (
        403,
        refused(403, "Operation Failed", "Data Policy Exception: Reviewer is mandatory"),
        RemoteForbidden,
        "Reviewer is mandatory",
    ),
    (403, refused(403, "Something new"), RemoteForbidden, "without saying why"),
    (403, reply(403, "<html>blocked</html>", HTML), RemoteForbidden, "gateway or firewall"),
    (404, refused(404, "No Record found", "Record doesn't exist or ACL restricts"), RemoteMissing, "hidden"),
    (404, reply(404, "<html>nothing here</html>", HTML), RemoteRefusedRequest, "no REST API"),
    (405, refused(405, "Method not supported"), RemoteRefusedRequest, "status 405"),
    (406, refused(406, "Invalid Accept"), RemoteRefusedRequest, "status 406"),
    (407, reply(407, "", HTML), RemoteRefusedRequest, "proxy"),
    (413, reply(413, "<html></html>", HTML), RemoteRefusedRequest, "larger"),
    (415, refused(415, "Unsupported"), RemoteRefusedRequest, "status 415"),
    (429, refused(429, "Rate limit exceeded", Retry_After="1"), RemoteThrottled, "too many"),
    (429, reply(429, "<html>busy</html>", HTML), RemoteThrottled, "too many"),
]


@pytest.mark.parametrize(("status", "answer", "kind", "words"), REFUSALS, ids=lambda value: str(value)[:24])
async def test_a_refusal_is_certain_says_what_refused_and_is_sent_once(connect, status, answer, kind, words):
    error, received = await _write_to(connect, answer)

    assert type(error) is kind, error
    assert words in error.sentence
    assert not isinstance(error, OutcomeUnknown)
    assert len(received) == 1
    assert "the text" not in error.message


CANCELLED = (
    '{"error":{"message":"Transaction cancelled: maximum execution time exceeded","detail":null},"status":"failure"}'
)
DOUBTFUL = {
    "202": reply(202, "", ""),
    "204": reply(204, "", ""),
    "empty 200": reply(200, ""),
    "500 envelope": refused(500, "java.lang.NullPointerException"),
    "500 cancelled": reply(500, CANCELLED),
    "200 cancelled": reply(200, CANCELLED),
    "half JSON with cancellation": reply(200, '{"result":{"sys_id":"' + ID + '"' + CANCELLED),
    "half JSON": reply(200, '{"result":{"sys_id":"aaa'),
    "502": reply(502, "<html>Bad gateway</html>", HTML),
    "503": reply(503, "<html>Unavailable</html>", HTML),
    "504": reply(504, "<html>Timeout</html>", HTML),
    "hibernating": reply(200, "<html><title>Instance Hibernating page</title></html>", HTML),
    "login page": reply(200, "<html><form action='/login.do'></form></html>", HTML),
    "maintenance": reply(200, "<html>We will be back</html>", HTML),
    "JSON under a wrong type": reply(200, json.dumps({"result": row()}), "text/plain"),
    "a list": result([row()]),
    "other JSON": reply(200, '{"ok":true}'),
    "result and error": reply(200, json.dumps({"result": row(), "error": {"message": "x"}})),
    "body cut off": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{",
    "connection ended": b"",
    "not HTTP": b"SSH-2.0-OpenSSH\r\n\r\n",
}


@pytest.mark.parametrize("answer", DOUBTFUL.values(), ids=DOUBTFUL.keys())
async def test_an_answer_that_proves_nothing_leaves_the_outcome_unknown_and_is_not_sent_again(connect, answer):
    error, received = await _write_to(connect, answer)

    assert isinstance(error, OutcomeUnknown), error
    assert error.code == "outcome_unknown"
    assert not error.retryable
    assert len(received) == 1


async def test_another_record_in_the_answer_is_unreadable(connect):
    error, _ = await _write_to(connect, result(row("b" * 32)))

    assert isinstance(error, OutcomeUnknown)
    assert isinstance(error, RemoteMalformed)
    assert "another record" in error.sentence


async def test_an_answer_without_our_field_says_that_read_access_is_missing(instance, connect):
    sys_id = instance.statement()
    instance.remote.access.hidden_fields.add((sandbox.STATEMENTS, sandbox.STATEMENT_FIELD))

    with pytest.raises(RemoteMalformed) as malformed:
        await connect(instance.url).write(0, sys_id, "<p>after</p>")

    assert isinstance(malformed.value, OutcomeUnknown)
    assert "read access" in malformed.value.next_step
    assert instance.text(sys_id) == "<p>after</p>"


async def test_no_answer_in_time_leaves_the_outcome_unknown(connect):
    async def silent(request, writer):
        await asyncio.sleep(5)

    async with answering(silent) as odd:
        with pytest.raises(OutcomeUnknown, match=r"0\.2 seconds"):
            await connect(odd.url, push_timeout_seconds=0.2).write(0, ID, "x")


async def test_a_server_that_drips_does_not_hold_a_lane(connect):
    async def dripping(request, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n")
        while not writer.is_closing():
            writer.write(b" ")
            await asyncio.sleep(0.02)

    async with answering(dripping) as odd:
        with pytest.raises(OutcomeUnknown, match=r"0\.3 seconds"):
            await connect(odd.url, push_timeout_seconds=0.3).write(0, ID, "x")


async def test_an_answer_without_end_is_cut_off(connect):
    async def endless(request, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
        while not writer.is_closing():
            writer.write(b" " * 1_000_000)
            await writer.drain()

    async with answering(endless) as odd:
        with pytest.raises(OutcomeUnknown, match="larger"):
            await connect(odd.url, push_timeout_seconds=20).write(0, ID, "x")


async def test_a_refused_connection_means_that_nothing_was_written(connect):
    async with answering(b"") as odd:
        url = odd.url

    with pytest.raises(RemoteUnavailable, match="nothing was sent") as unavailable:
        await connect(url).write(0, ID, "x")
    assert unavailable.value.retryable


async def test_a_redirect_to_a_sign_in_page_is_a_failed_sign_in(connect):
    error, received = await _write_to(connect, reply(302, "", "", Location="https://sso.example.com/saml2?x=1"))

    assert type(error) is RemoteSignInFailed
    assert len(received) == 1


@pytest.mark.parametrize("status", [301, 307, 308])
async def test_a_redirect_to_another_host_is_not_followed(connect, status):
    async with answering(result(row())) as elsewhere:
        error, _ = await _write_to(connect, reply(status, "", "", Location=f"{elsewhere.url}/api/now/table/x"))

        assert type(error) is RemoteRefusedRequest
        assert "moved to 127.0.0.1" in error.sentence
        assert elsewhere.received == []


async def test_a_proxy_that_refuses_patch_gets_a_post_that_servicenow_reads_as_patch(connect):
    version, received = await _write_to(connect, reply(405, "<html>no</html>", HTML), result(row(text="<p>after</p>")))

    assert version.text == "<p>after</p>"
    assert [request.method for request in received] == ["PATCH", "POST"]
    assert received[1].headers["x-http-method-override"] == "PATCH"


@pytest.mark.parametrize("sys_id", ["../sys_user/x", "", "a b", "x?y=z"])
async def test_a_wrong_identifier_never_becomes_an_address(connect, sys_id):
    async with answering(b"") as odd:
        with pytest.raises(ValueError, match="sys_id"):
            await connect(odd.url).write(0, sys_id, "x")
        assert odd.received == []


async def test_neither_text_nor_secret_is_logged(instance, connect, caplog):
    caplog.set_level("DEBUG", logger="core.servicenow")
    sys_id = instance.statement()
    client = connect(instance.url)

    await client.write(0, sys_id, "<p>launch code</p>")
    instance.remote.users.change(sandbox.SERVICE_ACCOUNT, password="changed")
    with pytest.raises(RemoteSignInFailed):
        await client.write(0, sys_id, "<p>launch code</p>")

    assert sys_id in caplog.text
    assert "launch code" not in caplog.text
    assert sandbox.SERVICE_PASSWORD not in caplog.text
    assert "Basic " not in caplog.text

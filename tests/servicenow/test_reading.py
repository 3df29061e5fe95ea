import asyncio
import datetime as dt
import json
from urllib.parse import parse_qs, unquote

import pytest

from core.errors import (
    RemoteForbidden,
    RemoteMalformed,
    RemoteRefusedRequest,
    RemoteSignInFailed,
    RemoteThrottled,
    RemoteUnavailable,
)
from sandbox import servicenow as sandbox
from tests.servicenow.odd_server import answering, refused, reply, result, row

ID = "a" * 32
HTML = "text/html"


async def test_many_records_are_read_in_one_request(instance, connect):
    sys_ids = instance.statements(100)

    versions = await connect(instance.url).read_many(sys_ids)

    assert sorted(versions) == sys_ids
    assert {version.control_number for version in versions.values()} == {"CTRL0001"}
    assert len(instance.remote.requests) == 1


async def test_what_is_deleted_or_hidden_is_absent(instance, connect):
    kept, deleted, hidden = instance.statements(3)
    instance.remote.delete(sandbox.STATEMENTS, deleted)
    instance.remote.access.hidden_rows.add((sandbox.STATEMENTS, hidden))

    assert list(await connect(instance.url).read_many([hidden, kept, deleted])) == [kept]
    assert await connect(instance.url).read_one(deleted) is None


async def test_nothing_asked_is_nothing_sent(instance, connect):
    assert await connect(instance.url).read_many([]) == {}
    assert instance.remote.requests == []


async def test_chunks_have_at_most_150_records_short_addresses_and_go_side_by_side(instance, connect):
    sys_ids = instance.statements(400)
    all_came = asyncio.Barrier(3)
    instance.remote.on("before_read", lambda _moment: all_came.wait(), times=None)

    versions = await connect(instance.url).read_many(sys_ids * 2)

    assert len(versions) == 400
    chunks = [parse_qs(request.query)["sysparm_query"][0].split(",") for request in instance.remote.requests]
    assert sorted(map(len, chunks)) == [100, 150, 150]
    assert all(len(request.path + request.query) < 7_400 for request in instance.remote.requests)


async def test_long_column_names_make_smaller_chunks_and_no_longer_addresses(instance, connect):
    sys_ids = instance.statements(150)
    control_name = ".".join(["parent"] * 300)

    versions = await connect(instance.url, control_name_field=control_name).read_many(sys_ids)

    assert len(versions) == 150
    assert len(instance.remote.requests) > 1
    assert all(len(instance.url + request.path + request.query) < 7_500 for request in instance.remote.requests)


async def test_records_that_were_not_asked_for_are_refused(connect):
    async with answering(result([row(ID), row("b" * 32)])) as odd:
        with pytest.raises(RemoteMalformed, match="not asked for"):
            await connect(odd.url).read_many([ID])


async def test_writability_comes_with_the_same_read(instance, connect):
    draft, review = instance.statement(state="draft"), instance.statement(state="review")

    versions = await connect(instance.url, writable_when="state=draft").read_many([draft, review])

    assert (versions[draft].is_writable, versions[review].is_writable) == (True, False)
    assert len(instance.remote.requests) == 1


async def test_a_single_record_whose_text_is_closed_counts_as_hidden(connect):
    closed = row("b" * 32)
    del closed["u_implementation_statement"]
    async with answering(result([row(ID), closed])) as odd:
        assert list(await connect(odd.url).read_many([ID, "b" * 32])) == [ID]


async def test_a_field_that_no_record_shows_says_that_read_access_is_missing(instance, connect):
    sys_ids = instance.statements(3)
    instance.remote.access.hidden_fields.add((sandbox.STATEMENTS, sandbox.STATEMENT_FIELD))

    with pytest.raises(RemoteMalformed) as malformed:
        await connect(instance.url).read_many(sys_ids)
    assert "read access" in malformed.value.next_step


PASSING = {
    "202": reply(202, "", ""),
    "500": refused(500, "boom"),
    "503": reply(503, "<html></html>", HTML),
    "429": reply(429, "<html>busy</html>", HTML),
    "429 with a time": refused(429, "Rate limit exceeded", Retry_After="0"),
    "hibernating": reply(200, "<html>Your instance is hibernating</html>", HTML),
    "login page": reply(200, "<html>login</html>", HTML),
    "reset": b"",
    "body cut off": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{",
}


@pytest.mark.parametrize("answer", PASSING.values(), ids=PASSING.keys())
async def test_a_read_is_made_again_after_a_passing_fault(connect, impatient, monkeypatch, answer):
    monkeypatch.setattr("core.servicenow.pacing._LONGEST_BACKOFF_SECONDS", 0.01)
    async with answering(answer, result([row(ID)])) as odd:
        version = await connect(odd.url).read_one(ID)

    assert version is not None
    assert len(odd.received) == 2


@pytest.mark.parametrize(
    "answer", [PASSING["503"], PASSING["login page"], PASSING["reset"]], ids=["503", "HTML", "reset"]
)
async def test_a_fault_that_stays_is_told_after_four_attempts(connect, impatient, answer):
    async with answering(answer) as odd:
        with pytest.raises(RemoteUnavailable) as unavailable:
            await connect(odd.url).read_one(ID)

    assert len(odd.received) == 4
    assert unavailable.value.retryable


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refused(400, "Invalid table sn_x"), RemoteRefusedRequest),
        (refused(403, "Insufficient rights to query records"), RemoteForbidden),
        (reply(302, "", "", Location="https://sso.example.com/login"), RemoteSignInFailed),
        (result({"sys_id": ID}), RemoteMalformed),
        (result(["x"]), RemoteMalformed),
        (reply(200, '{"ok":true}'), RemoteMalformed),
    ],
    ids=["400", "403", "302", "one record", "strings", "other JSON"],
)
async def test_a_certain_answer_is_not_asked_for_again(connect, impatient, answer, kind):
    async with answering(answer) as odd:
        with pytest.raises(kind):
            await connect(odd.url).read_one(ID)

    assert len(odd.received) == 1


async def test_the_empty_list_of_the_first_api_version_is_an_empty_list(instance, connect):
    instance.remote.behaviour.empty_list_is_404 = True

    assert await connect(instance.url).read_one(ID) is None
    assert [page async for page in connect(instance.url).pages()] == []


CANCELLED = b',{"error":{"message":"Transaction cancelled: maximum execution time exceeded"}}'


async def test_a_chunk_that_is_too_heavy_is_asked_for_in_halves(connect, impatient):
    async def too_many_at_once(request, writer):
        wanted = unquote(request.line).split("sys_idIN")[1].split("&")[0].split(",")
        if len(wanted) > 2:
            writer.write(reply(200, b'{"result":[{"sys_id":' + CANCELLED))
        else:
            writer.write(result([row(sys_id) for sys_id in wanted]))
        await writer.drain()

    sys_ids = [f"{number:032}" for number in range(5)]
    async with answering(too_many_at_once) as odd:
        assert sorted(await connect(odd.url).read_many(sys_ids)) == sys_ids


ODD_BODIES = {
    "byte order mark": reply(200, b"\xef\xbb\xbf" + json.dumps({"result": [row(text="ü")]}).encode()),
    "latin-1 as declared": reply(
        200,
        json.dumps({"result": [row(text="ü")]}, ensure_ascii=False).encode("latin-1"),
        "application/json;charset=ISO-8859-1",
    ),
    "UTF-8 declared as latin-1": reply(
        200,
        json.dumps({"result": [row(text="ü")]}, ensure_ascii=False).encode(),
        'application/json; charset="ISO-8859-1"',
    ),
    "UTF-16": reply(200, json.dumps({"result": [row(text="ü")]}).encode("utf-16"), "application/json"),
    "declared as packed but plain": reply(200, json.dumps({"result": [row(text="ü")]}), Content_Encoding="gzip"),
}


@pytest.mark.parametrize("answer", ODD_BODIES.values(), ids=ODD_BODIES.keys())
async def test_odd_encodings_are_read_right(connect, answer):
    async with answering(answer) as odd:
        version = await connect(odd.url).read_one(ID)

    assert version is not None
    assert version.text == "ü"


async def test_reads_do_not_wait_for_writes(instance, connect):
    first, second = instance.statements(2)
    client = connect(instance.url)
    instance.remote.behaviour.session_transactions = 1
    is_writing, may_go_on = asyncio.Event(), asyncio.Event()

    async def hold(_moment):
        is_writing.set()
        await may_go_on.wait()

    instance.remote.on("before_commit", hold)

    write = asyncio.create_task(client.write(0, first, "<p>x</p>"))
    await is_writing.wait()
    assert await client.read_one(second) is not None
    may_go_on.set()
    await write


async def test_the_scope_is_counted_and_its_newest_stamp_told(instance, connect):
    instance.statement(state="draft")
    newest = instance.statement(state="draft")
    instance.statement(state="retired")
    client = connect(instance.url, query="state=draft")

    stamp = (await client.read_one(newest)).stamp.updated_on

    assert await client.count() == 2
    assert await client.newest_stamp() >= stamp
    assert await client.count(updated_since=dt.datetime(2000, 1, 1, tzinfo=dt.UTC)) == 2
    assert await client.count(updated_since=dt.datetime(2100, 1, 1, tzinfo=dt.UTC)) == 0


async def test_an_empty_scope_has_no_newest_stamp(instance, connect):
    assert await connect(instance.url).newest_stamp() is None
    assert await connect(instance.url).count() == 0


@pytest.mark.parametrize("stats", [{}, {"stats": {}}, {"stats": {"count": "many"}}, []])
async def test_statistics_without_a_count_are_malformed(connect, stats):
    async with answering(result(stats)) as odd:
        with pytest.raises(RemoteMalformed, match="count"):
            await connect(odd.url).count()


async def test_a_session_whose_queue_is_full_is_left(connect, impatient):
    first = result([row(ID)], Set_Cookie="JSESSIONID=full; Path=/")
    async with answering(first, reply(202, "", ""), result([row(ID)])) as odd:
        client = connect(odd.url)
        await client.read_one(ID)
        await client.read_one(ID)

    assert [request.headers.get("cookie") for request in odd.received] == [None, "JSESSIONID=full", None]


async def test_a_check_does_not_wait_an_hour(connect):
    async with answering(refused(429, "Rate limit exceeded", Retry_After="3599")) as odd:
        client = connect(odd.url)
        async with asyncio.timeout(60):
            with pytest.raises(RemoteThrottled) as throttled:
                await client.read_one(ID)
            preflight = await client.preflight()

    assert throttled.value.retry_after_seconds == pytest.approx(3599, abs=2)
    assert preflight.is_retryable
    assert client.pacing.waiting_seconds > 3590
    assert len(odd.received) == 1

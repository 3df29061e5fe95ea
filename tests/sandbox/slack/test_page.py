import asyncio
import contextlib
import json

import httpx

from tests.sandbox.slack.parts import home, modal, section


async def test_the_frame_shows_people_channels_and_the_app(ws, page):
    state = await page("state")

    assert state["team"]["name"] == "Acme Compliance"
    assert state["me"] == "U0EDITOR"
    assert [one["id"] for one in state["people"][:4]] == ["U0EDITOR", "U0REQUEST", "U0APPROVE", "U0ADMIN"]
    assert [one["id"] for one in state["channels"]] == ["C0GRC", "C0GENERAL", "C0PRIVATE", "C0SHARED"]
    assert state["dms"] == [{"id": "D0EDITOR", "user": "U0BOT", "unread": 0}]
    assert state["commands"][0]["command"] == "/grcpush"
    assert state["bot"] == {"user_id": "U0BOT", "bot_id": "B0BOT", "app_id": "A0GRC", "name": "grcpush"}
    assert state["links"] == {"servicenow": None}


async def test_an_outsider_sees_the_shared_channel_only(page):
    state = await page("state", me="U0OTHER")

    assert [one["id"] for one in state["channels"]] == ["C0SHARED"]
    assert (await page("messages", me="U0OTHER", channel="C0PRIVATE"))["error"] == "channel_not_found"


async def test_nobody_else_can_be_acted_as(page):
    assert (await page("state", me="U0NOBODY")) == {"ok": False, "error": "user_not_found"}
    assert (await page("home", {}, me="U0BOT"))["error"] == "user_not_found"


async def test_nobody_reads_anothers_direct_messages(ws, page):
    ws.directory.direct_with("U0ADMIN")

    assert (await page("messages", channel="D0ADMIN"))["error"] == "channel_not_found"


async def test_messages_come_in_order_with_ones_own_ephemerals(client, page):
    ts = (await client.chat_postMessage(channel="C0GRC", text="one", blocks=[section("one")]))["ts"]
    await client.chat_postEphemeral(channel="C0GRC", user="U0EDITOR", text="two")
    await client.chat_postEphemeral(channel="C0GRC", user="U0ADMIN", text="not for Erin")
    await client.chat_postMessage(channel="C0GRC", thread_ts=ts, text="reply")

    shown = (await page("messages", channel="C0GRC"))["messages"]
    thread = (await page("thread", channel="C0GRC", ts=ts))["messages"]

    assert [(one["text"], one["ephemeral"]) for one in shown] == [("one", False), ("two", True)]
    assert (shown[0]["reply_count"], shown[0]["reply_users"]) == (1, ["U0BOT"])
    assert shown[1]["blocks"] == []
    assert [one["text"] for one in thread] == ["one", "reply"]


async def test_unread_messages_are_counted_until_read(client, page):
    await client.chat_postMessage(channel="C0GRC", text="one")
    await client.chat_postMessage(channel="C0GRC", text="two")

    assert (await page("state"))["channels"][0]["unread"] == 2
    assert (await page("read", {"channel": "C0GRC"}))["ok"]
    assert (await page("state"))["channels"][0]["unread"] == 0
    assert (await page("state", me="U0ADMIN"))["channels"][0]["unread"] == 2


async def test_files_are_shown_and_never_run(client, page, slack_url):
    uploaded = await client.files_upload_v2(channel="C0GRC", filename="a.html", content="<script>alert(1)</script>")
    async with httpx.AsyncClient() as http:
        answer = await http.get(f"{slack_url}/sandbox/api/file/{uploaded['file']['id']}")
        missing = await http.get(f"{slack_url}/sandbox/api/file/F0NONE")

    assert answer.text == "<script>alert(1)</script>"
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-security-policy"] == "sandbox"
    assert missing.status_code == 404


async def test_refused_calls_are_listed_newest_first(ws, client, page):
    for name, error in (("chat.update", "message_not_found"), ("chat.delete", "fatal_error")):
        ws.faults.error(name, error)
        await ws_call(client, name)

    listed = (await page("refusals"))["refusals"]

    assert [(one["method"], one["error"]) for one in listed] == [
        ("chat.delete", "fatal_error"),
        ("chat.update", "message_not_found"),
    ]


async def ws_call(client, name):
    with contextlib.suppress(Exception):
        await client.api_call(name, json={"channel": "C0GRC", "ts": "1.0", "text": "x"})


async def test_changes_are_streamed_to_whom_they_concern(ws, client, slack_url):
    kinds = {"U0EDITOR": [], "U0ADMIN": []}

    async def listen(user, until):
        address = f"{slack_url}/sandbox/api/events"
        async with httpx.AsyncClient() as http, http.stream("GET", address, params={"as": user}) as stream:
            async for line in stream.aiter_lines():
                if line.startswith("data: "):
                    notice = json.loads(line.removeprefix("data: "))
                    kinds[user].append(notice["type"])
                    if notice["type"] == until:
                        return

    listeners = [asyncio.create_task(listen(user, "message_deleted")) for user in kinds]
    await ws.wait_for(lambda: ws.feed.stream_count == 2)
    ts = (await client.chat_postMessage(channel="C0GRC", text="one"))["ts"]
    await client.chat_postEphemeral(channel="C0GRC", user="U0EDITOR", text="two")
    await client.chat_update(channel="C0GRC", ts=ts, text="three")
    await client.views_open(trigger_id=ws.tickets.new_trigger("U0EDITOR"), view=modal())
    await client.views_publish(user_id="U0EDITOR", view=home())
    await ws_call(client, "chat.nothing")
    await ws.person("U0EDITOR").command("/grcpush")
    await client.files_upload_v2(channel="C0GRC", filename="a.txt", content="a")
    await client.chat_delete(channel="C0GRC", ts=ts)
    await asyncio.gather(*listeners)

    everyone = ["message", "message_changed", "refused", "message", "file", "message_deleted"]
    assert kinds["U0ADMIN"] == everyone
    assert kinds["U0EDITOR"] == [
        "message",
        "ephemeral",
        "message_changed",
        "views",
        "home",
        "refused",
        "delivery_failed",
        "message",
        "file",
        "message_deleted",
    ]


async def test_an_open_stream_does_not_keep_the_server_from_ending(ws):
    async with ws.running() as url, httpx.AsyncClient(timeout=10) as http:
        request = http.build_request("GET", f"{url}/sandbox/api/events", params={"as": "U0EDITOR"})
        stream = await http.send(request, stream=True)
        assert stream.status_code == 200
        lines = asyncio.create_task(stream.aread())
        await ws.wait_for(lambda: ws.feed.stream_count == 1)
    await asyncio.wait([lines])


async def test_the_page_and_its_files_are_served_and_nothing_above_them(slack_url):
    async with httpx.AsyncClient(base_url=slack_url) as http:
        page = await http.get("/")
        script = await http.get("/sandbox/web/js/api.js")
        above = await http.get("/sandbox/web/..%2fserving.py")

    assert "text/html" in page.headers["content-type"]
    assert "javascript" in script.headers["content-type"]
    assert above.status_code == 404

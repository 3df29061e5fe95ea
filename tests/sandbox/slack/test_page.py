import asyncio
import contextlib
import json

import httpx
import pytest

from tests.sandbox.slack.parts import actions, asks, button, checkboxes, home, modal, option, section, text_input


@pytest.fixture
async def page(slack_url):
    """The page's JSON: `await page("state")`, `await page("command", {...})`, as Erin unless said otherwise."""
    async with httpx.AsyncClient(base_url=f"{slack_url}/sandbox/api/") as http:

        async def call(path, body=None, **query):
            who = query.pop("me", "U0EDITOR")
            if body is None:
                return (await http.get(path, params={"as": who, **query})).json()
            return (await http.post(path, json={"as": who, **body})).json()

        yield call


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


async def test_a_command_reaches_the_bot(ws, bot, page):
    @bot.command("/grcpush")
    async def command(ack, body):
        await ack(text=f"you said {body['text']}")

    done = await page("command", {"channel": "C0GRC", "command": "/grcpush", "text": "AC-2"})

    assert (done["ok"], done["delivered"]) == (True, True)
    assert (await page("messages", channel="C0GRC"))["messages"][0]["text"] == "you said AC-2"


async def test_what_slack_would_not_send_is_said(ws, page):
    body = {"channel": "C0GRC", "command": "/grcpush", "text": ""}

    assert (await page("command", {**body, "command": "/other"}))["error"] == "unknown_command"
    assert (await page("command", {**body, "thread_ts": "1.0"}))["error"] == "not_supported_in_threads"
    assert (await page("command", body))["error"] == "app_not_running"
    assert (await page("message", {"channel": "C0GRC", "text": " "}))["error"] == "no_text"


async def test_a_message_stands_in_its_thread(ws, client, page):
    ts = (await client.chat_postMessage(channel="C0GRC", text="parent"))["ts"]

    said = await page("message", {"channel": "C0GRC", "text": "reply", "thread_ts": ts})

    assert said["ok"]
    assert ws.thread("C0GRC", ts)[1].user == "U0EDITOR"


async def test_clicks_bring_what_was_ticked_beside_them(ws, bot, client, page):
    got = []

    @bot.action("go")
    async def go(ack, body):
        got.append(body)
        await ack()

    ts = (
        await client.chat_postMessage(
            channel="C0GRC", text="t", blocks=[actions(checkboxes(), button(value="7"), block_id="row")]
        )
    )["ts"]
    ticked = {"row": {"picks": {"type": "checkboxes", "selected_options": [option("b")]}}}

    done = await page(
        "action",
        {
            "container": {"type": "message", "channel": "C0GRC", "message_ts": ts},
            "block_id": "row",
            "action_id": "go",
            "state": {**ticked, "stale": {"gone": {"type": "checkboxes"}}},
        },
    )

    assert done["ok"]
    assert got[0]["actions"][0]["value"] == "7"
    assert got[0]["state"]["values"] == ticked
    shown = (await page("messages", channel="C0GRC"))["messages"][0]
    assert shown["state"]["values"] == ticked


async def test_a_choice_is_told_as_chosen(ws, bot, client, page):
    got = []

    @bot.action("owner")
    async def owner(ack, body):
        got.append(body)
        await ack()

    menu = {"type": "users_select", "action_id": "owner"}
    view = modal(actions(menu, block_id="row"))
    await client.views_open(trigger_id=ws.tickets.new_trigger("U0EDITOR"), view=view)
    shown = (await page("views"))["stack"][0]

    await page(
        "action",
        {
            "container": {"type": "view", "view_id": shown["id"]},
            "block_id": "row",
            "action_id": "owner",
            "selected_user": "U0ADMIN",
        },
    )

    assert got[0]["actions"][0]["selected_user"] == "U0ADMIN"
    assert got[0]["view"]["state"]["values"]["row"]["owner"]["selected_user"] == "U0ADMIN"


async def test_what_is_gone_cannot_be_used(ws, client, page):
    container = {"type": "message", "channel": "C0GRC", "message_ts": "1.0"}

    assert (await page("action", {"container": container}))["error"] == "message_not_found"
    assert (await page("submit", {"view_id": "VNONE"}))["error"] == "view_not_found"


async def test_a_modal_is_submitted_with_its_values(ws, bot, client, page):
    got = []

    @bot.view("modal")
    async def submitted(ack, body):
        got.append(body["view"]["state"]["values"])
        if got[-1]["why"]["text"]["value"] == "no":
            await ack(response_action="errors", errors={"why": "be nice"})
        else:
            await ack()

    await client.views_open(trigger_id=ws.tickets.new_trigger("U0EDITOR"), view=modal(asks(text_input(), "why")))
    view = (await page("views"))["stack"][0]

    def values(text):
        return {"view_id": view["id"], "values": {"why": {"text": {"type": "plain_text_input", "value": text}}}}

    assert "why" in (await page("submit", values("")))["errors"]
    assert (await page("submit", values("no"))) == {"ok": False, "errors": {"why": "be nice"}}
    assert (await page("views"))["stack"][0]["errors"] == {"why": "be nice"}
    assert (await page("submit", values("yes")))["ok"]
    assert (await page("views"))["stack"] == []


async def test_nobody_submits_anothers_modal(ws, client, page):
    await client.views_open(trigger_id=ws.tickets.new_trigger("U0ADMIN"), view=modal())

    assert (await page("submit", {"view_id": ws.views("U0ADMIN")[0].id}))["error"] == "view_not_found"
    assert (await page("views"))["stack"] == []


async def test_modals_close_one_by_one_or_all(ws, client, page):
    for title in ("one", "two"):
        await client.views_push(trigger_id=ws.tickets.new_trigger("U0EDITOR"), view=modal(title=title))
    top = (await page("views"))["stack"][1]

    assert (await page("close", {"view_id": top["id"]}))["ok"]
    (rest,) = (await page("views"))["stack"]
    assert rest["title"]["text"] == "one"
    assert (await page("close", {"view_id": rest["id"], "clear_all": True}))["ok"]


async def test_home_and_its_opening(ws, bot, client, page):
    @bot.event("app_home_opened")
    async def opened(event):
        await client.views_publish(user_id=event["user"], view=home(section("drawn")))

    assert (await page("home"))["view"] is None
    assert (await page("home", {}))["ok"]
    await ws.wait_home("U0EDITOR", "drawn")
    assert (await page("home"))["view"]["blocks"][0]["text"]["text"] == "drawn"


async def test_shortcuts_run(ws, bot, page):
    @bot.shortcut("push")
    async def push(ack):
        await ack()

    assert (await page("shortcut", {"callback_id": "push"}))["ok"]
    assert (await page("shortcut", {"callback_id": "unknown"}))["error"] == "dispatch_failed"


async def test_options_of_an_external_select(ws, bot, client, page):
    @bot.options("family")
    async def families(ack, payload):
        await ack(options=[option(payload["value"])])

    menu = {"type": "external_select", "action_id": "family"}
    ts = (await client.chat_postMessage(channel="C0GRC", text="t", blocks=[actions(menu, block_id="row")]))["ts"]

    found = await page(
        "options", type="message", channel="C0GRC", message_ts=ts, block_id="row", action_id="family", value="AC"
    )

    assert found["options"] == [option("AC")]


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

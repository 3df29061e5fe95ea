from tests.sandbox.slack.parts import actions, asks, button, checkboxes, home, modal, option, section, text_input


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


async def test_values_may_come_in_slacks_wrapping(ws, bot, client, page):
    @bot.action("go")
    async def go(ack):
        await ack()

    blocks = [actions(checkboxes(), button(), block_id="row")]
    ts = (await client.chat_postMessage(channel="C0GRC", text="t", blocks=blocks))["ts"]
    ticked = {"row": {"picks": {"type": "checkboxes", "selected_options": [option("b")]}}}
    click = {"container": {"channel": "C0GRC", "message_ts": ts}, "block_id": "row", "action_id": "go"}

    assert (await page("action", {**click, "state": {"values": ticked}}))["ok"]
    assert ws.posts.find("C0GRC", ts).state_for("U0EDITOR") == ticked
    assert (await page("action", {**click, "state": [1]}))["error"] == "invalid_arguments"
    assert (await page("action", {**click, "container": "here"}))["error"] == "channel_not_found"


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

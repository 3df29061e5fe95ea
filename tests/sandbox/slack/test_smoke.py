async def test_a_command_gets_its_answer(ws, bot):
    @bot.command("/grcpush")
    async def listing(ack, respond, body):
        await ack()
        await respond(
            text=f"you said {body['text']}",
            blocks=[
                {"type": "section", "text": {"type": "mrkdwn", "text": "pick"}},
                {
                    "type": "actions",
                    "block_id": "b",
                    "elements": [
                        {
                            "type": "button",
                            "action_id": "go",
                            "text": {"type": "plain_text", "text": "Go"},
                            "value": "1",
                        }
                    ],
                },
            ],
        )

    @bot.action("go")
    async def go(ack, client, body):
        await ack()
        await client.views_open(
            trigger_id=body["trigger_id"],
            view={
                "type": "modal",
                "callback_id": "m",
                "title": {"type": "plain_text", "text": "T"},
                "submit": {"type": "plain_text", "text": "OK"},
                "blocks": [
                    {
                        "type": "input",
                        "block_id": "why",
                        "label": {"type": "plain_text", "text": "Why"},
                        "element": {"type": "plain_text_input", "action_id": "t"},
                    }
                ],
            },
        )

    @bot.view("m")
    async def submitted(ack, client, view):
        if view["state"]["values"]["why"]["t"]["value"] == "no":
            await ack(response_action="errors", errors={"why": "be nice"})
            return
        await ack()
        await client.chat_postMessage(channel="C0GRC", text="done")

    erin = ws.person("U0EDITOR")
    d = await erin.command("/grcpush", "AC-2")
    assert d.ok, d
    shown = await ws.wait_ephemeral("U0EDITOR", "AC-2")
    assert (await erin.click(shown, "go")).ok
    view = await ws.wait_view("U0EDITOR", "Why")
    assert (await erin.submit(view)).errors
    s = await erin.submit(view, {"why": "no"})
    assert s.errors == {"why": "be nice"}
    s = await erin.submit(view, {"t": "yes"})
    assert s.ok and not ws.views("U0EDITOR")
    await ws.wait_message("done")
    print(ws.calls, [(d.name, d.ok, d.ack_ms) for d in ws.deliveries])

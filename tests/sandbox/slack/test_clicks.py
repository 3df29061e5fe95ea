import re

import pytest

from sandbox.slack import NotOnShow
from tests.sandbox.slack.parts import actions, asks, button, checkboxes, home, modal, option, plain, section, text_input


@pytest.fixture
def heard(bot):
    """Every block_actions payload the bot got."""
    payloads = []

    @bot.action({"type": "block_actions", "action_id": re.compile(".*")})
    async def on_action(ack, body):
        payloads.append(body)
        await ack()

    return payloads


async def posted(ws, client, *blocks, **where):
    answer = await client.chat_postMessage(channel="C0GRC", text="card", blocks=list(blocks), **where)
    return ws.posts.find("C0GRC", answer["ts"])


async def test_a_click_tells_who_where_and_what(ws, client, heard):
    message = await posted(ws, client, actions(button(value="v1:42", style="primary"), block_id="row"))

    delivery = await ws.person("U0EDITOR").click(message, "go")

    assert delivery.ok
    (body,) = heard
    action = dict(body["actions"][0])
    assert float(action.pop("action_ts"))
    text = plain("Go")
    assert action == {
        "action_id": "go",
        "block_id": "row",
        "type": "button",
        "text": text,
        "value": "v1:42",
        "style": "primary",
    }
    assert body["container"] == {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": "C0GRC",
        "is_ephemeral": False,
    }
    assert body["channel"] == {"id": "C0GRC", "name": "grc-pushes"}
    assert body["message"]["ts"] == message.ts
    assert body["user"]["id"] == "U0EDITOR"
    assert body["team"] == {"id": "T0GRC", "domain": "acme-compliance"}
    assert (body["api_app_id"], body["is_enterprise_install"], body["enterprise"]) == ("A0GRC", False, None)
    assert body["trigger_id"]
    assert body["response_url"].startswith("http://127.0.0.1")


async def test_two_clicks_differ_in_their_time(ws, client, heard):
    message = await posted(ws, client, actions(button()))
    erin = ws.person("U0EDITOR")

    await erin.click(message, "go")
    await erin.click(message, "go")

    assert heard[0]["actions"][0]["action_ts"] != heard[1]["actions"][0]["action_ts"]


async def test_a_click_in_a_thread_names_the_thread(ws, client, heard):
    parent = await posted(ws, client, section())
    reply = await posted(ws, client, actions(button()), thread_ts=parent.ts)

    await ws.person("U0EDITOR").click(reply, "go")

    assert heard[0]["container"]["thread_ts"] == parent.ts
    assert heard[0]["message"]["thread_ts"] == parent.ts


async def test_an_ephemeral_click_brings_values_but_not_the_message(ws, client, heard):
    blocks = [actions(checkboxes(), button(), block_id="row")]
    await client.chat_postEphemeral(channel="C0GRC", user="U0EDITOR", text="list", blocks=blocks)
    erin = ws.person("U0EDITOR")
    (listing,) = erin.ephemerals()

    await erin.tick(listing, "picks", "a", "c")
    await erin.click(listing, "go")

    body = heard[-1]
    assert body["container"]["is_ephemeral"] is True
    assert "message" not in body
    picked = body["state"]["values"]["row"]["picks"]["selected_options"]
    assert [one["value"] for one in picked] == ["a", "c"]


async def test_each_person_has_their_own_ticks(ws, client, heard):
    message = await posted(ws, client, actions(checkboxes(), block_id="row"))

    await ws.person("U0EDITOR").tick(message, "picks", "a")
    await ws.person("U0ADMIN").tick(message, "picks", "b")

    ticked = [[one["value"] for one in body["actions"][0]["selected_options"]] for body in heard]
    assert ticked == [["a"], ["b"]]


async def test_ticks_survive_a_redraw_of_the_message(ws, client, heard):
    message = await posted(ws, client, actions(checkboxes(), block_id="row"))
    erin = ws.person("U0EDITOR")
    await erin.tick(message, "picks", "a", "b")

    redrawn = [actions(checkboxes(), button(), block_id="row")]
    await client.chat_update(channel="C0GRC", ts=message.ts, text="card", blocks=redrawn)
    await erin.untick(message, "picks", "a")
    await erin.click(message, "go")

    held = heard[-1]["state"]["values"]["row"]["picks"]["selected_options"]
    assert [one["value"] for one in held] == ["b"]


MENUS = [
    ({"type": "static_select", "options": [option("a"), option("b")]}, "b", {"selected_option": option("b")}),
    ({"type": "radio_buttons", "options": [option("a"), option("b")]}, "Choice a", {"selected_option": option("a")}),
    ({"type": "users_select"}, "U0ADMIN", {"selected_user": "U0ADMIN"}),
    ({"type": "conversations_select"}, "C0GRC", {"selected_conversation": "C0GRC"}),
    ({"type": "channels_select"}, "C0GRC", {"selected_channel": "C0GRC"}),
    ({"type": "datepicker"}, "2026-11-22", {"selected_date": "2026-11-22"}),
    ({"type": "timepicker"}, "09:30", {"selected_time": "09:30"}),
]


@pytest.mark.parametrize(("element", "wanted", "told"), MENUS, ids=[element["type"] for element, _, _ in MENUS])
async def test_a_choice_is_told_and_held(ws, client, heard, element, wanted, told):
    message = await posted(ws, client, actions({**element, "action_id": "menu"}, block_id="row"))

    await ws.person("U0EDITOR").choose(message, "menu", wanted)

    (body,) = heard
    assert told.items() <= body["actions"][0].items()
    assert body["state"]["values"]["row"]["menu"] == {"type": element["type"], **told}


async def test_several_may_be_chosen_up_to_the_limit(ws, client, heard):
    element = {"type": "multi_static_select", "action_id": "menu", "max_selected_items": 2}
    element["options"] = [option("a"), option("b"), option("c")]
    message = await posted(ws, client, section(accessory=element, block_id="row"))
    erin = ws.person("U0EDITOR")

    await erin.choose(message, "menu", ["a", "c"])

    assert [one["value"] for one in heard[0]["actions"][0]["selected_options"]] == ["a", "c"]
    with pytest.raises(NotOnShow):
        await erin.choose(message, "menu", ["a", "b", "c"])


async def test_an_overflow_menu_tells_what_was_picked(ws, client, heard):
    menu = {"type": "overflow", "action_id": "more", "options": [option("view"), option("drop")]}
    message = await posted(ws, client, section(accessory=menu))

    await ws.person("U0EDITOR").click(message, "more", option="drop")

    assert heard[0]["actions"][0]["selected_option"]["value"] == "drop"


async def test_a_declined_confirmation_tells_nothing(ws, client, heard):
    confirm = {"title": plain(), "text": plain(), "confirm": plain("Yes"), "deny": plain("No")}
    message = await posted(ws, client, actions(button(confirm=confirm)))
    erin = ws.person("U0EDITOR")

    assert await erin.click(message, "go", accept=False) is None
    assert heard == []
    assert (await erin.click(message, "go")).ok


async def test_what_is_not_on_show_cannot_be_clicked(ws, client, heard):
    message = await posted(ws, client, actions(button(value="1"), button("stop", "Stop")))
    erin = ws.person("U0EDITOR")

    with pytest.raises(NotOnShow, match="stop"):
        await erin.click(message, "gone")
    with pytest.raises(NotOnShow):
        await erin.click(message, "go", value="2")
    with pytest.raises(NotOnShow):
        await erin.choose(message, "stop", None, block_id="elsewhere")
    await client.chat_delete(channel="C0GRC", ts=message.ts)
    with pytest.raises(NotOnShow, match="deleted"):
        await erin.click(message, "go")


async def test_equal_action_ids_are_told_apart_by_value_or_block(ws, client, heard):
    rows = [actions(button(value=str(n)), block_id=f"row-{n}") for n in range(3)]
    message = await posted(ws, client, *rows)
    erin = ws.person("U0EDITOR")

    with pytest.raises(NotOnShow, match="several"):
        await erin.click(message, "go")
    await erin.click(message, "go", value="1")
    await erin.click(message, "go", block_id="row-2")

    assert [body["actions"][0]["value"] for body in heard] == ["1", "2"]


async def test_a_modal_tells_its_clicks_with_all_values(ws, client, heard):
    search = asks(text_input("search"), "search", dispatch_action=True)
    view = modal(search, actions(button()), asks(text_input("reason"), "why"))
    await client.views_open(trigger_id=ws.tickets.new_trigger("U0EDITOR"), view=view)
    erin = ws.person("U0EDITOR")

    assert await erin.enter(erin.modal(), "reason", "quiet") is None
    await erin.enter(erin.modal(), "search", "AC-2")
    await erin.click(erin.modal(), "go")

    assert [body["actions"][0]["action_id"] for body in heard] == ["search", "go"]
    assert heard[0]["actions"][0]["value"] == "AC-2"
    assert heard[1]["container"] == {"type": "view", "view_id": erin.modal().id}
    values = heard[1]["view"]["state"]["values"]
    assert (values["search"]["search"]["value"], values["why"]["reason"]["value"]) == ("AC-2", "quiet")
    assert "response_url" not in heard[1]


async def test_home_has_buttons_too(ws, client, heard):
    await client.views_publish(user_id="U0EDITOR", view=home(actions(button())))
    erin = ws.person("U0EDITOR")

    await erin.click(erin.home(), "go")

    assert heard[0]["view"]["type"] == "home"
    assert heard[0]["container"]["view_id"] == erin.home().id


async def test_an_external_select_asks_the_bot_for_its_options(ws, client, bot, heard):
    @bot.options("family")
    async def families(ack, payload):
        await ack(options=[option(name) for name in ("AC", "AU", "CM") if name.startswith(payload["value"])])

    menu = {"type": "external_select", "action_id": "family", "min_query_length": 0}
    await client.views_open(trigger_id=ws.tickets.new_trigger("U0EDITOR"), view=modal(actions(menu)))
    erin = ws.person("U0EDITOR")

    assert [one["value"] for one in await erin.options(erin.modal(), "family", "A")] == ["AC", "AU"]
    await erin.choose(erin.modal(), "family", "CM")

    assert heard[0]["actions"][0]["selected_option"]["value"] == "CM"


async def test_faulty_options_are_not_shown(ws, client, bot):
    @bot.options("family")
    async def families(ack):
        await ack(options=[option("x" * 151)])

    menu = {"type": "external_select", "action_id": "family"}
    await client.views_open(trigger_id=ws.tickets.new_trigger("U0EDITOR"), view=modal(actions(menu)))
    erin = ws.person("U0EDITOR")

    with pytest.raises(NotOnShow, match="invalid_options"):
        await erin.options(erin.modal(), "family", "A")
    assert (ws.failures[-1].name, ws.failures[-1].error) == ("family", "invalid_options")

import asyncio
import time

import pytest
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from sandbox.serving import running
from sandbox.slack import NotOnShow
from tests.sandbox.slack.parts import actions, button


@pytest.fixture
def commands(bot):
    """The bodies of the commands the bot got."""
    bodies = []

    @bot.command("/grcpush")
    async def command(ack, body):
        bodies.append(body)
        await ack()

    return bodies


async def test_a_command_brings_slacks_fields(ws, commands):
    delivery = await ws.person("U0EDITOR").command("/grcpush", "AC-2 & <AC-3>", channel="C0GENERAL")

    assert (delivery.ok, delivery.status, delivery.name) == (True, 200, "/grcpush")
    assert 0 < delivery.ack_ms < 3000
    (body,) = commands
    urls = {name: body.pop(name) for name in ("response_url", "trigger_id")}
    assert all(urls.values())
    assert body == {
        "token": ws.verification_token,
        "team_id": "T0GRC",
        "team_domain": "acme-compliance",
        "channel_id": "C0GENERAL",
        "channel_name": "general",
        "user_id": "U0EDITOR",
        "user_name": "erin",
        "command": "/grcpush",
        "text": "AC-2 & <AC-3>",
        "api_app_id": "A0GRC",
        "is_enterprise_install": "false",
    }


async def test_a_command_nobody_declared_cannot_be_used(ws, commands):
    with pytest.raises(NotOnShow):
        await ws.person("U0EDITOR").command("/other")


async def test_deliveries_are_signed(ws, slack_url):
    got = []

    async def endpoint(request):
        got.append((await request.body(), dict(request.headers)))
        return PlainTextResponse("")

    async with running(Starlette(routes=[Route("/slack/events", endpoint, methods=["POST"])])) as url:
        ws.deliver_to(f"{url}/slack/events")
        await ws.person("U0EDITOR").command("/grcpush", "hello")

    ((body, headers),) = got
    assert SignatureVerifier(ws.signing_secret).is_valid_request(body, headers)
    assert not SignatureVerifier("another").is_valid_request(body, headers)
    assert headers["content-type"] == "application/x-www-form-urlencoded"


async def test_a_bot_that_does_not_acknowledge_fails_before_the_person(ws, bot):
    ws.ack_timeout = 0.2
    release = asyncio.Event()

    @bot.command("/grcpush")
    async def slow(ack):
        await release.wait()
        await ack()

    delivery = await ws.person("U0EDITOR").command("/grcpush")
    release.set()

    assert (delivery.error, ws.failures) == ("timeout", [delivery])


async def test_an_unhandled_click_fails_before_the_person(ws, bot, client):
    answer = await client.chat_postMessage(channel="C0GRC", text="t", blocks=[actions(button("dead"))])
    message = ws.posts.find("C0GRC", answer["ts"])

    delivery = await ws.person("U0EDITOR").click(message, "dead")

    assert (delivery.error, delivery.status) == ("http_error", 404)


async def test_a_bot_that_is_not_there_fails_before_the_person(ws, slack_url):
    assert (await ws.person("U0EDITOR").command("/grcpush")).error == "not_connected"

    ws.deliver_to("http://127.0.0.1:1")
    assert (await ws.person("U0EDITOR").command("/grcpush")).error == "connection_failed"
    assert len(ws.failures) == 2


async def test_the_same_delivery_may_come_twice(ws, commands):
    ws.duplicate_deliveries = 1
    erin = ws.person("U0EDITOR")

    await erin.command("/grcpush", "one")
    await erin.command("/grcpush", "two")

    assert [body["text"] for body in commands] == ["one", "one", "two"]
    assert commands[0]["trigger_id"] == commands[1]["trigger_id"]


async def test_an_old_delivery_may_be_sent_again(ws, commands):
    first = await ws.person("U0EDITOR").command("/grcpush", "one")

    again = await ws.forging.again(first)

    assert again.ok
    assert commands[0] == commands[1]


FORGERIES = {
    "no signature": {"signed": ""},
    "another secret": {"secret": "guessed"},
    "a stale time": {"timestamp": str(int(time.time()) - 600)},
    "a signature of something else": {"signed": "v0=" + "0" * 64},
}


@pytest.mark.parametrize("how", FORGERIES)
async def test_bolt_refuses_what_is_forged(ws, commands, how):
    genuine = await ws.person("U0EDITOR").command("/grcpush", "one")

    forged = await ws.forging.post_payload("slash_commands", genuine.payload, **FORGERIES[how])

    assert forged.status == 401
    assert len(commands) == 1


async def test_a_properly_signed_body_is_taken(ws, commands):
    genuine = await ws.person("U0EDITOR").command("/grcpush", "one")

    sent = await ws.forging.post_payload("slash_commands", {**genuine.payload, "text": "two"})

    assert sent.status == 200
    assert commands[1]["text"] == "two"


async def test_global_and_message_shortcuts(ws, bot, client):
    got = []

    @bot.shortcut("push")
    async def push(ack, body):
        got.append(body)
        await ack()

    @bot.message_shortcut("explain")
    async def explain(ack, body):
        got.append(body)
        await ack()

    answer = await client.chat_postMessage(channel="C0GRC", text="what?")
    erin = ws.person("U0EDITOR")
    assert (await erin.shortcut("push")).ok
    assert (await erin.message_shortcut("explain", ws.posts.find("C0GRC", answer["ts"]))).ok

    assert (got[0]["type"], got[0]["callback_id"], bool(got[0]["trigger_id"])) == ("shortcut", "push", True)
    assert (got[1]["type"], got[1]["message"]["text"], got[1]["channel"]["id"]) == ("message_action", "what?", "C0GRC")
    assert got[1]["response_url"]


async def test_an_outsider_comes_with_their_own_team(ws, commands):
    await ws.person("U0OTHER").command("/grcpush", channel="C0SHARED")

    assert (commands[0]["team_id"], commands[0]["user_id"]) == ("T0OTHER", "U0OTHER")


async def test_a_manifest_installs_scopes_events_and_commands(ws):
    ws.install(
        {
            "features": {
                "slash_commands": [{"command": "/other", "description": "d", "usage_hint": "u", "should_escape": True}],
                "shortcuts": [{"type": "global", "callback_id": "push", "name": "Push", "description": "d"}],
            },
            "oauth_config": {"scopes": {"bot": ["commands", "chat:write"]}},
            "settings": {"event_subscriptions": {"bot_events": ["app_home_opened"]}, "socket_mode_enabled": True},
        }
    )

    assert ws.scopes == {"commands", "chat:write"}
    assert ws.subscriptions == {"app_home_opened"}
    assert ws.commands == [{"command": "/other", "description": "d", "usage_hint": "u"}]
    assert ws.shortcuts == [{"type": "global", "callback_id": "push", "name": "Push"}]
    assert ws.socket_mode

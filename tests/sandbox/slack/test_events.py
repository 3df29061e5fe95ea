import pytest

from tests.sandbox.slack.parts import home, section
from tests.sandbox.slack.refused import refused


@pytest.fixture
def told(bot):
    """The bodies of all events the bot's listeners got."""
    bodies = []

    async def keep(body):
        bodies.append(body)

    for name in (
        "app_home_opened",
        "member_joined_channel",
        "message",
        "app_mention",
        "app_uninstalled",
        "tokens_revoked",
    ):
        bot.event(name)(keep)
    bot.event({"type": "message", "subtype": "message_changed"})(keep)
    return bodies


async def heard(ws, told, count):
    return await ws.wait_for(lambda: told if len(told) >= count else None)


async def test_opening_home_is_told_with_the_view(ws, client, told):
    erin = ws.person("U0EDITOR")
    assert (await erin.open_home()).ok
    await client.views_publish(user_id="U0EDITOR", view=home(section("drawn")))
    await erin.open_home()
    await erin.open_home("messages")

    first, second, third = [body["event"] for body in await heard(ws, told, 3)]
    assert (first["type"], first["user"], first["tab"], "view" in first) == (
        "app_home_opened",
        "U0EDITOR",
        "home",
        False,
    )
    assert second["view"]["blocks"][0]["text"]["text"] == "drawn"
    assert (third["tab"], "view" in third) == ("messages", False)


async def test_an_event_comes_in_its_envelope(ws, told):
    await ws.person("U0EDITOR").open_home()

    (body,) = await heard(ws, told, 1)
    assert body["type"] == "event_callback"
    assert body["event_id"].startswith("Ev")
    assert (body["team_id"], body["api_app_id"]) == ("T0GRC", "A0GRC")
    assert body["authorizations"][0] == {
        "enterprise_id": None,
        "team_id": "T0GRC",
        "user_id": "U0BOT",
        "is_bot": True,
        "is_enterprise_install": False,
    }


async def test_replies_in_a_thread_are_told(ws, client, told):
    ts = (await client.chat_postMessage(channel="C0GRC", text="conflict"))["ts"]

    said = await ws.person("U0EDITOR").say("C0GRC", "I know why", thread_ts=ts)

    (body,) = await heard(ws, told, 1)
    event = body["event"]
    assert (event["text"], event["thread_ts"], event["user"]) == ("I know why", ts, "U0EDITOR")
    assert (event["ts"], event["channel"], event["channel_type"]) == (said.ts, "C0GRC", "channel")


async def test_what_the_bot_is_not_in_or_may_not_read_is_not_told(ws, told):
    erin = ws.person("U0EDITOR")
    await erin.say("C0GENERAL", "outside")
    ws.scopes -= {"channels:history", "im:history"}
    await erin.say("bot", "im:history is not granted")
    await erin.say("C0GRC", "not granted either")

    assert [delivery for delivery in ws.deliveries if delivery.kind == "events_api"] == []


async def test_a_direct_message_is_told_with_its_scope(ws, told):
    ws.scopes.add("im:history")

    await ws.person("U0EDITOR").say("bot", "hello")

    (body,) = await heard(ws, told, 1)
    assert (body["event"]["channel_type"], body["event"]["channel"]) == ("im", "D0EDITOR")


async def test_a_mention_is_told_with_its_scope(ws, told):
    ws.scopes.add("app_mentions:read")

    await ws.person("U0EDITOR").say("C0GRC", "<@U0BOT> hello")

    assert [body["event"]["type"] for body in await heard(ws, told, 2)] == ["message", "app_mention"]


async def test_the_bots_own_messages_are_delivered_and_bolt_leaves_them_out(ws, client, told):
    ts = (await client.chat_postMessage(channel="C0GRC", text="mine"))["ts"]
    await client.chat_update(channel="C0GRC", ts=ts, text="mine, changed")

    def both():
        events = [one for one in ws.deliveries if one.kind == "events_api" and one.status is not None]
        return events if len(events) == 2 else None

    posted, changed = await ws.wait_for(both)
    assert posted.payload["event"]["bot_id"] == "B0BOT"
    assert changed.payload["event"]["subtype"] == "message_changed"
    assert changed.payload["event"]["previous_message"]["text"] == "mine"
    assert told == []


async def test_coming_into_a_channel_is_told(ws, told):
    await ws.person("U0GUEST").join("C0SHARED")
    await ws.person("U0ADMIN").invite_bot("C0PRIVATE")

    one, two = [body["event"] for body in await heard(ws, told, 2)]
    assert (one["user"], one["channel"]) == ("U0GUEST", "C0SHARED")
    assert (two["user"], two["channel"]) == ("U0BOT", "C0PRIVATE")


async def test_a_message_of_a_shared_channel_says_so(ws, told):
    await ws.person("U0OTHER").say("C0SHARED", "hello from outside")

    (body,) = await heard(ws, told, 1)
    assert body["is_ext_shared_channel"]
    assert body["event"]["team"] == "T0OTHER"


async def test_an_event_that_was_not_taken_is_retried_and_numbered(ws, bot):
    ws.event_retry_delays = (0.0, 0.0, 0.0)
    tries = []

    @bot.middleware
    async def fail_twice(req, next_):
        tries.append(
            (req.headers.get("x-slack-retry-num"), req.headers.get("x-slack-retry-reason"), req.body["event_id"])
        )
        if len(tries) < 3:
            raise RuntimeError("not yet")
        await next_()

    @bot.event("app_home_opened")
    async def opened():
        pass

    assert not (await ws.person("U0EDITOR").open_home()).ok
    await ws.wait_for(lambda: len([one for one in ws.deliveries if one.status is not None]) == 3)

    assert [number for number, _, _ in tries] == [None, ["1"], ["2"]]
    assert tries[1][1] == ["http_error"]
    assert len({event_id for _, _, event_id in tries}) == 1
    assert ws.failures == []


async def test_after_three_retries_an_event_is_given_up(ws, slack_url):
    ws.event_retry_delays = (0.0, 0.0, 0.0)
    ws.deliver_to("http://127.0.0.1:1")

    await ws.person("U0EDITOR").open_home()
    await ws.wait_for(lambda: ws.lost_events)

    assert [delivery.attempt for delivery in ws.deliveries] == [0, 1, 2, 3]
    assert ws.failures == [], "nobody sees an event fail"


async def test_an_uninstalled_app_is_told_and_its_token_ends(ws, client, told):
    await ws.person("U0EDITOR").open_home()
    await ws.uninstall()

    assert [body["event"]["type"] for body in await heard(ws, told, 2)] == ["app_home_opened", "app_uninstalled"]
    with refused("account_inactive"):
        await client.auth_test()


async def test_an_app_whose_token_is_taken_back_is_told_whose_it_was(ws, client, told):
    await ws.revoke_tokens()

    (body,) = await heard(ws, told, 1)
    assert body["event"] | {"event_ts": ""} == {
        "type": "tokens_revoked",
        "tokens": {"oauth": [], "bot": [ws.bot_user_id]},
        "event_ts": "",
    }
    with refused("token_revoked"):
        await client.auth_test()

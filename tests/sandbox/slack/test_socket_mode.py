import asyncio
import contextlib

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

from tests.sandbox.slack.parts import asks, modal, text_input


@contextlib.asynccontextmanager
async def connected(ws, bolt):
    handler = AsyncSocketModeHandler(bolt, ws.app_token, ping_interval=0.2)
    before = len(ws.sockets.connections)
    await handler.connect_async()
    await ws.wait_for(lambda: len(ws.sockets.connections) > before)
    try:
        yield handler
    finally:
        await handler.close_async()
        await asyncio.sleep(0)


@pytest.fixture
async def bot(ws, bolt):
    ws.socket_mode = True
    async with connected(ws, bolt):
        yield bolt


@pytest.fixture
def commands(bot):
    bodies = []

    @bot.command("/grcpush")
    async def command(ack, body, respond):
        bodies.append(body)
        await ack()
        await respond(text="answered")

    return bodies


async def test_a_command_goes_through_the_socket_and_back(ws, commands):
    delivery = await ws.person("U0EDITOR").command("/grcpush", "AC-2")

    assert (delivery.ok, delivery.via) == (True, "socket")
    await ws.wait_ephemeral("U0EDITOR", "answered")
    assert commands[0]["text"] == "AC-2"


async def test_an_acknowledgement_may_carry_an_answer(ws, bot, client):
    @bot.view("modal")
    async def submitted(ack):
        await ack(response_action="errors", errors={"asked": "no"})

    await client.views_open(trigger_id=ws.tickets.new_trigger("U0EDITOR"), view=modal(asks(text_input())))
    erin = ws.person("U0EDITOR")

    assert (await erin.submit(erin.modal(), {"text": "x"})).errors == {"asked": "no"}


async def test_events_come_with_their_retries(ws, bot):
    ws.event_retry_delays = (0.0,)
    ws.ack_timeout = 0.3
    tries = []

    @bot.middleware
    async def fail_once(req, next_):
        tries.append(req.headers.get("x-slack-retry-num"))
        if len(tries) == 1:
            raise RuntimeError("not yet")
        await next_()

    @bot.event("app_home_opened")
    async def opened():
        pass

    first = await ws.person("U0EDITOR").open_home()
    assert first.error == "timeout", "in Socket Mode Bolt says nothing at all when a listener fails"
    await ws.wait_for(lambda: any(one.attempt == 1 and one.status == 200 for one in ws.deliveries))

    assert tries[1] == ["1"]


async def test_without_a_connection_the_person_sees_a_failure(ws, slack_url):
    ws.socket_mode = True

    assert (await ws.person("U0EDITOR").command("/grcpush")).error == "not_connected"


async def test_each_delivery_goes_to_one_of_the_connections(ws, bolt, commands):
    async with connected(ws, bolt):
        erin = ws.person("U0EDITOR")
        for number in range(30):
            assert (await erin.command("/grcpush", str(number))).ok

        assert sorted(int(body["text"]) for body in commands) == list(range(30))
        assert [connection.acknowledged > 0 for connection in ws.sockets.connections] == [True, True]


async def test_an_address_is_good_for_one_connection(ws, client, slack_url):
    url = (await client.apps_connections_open(app_token=ws.app_token))["url"]
    session = client.session
    async with session.ws_connect(url) as socket:
        assert (await socket.receive_json())["type"] == "hello"
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)


async def test_at_most_ten_connections_are_kept(ws, client, slack_url):
    async with contextlib.AsyncExitStack() as stack:
        greetings = []
        for _ in range(11):
            url = (await client.apps_connections_open(app_token=ws.app_token))["url"]
            socket = await stack.enter_async_context(client.session.ws_connect(url))
            greetings.append(await socket.receive_json())

    assert [greeting["type"] for greeting in greetings] == ["hello"] * 10 + ["disconnect"]
    assert greetings[0]["connection_info"] == {"app_id": "A0GRC"}
    assert greetings[10]["reason"] == "too_many_websockets"


async def test_slack_asks_to_reconnect_and_the_sdk_does(ws, commands):
    (old,) = ws.sockets.connections
    await ws.sockets.disconnect("warning")

    await ws.wait_for(lambda: ws.sockets.connections and old not in ws.sockets.connections)

    assert (await ws.person("U0EDITOR").command("/grcpush", "after")).ok
    assert len(ws.calls.of("apps.connections.open")) == 2


async def test_a_connection_cut_without_a_word_is_opened_again(ws, commands):
    (old,) = ws.sockets.connections
    await ws.sockets.drop()

    await ws.wait_for(lambda: ws.sockets.connections and old not in ws.sockets.connections, timeout=10)

    assert (await ws.person("U0EDITOR").command("/grcpush", "after")).ok


async def test_a_deaf_connection_stays_open_and_brings_nothing(ws, commands):
    ws.ack_timeout = 0.2
    (deaf,) = ws.sockets.connections
    ws.sockets.deafen()

    delivery = await ws.person("U0EDITOR").command("/grcpush", "lost")

    assert delivery.error == "timeout"
    assert ws.sockets.connections == [deaf]
    await ws.sockets.disconnect("warning")
    await ws.wait_for(lambda: ws.sockets.connections and deaf not in ws.sockets.connections)
    assert (await ws.person("U0EDITOR").command("/grcpush", "heard")).ok
    assert [body["text"] for body in commands] == ["heard"]


async def test_a_connection_that_is_not_greeted_hears_nothing_until_something_happens(ws, bolt):
    ws.socket_mode, ws.sockets.says_hello = True, False
    async with aiohttp.ClientSession() as session, session.ws_connect(ws.sockets.new_address(ws.url)) as socket:
        await ws.wait_for(lambda: ws.sockets.connections)
        with pytest.raises(TimeoutError):
            await socket.receive_json(timeout=0.1)

import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler

from tests.sandbox.slack.refused import refused

HELLO = {"channel": "C0GRC", "text": "hello"}


async def test_a_refusal_by_name_hits_the_next_calls_of_one_method(ws, client):
    fault = ws.faults.error("chat.update", "edit_window_closed", times=2)
    ts = (await client.chat_postMessage(**HELLO))["ts"]

    for _ in range(2):
        with refused("edit_window_closed"):
            await client.chat_update(channel="C0GRC", ts=ts, text="late")

    assert fault.hits == 2
    assert (await client.chat_update(channel="C0GRC", ts=ts, text="taken"))["ok"]


async def test_a_fault_may_choose_its_calls(ws, client):
    ws.faults.error("chat.postMessage", "fatal_error", when=lambda args: args["channel"] == "C0SHARED")

    assert (await client.chat_postMessage(**HELLO))["ok"]
    with refused("fatal_error"):
        await client.chat_postMessage(channel="C0SHARED", text="hello")


async def test_a_rate_limit_names_the_seconds_and_the_sdk_obeys_them(ws, client):
    ws.faults.rate_limit("chat.postMessage", retry_after=1)
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))

    assert (await client.chat_postMessage(**HELLO))["ok"]
    assert [call.status for call in ws.calls.of("chat.postMessage")] == [429, 200]
    assert [message.text for message in ws.messages("C0GRC")] == ["hello"]


async def test_a_bare_server_error_is_no_json(ws, client):
    ws.faults.server_error("chat.postMessage", status=502)

    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(**HELLO)

    assert caught.value.response.status_code == 502


async def test_a_cut_connection_gives_no_answer(ws, client):
    client.retry_handlers.clear()
    ws.faults.reset("chat.postMessage")

    with pytest.raises(aiohttp.ClientConnectionError):
        await client.chat_postMessage(**HELLO)

    assert ws.messages("C0GRC") == []
    assert [call.is_answered for call in ws.calls.of("chat.postMessage")] == [False]


async def test_an_answer_may_be_lost_after_the_deed(ws, client):
    client.retry_handlers.clear()
    ws.faults.reset("chat.postMessage", after_doing=True)

    with pytest.raises(aiohttp.ClientConnectionError):
        await client.chat_postMessage(**HELLO)

    assert [message.text for message in ws.messages("C0GRC")] == ["hello"]


async def test_a_lost_answer_and_the_sdks_retry_make_two_messages(ws, client):
    ws.faults.reset("chat.postMessage", after_doing=True)

    await client.chat_postMessage(**HELLO)

    assert [message.text for message in ws.messages("C0GRC")] == ["hello", "hello"]


async def test_a_slow_answer_is_a_timeout_for_the_impatient(ws, client):
    ws.faults.slow("chat.postMessage", 1.0)
    call = asyncio.create_task(client.chat_postMessage(**HELLO))
    await ws.wait_message("hello")

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(call, 0.1)


async def test_everything_may_be_refused_until_told_otherwise(ws, client):
    ws.faults.refuse_everything()
    for _ in range(3):
        with refused("service_unavailable"):
            await client.auth_test()
        with refused("service_unavailable"):
            await client.chat_postMessage(**HELLO)

    ws.faults.answer_again()

    assert (await client.chat_postMessage(**HELLO))["ok"]
    assert len(ws.calls.refused()) == 6


async def test_the_record_tells_arguments_and_outcome(ws, client):
    await client.chat_postMessage(**HELLO)
    with refused("channel_not_found"):
        await client.chat_postMessage(channel="C0NONE", text="hello")

    first, second = ws.calls.of("chat.postMessage")
    assert first.ok
    assert first.args["text"] == "hello"
    assert "token" not in first.args
    assert (second.error, second.ok) == ("channel_not_found", False)
    assert ws.calls.last("chat.postMessage") is second
    with pytest.raises(LookupError):
        ws.calls.last("chat.delete")

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack.api.methods import METHODS
from sandbox.slack.api.paging import page_of
from sandbox.slack.arguments import Arguments
from tests.sandbox.slack.refused import refused


async def test_the_token_says_who_the_bot_is(client):
    me = await client.auth_test()

    assert (me["user_id"], me["bot_id"], me["team_id"], me["team"]) == ("U0BOT", "B0BOT", "T0GRC", "Acme Compliance")
    assert "chat:write" in me.headers["x-oauth-scopes"].split(",")


async def test_a_call_without_a_token_is_refused(slack_url):
    async with httpx.AsyncClient() as http:
        answer = await http.post(f"{slack_url}/api/auth.test")

    assert answer.json() == {"ok": False, "error": "not_authed"}


async def test_an_unknown_token_is_refused(slack_url):
    with refused("invalid_auth"):
        await AsyncWebClient("xoxb-other", base_url=f"{slack_url}/api/").auth_test()


async def test_a_revoked_token_is_refused_everywhere(ws, client):
    ws.token_problem = "token_revoked"

    with refused("token_revoked"):
        await client.chat_postMessage(channel="C0GRC", text="hello")


async def test_an_unknown_method_is_refused(client):
    with refused("unknown_method"):
        await client.api_call("chat.shout")


async def test_sockets_open_only_with_the_app_token(ws, client):
    with refused("not_allowed_token_type"):
        await client.apps_connections_open(app_token=ws.bot_token)
    with refused("not_allowed_token_type"):
        await client.auth_test(token=ws.app_token)

    assert (await client.apps_connections_open(app_token=ws.app_token))["url"].startswith("ws://")


SCOPED = sorted(name for name, method in METHODS.items() if method.scope and method.token == "bot")


@pytest.mark.parametrize("method", SCOPED)
async def test_a_method_without_its_scope_is_refused_and_names_it(ws, client, method):
    ws.scopes = {"commands"}

    with refused("missing_scope") as caught:
        await client.api_call(method)

    assert caught.value.response["needed"] == METHODS[method].scope
    assert caught.value.response["provided"] == "commands"


async def test_reading_a_private_channel_needs_the_scope_for_groups(ws, client):
    ws.directory.channels["C0PRIVATE"].members.append("U0BOT")
    ws.scopes.discard("groups:read")

    assert (await client.conversations_info(channel="C0GRC"))["ok"]
    with refused("missing_scope") as caught:
        await client.conversations_info(channel="C0PRIVATE")
    assert caught.value.response["needed"] == "groups:read"


async def test_without_its_scope_no_address_is_shown(ws, client):
    assert (await client.users_info(user="U0ADMIN"))["user"]["profile"]["email"] == "admin@example.com"

    ws.scopes.discard("users:read.email")

    assert "email" not in (await client.users_info(user="U0ADMIN"))["user"]["profile"]


async def test_broken_json_is_refused(ws, slack_url):
    headers = {"Authorization": f"Bearer {ws.bot_token}", "Content-Type": "application/json"}
    async with httpx.AsyncClient(headers=headers) as http:
        answer = await http.post(f"{slack_url}/api/chat.postMessage", content=b"{nope")

    assert answer.json()["error"] == "invalid_json"


async def test_arguments_may_come_as_a_form_with_json_inside(ws, slack_url):
    fields = {"channel": "C0GRC", "text": "formed", "blocks": '[{"type": "divider"}]'}
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {ws.bot_token}"}) as http:
        answer = await http.post(f"{slack_url}/api/chat.postMessage", data=fields)

    assert answer.json()["ok"]
    assert ws.messages("C0GRC")[0].blocks[0]["type"] == "divider"
    assert ws.calls.last("chat.postMessage").args["blocks"] == [{"type": "divider"}]


async def test_a_missing_argument_is_refused_by_name(client):
    with refused("invalid_arguments") as caught:
        await client.api_call("chat.postMessage", json={"text": "to nobody"})

    assert "channel" in caught.value.response["response_metadata"]["messages"][0]


async def test_limits_by_tier_are_enforced_when_switched_on(ws, client):
    ws.limits.is_enforced = True
    for _ in range(20):
        await client.users_list()

    with refused("ratelimited") as caught:
        await client.users_list()

    assert caught.value.response.status_code == 429
    assert 1 <= int(caught.value.response.headers["Retry-After"]) <= 61
    assert (await client.auth_test())["ok"], "other methods go on"
    ws.clock.advance(61)
    assert (await client.users_list())["ok"]


async def test_a_channel_takes_about_one_message_a_second_when_limits_are_on(ws, client):
    ws.limits.is_enforced = True
    for number in range(4):
        await client.chat_postMessage(channel="C0GRC", text=str(number))

    with refused("ratelimited"):
        await client.chat_postMessage(channel="C0GRC", text="too fast")

    assert (await client.chat_postMessage(channel="C0SHARED", text="elsewhere"))["ok"]
    ws.clock.advance(1.1)
    assert (await client.chat_postMessage(channel="C0GRC", text="later"))["ok"]


@given(st.integers(0, 300), st.integers(1, 40))
def test_pages_together_hold_everything_once(count, limit):
    items = list(range(count))
    seen, cursor = [], ""
    while True:
        page, metadata = page_of(items, Arguments({"limit": limit, "cursor": cursor}))
        seen += page
        cursor = metadata["next_cursor"]
        if not cursor:
            break

    assert seen == items


async def test_a_made_up_cursor_is_refused(client):
    with refused("invalid_cursor"):
        await client.users_list(cursor="next")

import pytest

from tests.sandbox.slack.parts import mrkdwn, rich_text, section
from tests.sandbox.slack.refused import refused


async def test_a_posted_message_is_there_for_everyone(ws, client):
    answer = await client.chat_postMessage(channel="C0GRC", text="Hello", blocks=[section("Hello *all*")])

    (message,) = ws.messages("C0GRC")
    assert (message.ts, message.text, message.user, message.bot_id) == (answer["ts"], "Hello", "U0BOT", "B0BOT")
    assert "Hello *all*" in message.words
    assert answer["message"]["blocks"][0]["block_id"], "a block sent without an id gets one"


async def test_stamps_are_later_each_time(client):
    stamps = [(await client.chat_postMessage(channel="C0GRC", text=str(n)))["ts"] for n in range(5)]

    assert stamps == sorted(set(stamps))


@pytest.mark.parametrize(
    ("channel", "error"),
    [("C0NOWHERE", "channel_not_found"), ("C0PRIVATE", "channel_not_found"), ("C0GENERAL", "not_in_channel")],
)
async def test_a_channel_the_bot_is_not_in_refuses_it(client, channel, error):
    with refused(error):
        await client.chat_postMessage(channel=channel, text="Hello")


async def test_a_public_channel_may_be_joined_or_written_to_with_the_optional_scope(ws, client):
    ws.scopes.add("chat:write.public")
    await client.chat_postMessage(channel="C0GENERAL", text="from outside")
    ws.scopes.discard("chat:write.public")

    await client.conversations_join(channel="C0GENERAL")

    assert (await client.chat_postMessage(channel="#general", text="from inside"))["ok"]
    with refused("method_not_supported_for_channel_type"):
        ws.directory.channels["C0PRIVATE"].members.append("U0BOT")
        await client.conversations_join(channel="C0PRIVATE")


async def test_an_archived_channel_refuses_messages(ws, client):
    ws.directory.channels["C0GRC"].is_archived = True

    with refused("is_archived"):
        await client.chat_postMessage(channel="C0GRC", text="Hello")


async def test_a_user_id_as_channel_is_the_direct_conversation(ws, client):
    answer = await client.chat_postMessage(channel="U0EDITOR", text="Just you")
    opened = await client.conversations_open(users="U0EDITOR")

    assert answer["channel"] == opened["channel"]["id"] == "D0EDITOR"
    assert [message.text for message in ws.direct_messages("U0EDITOR")] == ["Just you"]


async def test_somebody_who_left_cannot_be_written_to(client):
    with refused("channel_not_found"):
        await client.chat_postMessage(channel="U0GONE", text="Hello")
    with refused("user_disabled"):
        await client.conversations_open(users="U0GONE")


async def test_nothing_to_say_is_refused(client):
    with refused("no_text"):
        await client.api_call("chat.postMessage", json={"channel": "C0GRC", "text": ""})


async def test_a_text_slack_would_cut_off_is_refused(client):
    with refused("msg_too_long"):
        await client.chat_postMessage(channel="C0GRC", text="x" * 40_001)


async def test_an_update_takes_less_text_than_a_post(client):
    ts = (await client.chat_postMessage(channel="C0GRC", text="x" * 40_000))["ts"]

    assert (await client.chat_update(channel="C0GRC", ts=ts, text="y" * 4_000))["ok"]
    with refused("msg_too_long"):
        await client.chat_update(channel="C0GRC", ts=ts, text="y" * 4_001)


async def test_blocks_together_have_a_budget(client):
    fits = [section("x" * 2_640) for _ in range(5)]

    assert (await client.chat_postMessage(channel="C0GRC", text="t", blocks=fits))["ok"]
    with refused("msg_blocks_too_long"):
        await client.chat_postMessage(channel="C0GRC", text="t", blocks=[*fits, section("y")])


async def test_faulty_blocks_are_refused_with_their_places(client):
    with refused("invalid_blocks") as caught:
        await client.chat_postMessage(channel="C0GRC", text="t", blocks=[section(), section("x" * 3_001)])

    (line,) = caught.value.response["response_metadata"]["messages"]
    assert line == "[ERROR] must be less than 3001 characters [json-pointer:/blocks/1/text/text]"


async def test_blocks_that_are_no_list_are_refused(client):
    with refused("invalid_blocks_format"):
        await client.chat_postMessage(channel="C0GRC", text="t", blocks="{}")


async def test_an_update_keeps_blocks_only_when_no_text_replaces_them(ws, client):
    ts = (await client.chat_postMessage(channel="C0GRC", text="old", blocks=[section("old")]))["ts"]

    await client.api_call("chat.update", json={"channel": "C0GRC", "ts": ts, "blocks": [section("new")]})
    assert ws.messages("C0GRC")[0].words == "new"

    await client.chat_update(channel="C0GRC", ts=ts, text="only text")
    (message,) = ws.messages("C0GRC")
    assert (message.text, message.blocks) == ("only text", [])
    assert message.edited is not None
    assert len(message.drawings) == 3


async def test_rich_text_is_not_replaced_by_other_blocks(client):
    ts = (await client.chat_postMessage(channel="C0GRC", text="rich", blocks=[rich_text("rich")]))["ts"]

    with refused("block_mismatch"):
        await client.chat_update(channel="C0GRC", ts=ts, text="plain", blocks=[section("plain")])


async def test_only_own_messages_may_be_changed(ws, client):
    said = await ws.person("U0EDITOR").say("C0GRC", "mine")

    with refused("cant_update_message"):
        await client.chat_update(channel="C0GRC", ts=said.ts, text="yours")
    with refused("cant_delete_message"):
        await client.chat_delete(channel="C0GRC", ts=said.ts)


async def test_what_is_gone_cannot_be_changed(ws, client):
    ts = (await client.chat_postMessage(channel="C0GRC", text="soon gone"))["ts"]
    await client.chat_delete(channel="C0GRC", ts=ts)

    assert ws.messages("C0GRC") == []
    assert [message.text for message in ws.posts.deleted] == ["soon gone"]
    with refused("message_not_found"):
        await client.chat_update(channel="C0GRC", ts=ts, text="back")


async def test_an_ephemeral_message_is_seen_by_one_and_out_of_reach(ws, client):
    ts = (await client.chat_postEphemeral(channel="C0GRC", user="U0EDITOR", text="psst"))["message_ts"]

    assert [message.text for message in ws.ephemerals("U0EDITOR")] == ["psst"]
    assert ws.messages("C0GRC") == []
    assert ws.ephemerals("U0ADMIN") == []
    with refused("message_not_found"):
        await client.chat_update(channel="C0GRC", ts=ts, text="louder")
    with refused("message_not_found"):
        await client.chat_delete(channel="C0GRC", ts=ts)


async def test_an_ephemeral_message_is_for_members_only(client):
    with refused("user_not_in_channel"):
        await client.chat_postEphemeral(channel="C0GRC", user="U0OTHER", text="psst")


async def test_replies_stand_in_their_thread(ws, client):
    parent = (await client.chat_postMessage(channel="C0GRC", text="parent"))["ts"]
    await client.chat_postMessage(channel="C0GRC", thread_ts=parent, text="reply")
    await client.chat_postMessage(channel="C0GRC", thread_ts=parent, text="aloud", reply_broadcast=True)

    assert [message.text for message in ws.thread("C0GRC", parent)] == [
        "parent",
        "reply",
        "aloud",
    ]
    assert [message.text for message in ws.messages("C0GRC")] == ["parent", "aloud"]
    replies = await client.conversations_replies(channel="C0GRC", ts=parent)
    assert replies["messages"][0]["reply_count"] == 2
    history = await client.conversations_history(channel="C0GRC")
    assert [message["text"] for message in history["messages"]] == ["aloud", "parent"]


async def test_a_thread_needs_its_parent(client):
    with refused("thread_not_found"):
        await client.chat_postMessage(channel="C0GRC", thread_ts="1.000001", text="to nobody")


async def test_a_reply_is_no_parent_of_a_thread(client):
    parent = (await client.chat_postMessage(channel="C0GRC", text="parent"))["ts"]
    reply = (await client.chat_postMessage(channel="C0GRC", thread_ts=parent, text="reply"))["ts"]

    with refused("cannot_reply_to_message"):
        await client.chat_postMessage(channel="C0GRC", thread_ts=reply, text="seen by nobody")


async def test_a_permalink_leads_to_the_message(client, slack_url):
    ts = (await client.chat_postMessage(channel="C0GRC", text="here"))["ts"]

    link = (await client.chat_getPermalink(channel="C0GRC", message_ts=ts))["permalink"]

    assert link == f"{slack_url}/archives/C0GRC/p{ts.replace('.', '')}"


async def test_a_reaction_counts_once(ws, client):
    ws.scopes.add("reactions:write")
    ts = (await client.chat_postMessage(channel="C0GRC", text="nice"))["ts"]
    await client.reactions_add(channel="C0GRC", timestamp=ts, name="tada")

    with refused("already_reacted"):
        await client.reactions_add(channel="C0GRC", timestamp=ts, name="tada")
    assert ws.messages("C0GRC")[0].reactions == [{"name": "tada", "users": ["U0BOT"], "count": 1}]


async def test_metadata_needs_its_shape(ws, client):
    good = {"event_type": "card", "event_payload": {"id": 1}}
    await client.chat_postMessage(channel="C0GRC", text="t", metadata=good)

    assert ws.messages("C0GRC")[0].metadata == good
    with refused("invalid_metadata_format"):
        await client.chat_postMessage(channel="C0GRC", text="t", metadata={"event_type": "card"})


async def test_blocks_alone_are_enough(client):
    context = {"type": "context", "elements": [mrkdwn()]}

    assert (await client.api_call("chat.postMessage", json={"channel": "C0GRC", "blocks": [context]}))["ok"]

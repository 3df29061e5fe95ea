"""chat.*: messages of the bot."""

from typing import Any

from sandbox.slack.arguments import Arguments
from sandbox.slack.content import UPDATE_CHARACTERS, read_content
from sandbox.slack.directory import Channel
from sandbox.slack.messages import Message
from sandbox.slack.refusal import Refusal
from sandbox.slack.service import Service

Answer = dict[str, Any]


def post_message(ws: Service, args: Arguments) -> Answer:
    """chat.postMessage; a user id as channel means the direct conversation with that person."""
    channel = _writable(ws, args.needed("channel"))
    content = read_content(args)
    ws.limits.count_post(channel.id)
    thread_ts = _thread_of(ws, channel, args.text("thread_ts"))
    message = ws.posting.by_bot(
        channel,
        content,
        thread_ts=thread_ts,
        reply_broadcast=bool(thread_ts) and args.flag("reply_broadcast"),
        username=args.text("username") if "chat:write.customize" in ws.scopes else None,
    )
    return {"channel": channel.id, "ts": message.ts, "message": ws.posts.as_slack(message)}


def post_ephemeral(ws: Service, args: Arguments) -> Answer:
    """chat.postEphemeral: only one person of the channel sees it, and it cannot be changed by the Web API."""
    channel = _writable(ws, args.needed("channel"))
    user = args.needed("user")
    content = read_content(args)
    if user not in channel.members:
        raise Refusal("user_not_in_channel")
    thread_ts = _thread_of(ws, channel, args.text("thread_ts"))
    message = ws.posting.by_bot(channel, content, ephemeral_to=user, thread_ts=thread_ts)
    return {"message_ts": message.ts}


def update(ws: Service, args: Arguments) -> Answer:
    """chat.update: blocks are kept when only they are left out together with the text; attachments always."""
    channel = _known(ws, args.needed("channel"))
    ts = args.needed("ts")
    content = read_content(args, most_text=UPDATE_CHARACTERS)
    message = _own(ws, channel, ts, "cant_update_message")
    blocks = content.blocks
    if blocks is None:
        blocks = [] if content.text else message.blocks
    _refuse_mismatch(message, blocks)
    if content.attachments is not None:
        message.attachments = content.attachments
    if content.metadata is not None:
        message.metadata = content.metadata
    if args.flag("reply_broadcast") and message.is_reply:
        message.reply_broadcast = True
    if not blocks:
        message.edited = {"user": ws.bot_user_id, "ts": ws.clock.stamp()}
    ws.posting.redraw(message, content.text or "", blocks)
    return {"channel": channel.id, "ts": ts, "text": message.text, "message": ws.posts.as_slack(message)}


def delete(ws: Service, args: Arguments) -> Answer:
    """chat.delete: only the bot's own messages."""
    channel = _known(ws, args.needed("channel"))
    message = _own(ws, channel, args.needed("ts"), "cant_delete_message")
    ws.posting.remove(message)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(ws: Service, args: Arguments) -> Answer:
    """chat.getPermalink."""
    channel = _known(ws, args.needed("channel"))
    ts = args.needed("message_ts")
    message = ws.posts.find(channel.id, ts)
    if message is None:
        raise Refusal("message_not_found")
    link = f"{ws.url}/archives/{channel.id}/p{ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def _known(ws: Service, name: str) -> Channel:
    """A channel the bot sees, by its id or name."""
    channel = ws.directory.find_channel(name)
    if channel is None or not ws.bot_sees(channel):
        raise Refusal("channel_not_found")
    return channel


def _writable(ws: Service, name: str) -> Channel:
    person = ws.directory.users.get(name)
    if person is not None:
        if person.deleted or person.is_stranger or person.is_bot:
            raise Refusal("channel_not_found" if person.deleted else "cannot_dm_bot")
        return ws.directory.direct_with(name)
    channel = _known(ws, name)
    if channel.is_archived:
        raise Refusal("is_archived")
    if ws.bot_user_id not in channel.members and "chat:write.public" not in ws.scopes:
        raise Refusal("not_in_channel")
    return channel


def _thread_of(ws: Service, channel: Channel, thread_ts: str | None) -> str | None:
    """The stamp of the thread's parent.

    Refused for the stamp of a reply: Slack's page warns against it, and a thread begun there is seen by nobody.
    """
    if not thread_ts:
        return None
    parent = ws.posts.find(channel.id, thread_ts)
    if parent is None:
        raise Refusal("thread_not_found")
    if parent.is_reply:
        raise Refusal("cannot_reply_to_message")
    return thread_ts


def _own(ws: Service, channel: Channel, ts: str, otherwise: str) -> Message:
    message = ws.posts.find(channel.id, ts)
    if message is None:
        raise Refusal("message_not_found")
    # What was answered through a response URL belongs to the interaction, and the Web API may not touch it.
    if message.bot_id != ws.bot_id or message.via_response_url:
        raise Refusal(otherwise)
    return message


def _refuse_mismatch(message: Message, blocks: list[dict[str, Any]]) -> None:
    """Slack refuses to replace a message made of rich text alone by one that has none."""
    was_rich = bool(message.blocks) and all(block["type"] == "rich_text" for block in message.blocks)
    if was_rich and blocks and not any(block["type"] == "rich_text" for block in blocks):
        raise Refusal("block_mismatch")

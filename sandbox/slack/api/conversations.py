"""conversations.* and reactions.*: channels, threads, direct conversations."""

from typing import Any

from sandbox.slack.api.paging import page_of
from sandbox.slack.arguments import Arguments
from sandbox.slack.directory import Channel
from sandbox.slack.refusal import Refusal, invalid_arguments
from sandbox.slack.service import Service

Answer = dict[str, Any]

_FAMILY = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}


def open_conversation(ws: Service, args: Arguments) -> Answer:
    """conversations.open: the direct conversation with one person."""
    if "channel" in args:
        return {"channel": {"id": ws.seen_channel(args.needed("channel")).id}}
    users = [user for user in args.needed("users").replace(" ", "").split(",") if user]
    if len(users) != 1:
        raise Refusal("too_many_users" if users else "users_list_not_supplied")
    person = ws.directory.users.get(users[0])
    if person is None:
        raise Refusal("user_not_found")
    if person.deleted:
        raise Refusal("user_disabled")
    if person.is_bot:
        raise Refusal("cannot_dm_bot")
    is_open = "D" + person.id[1:] in ws.directory.channels
    channel = ws.directory.direct_with(person.id)
    shown = channel.as_slack(ws.bot_user_id) if args.flag("return_im") else {"id": channel.id}
    return {"channel": shown, "no_op": is_open, "already_open": is_open}


def info(ws: Service, args: Arguments) -> Answer:
    """conversations.info."""
    channel = _readable(ws, args.needed("channel"), "read")
    return {"channel": channel.as_slack(ws.bot_user_id)}


def list_conversations(ws: Service, args: Arguments) -> Answer:
    """conversations.list: public channels, and the private ones the bot is in."""
    channels = [
        channel
        for channel in ws.channels_of_types(args.text("types"))
        if ws.bot_sees(channel) and not (channel.is_archived and args.flag("exclude_archived"))
    ]
    shown, metadata = page_of(channels, args)
    return {"channels": [channel.as_slack(ws.bot_user_id) for channel in shown], "response_metadata": metadata}


def join(ws: Service, args: Arguments) -> Answer:
    """conversations.join: public channels only."""
    channel = ws.seen_channel(args.needed("channel"))
    if channel.kind != "public_channel":
        raise Refusal("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise Refusal("is_archived")
    shown = {"channel": channel.as_slack(ws.bot_user_id)}
    if ws.bot_user_id in channel.members:
        return {**shown, "warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
    ws.add_member(channel.id, ws.bot_user_id)
    return {"channel": channel.as_slack(ws.bot_user_id)}


def members(ws: Service, args: Arguments) -> Answer:
    """conversations.members, in pages."""
    channel = _readable(ws, args.needed("channel"), "read")
    shown, metadata = page_of(channel.members, args)
    return {"members": shown, "response_metadata": metadata}


def history(ws: Service, args: Arguments) -> Answer:
    """conversations.history: newest first, without the replies that were not also sent to the channel."""
    channel = _readable(ws, args.needed("channel"), "history")
    _refuse_outsider(ws, channel)
    messages = [
        message
        for message in reversed(ws.posts.all_in(channel.id))
        if not message.is_ephemeral and (not message.is_reply or message.reply_broadcast)
    ]
    messages = [message for message in messages if _within(message.ts, args)]
    shown, metadata = page_of(messages, args)
    return {
        "messages": [_with_metadata(ws.posts.as_slack(message), args) for message in shown],
        "has_more": bool(metadata["next_cursor"]),
        "response_metadata": metadata,
    }


def replies(ws: Service, args: Arguments) -> Answer:
    """conversations.replies: a thread, parent first."""
    channel = _readable(ws, args.needed("channel"), "history")
    _refuse_outsider(ws, channel)
    thread = ws.posts.thread(channel.id, args.needed("ts"))
    if not thread:
        raise Refusal("thread_not_found")
    shown, metadata = page_of(thread, args)
    return {
        "messages": [_with_metadata(ws.posts.as_slack(message), args) for message in shown],
        "has_more": bool(metadata["next_cursor"]),
        "response_metadata": metadata,
    }


def add_reaction(ws: Service, args: Arguments) -> Answer:
    """reactions.add."""
    channel = ws.seen_channel(args.needed("channel"))
    name = args.needed("name").strip(":")
    message = ws.posts.find(channel.id, args.needed("timestamp"))
    if message is None:
        raise Refusal("message_not_found")
    reaction = next((held for held in message.reactions if held["name"] == name), None)
    if reaction is None:
        reaction = {"name": name, "users": [], "count": 0}
        message.reactions.append(reaction)
    if ws.bot_user_id in reaction["users"]:
        raise Refusal("already_reacted")
    reaction["users"].append(ws.bot_user_id)
    reaction["count"] += 1
    ws.feed.publish("message_changed", channel=channel.id, ts=message.ts, thread_ts=message.thread_ts)
    return {}


def _with_metadata(message: Answer, args: Arguments) -> Answer:
    """The message as it is listed: its metadata only where that was asked for."""
    is_wanted = args.flag("include_all_metadata")
    return message if is_wanted else {name: value for name, value in message.items() if name != "metadata"}


def _readable(ws: Service, channel_id: str, right: str) -> Channel:
    channel = ws.seen_channel(channel_id)
    ws.need_scope(f"{_FAMILY[channel.kind]}:{right}")
    return channel


def _refuse_outsider(ws: Service, channel: Channel) -> None:
    if ws.bot_user_id not in channel.members:
        raise Refusal("not_in_channel")


def _within(ts: str, args: Arguments) -> bool:
    oldest, latest = args.text("oldest"), args.text("latest")
    try:
        after = oldest is None or float(ts) > float(oldest) or (args.flag("inclusive") and ts == oldest)
        before = latest is None or float(ts) < float(latest) or (args.flag("inclusive") and ts == latest)
    except ValueError:
        raise invalid_arguments("invalid `oldest` or `latest`") from None
    return after and before

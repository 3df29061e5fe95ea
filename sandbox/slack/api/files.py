"""files.*: the three steps of an upload."""

from typing import Any

from sandbox.slack.arguments import Arguments
from sandbox.slack.content import Content
from sandbox.slack.directory import Channel
from sandbox.slack.refusal import Refusal, invalid_arguments
from sandbox.slack.service import Service
from sandbox.slack.uploads import StoredFile

Answer = dict[str, Any]


def get_upload_url(ws: Service, args: Arguments) -> Answer:
    """files.getUploadURLExternal: where to send the bytes; their number must be announced."""
    length = args.number("length", 0)
    if length <= 0:
        raise invalid_arguments("must be more than 0: length")
    stored = ws.files.announce(args.needed("filename"), length, ws.bot_user_id)
    stored.snippet_type = args.text("snippet_type")
    stored.alt_txt = args.text("alt_txt")
    stored.created = int(ws.clock.now())
    return {"upload_url": f"{ws.url}/upload/v1/{stored.secret}", "file_id": stored.id}


def complete_upload(ws: Service, args: Arguments) -> Answer:
    """files.completeUploadExternal: shares uploaded files in a channel or thread, or leaves them private."""
    wanted = args.structure("files", malformed="invalid_arguments")
    if not isinstance(wanted, list) or not wanted:
        raise invalid_arguments("missing required field: files")
    stored = [_uploaded(ws, item) for item in wanted]
    places = [place for place in [args.text("channel_id"), *(args.text("channels") or "").split(",")] if place]
    channels = [_postable(ws, place) for place in places]
    for file, item in zip(stored, wanted, strict=True):
        file.title = item.get("title") or file.name
        file.is_complete = True
    for channel in channels:
        _share(ws, channel, stored, args)
    ws.feed.changed()
    return {"files": [file.as_slack(ws.url) for file in stored]}


def info(ws: Service, args: Arguments) -> Answer:
    """files.info."""
    stored = ws.files.find(args.needed("file"))
    if stored is None or not stored.is_complete:
        raise Refusal("file_not_found")
    return {"file": stored.as_slack(ws.url), "comments": [], "response_metadata": {"next_cursor": ""}}


def _uploaded(ws: Service, item: Any) -> StoredFile:
    stored = ws.files.find(item.get("id", "")) if isinstance(item, dict) else None
    if stored is None or stored.content is None or stored.is_complete:
        raise Refusal("file_not_found")
    return stored


def _postable(ws: Service, place: str) -> Channel:
    channel = ws.seen_channel(place)
    if ws.bot_user_id not in channel.members:
        raise Refusal("not_in_channel")
    return channel


def _share(ws: Service, channel: Channel, stored: list[StoredFile], args: Arguments) -> None:
    thread_ts = args.text("thread_ts") or None
    if thread_ts and ws.posts.find(channel.id, thread_ts) is None:
        raise Refusal("invalid_thread_ts")
    shown = [file.as_slack(ws.url) for file in stored]
    comment = Content(text=args.text("initial_comment") or "")
    message = ws.posting.by_bot(channel, comment, thread_ts=thread_ts, files=shown)
    for file in stored:
        file.shared_in.append((channel.id, message.ts))
        ws.feed.publish("file", channel=channel.id, ts=message.ts, thread_ts=thread_ts, file=file.id)
    message.files = [file.as_slack(ws.url) for file in stored]

"""Messages: posted, answered in threads, changed, deleted, and those only one person sees."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.slack.blockkit.reading import Block, visible_text
from sandbox.slack.blockkit.state import Values, carried_state, initial_state


@dataclass
class Message:
    """One message as it is now; `drawings` keeps every form it had, oldest first."""

    channel: str
    ts: str
    text: str = ""
    user: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    team: str = ""
    username: str | None = None
    blocks: list[Block] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] | None = None
    thread_ts: str | None = None
    reply_broadcast: bool = False
    ephemeral_to: str | None = None
    via_response_url: bool = False
    edited: dict[str, str] | None = None
    reactions: list[dict[str, Any]] = field(default_factory=list)
    drawings: list[tuple[str, list[Block]]] = field(default_factory=list)
    is_deleted: bool = False
    _drawn_state: Values = field(default_factory=dict)
    _entered: dict[str, Values] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._drawn_state = initial_state(self.blocks)
        self.drawings.append((self.text, self.blocks))

    @property
    def is_ephemeral(self) -> bool:
        """Whether only one person sees it."""
        return self.ephemeral_to is not None

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread under another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def words(self) -> str:
        """Everything a person can read in it: the text and the words of its blocks."""
        return "\n".join(part for part in (self.text, visible_text(self.blocks)) if part)

    def redraw(self, text: str, blocks: list[Block]) -> None:
        """Put new content in place; what people had ticked or typed stays where the ids stay."""
        self.text, self.blocks = text, blocks
        self._drawn_state = carried_state(self._drawn_state, blocks)
        self._entered = {user: carried_state(values, blocks) for user, values in self._entered.items()}
        self.drawings.append((text, blocks))

    def state_for(self, user: str) -> Values:
        """What the inputs of the message hold for one person; changing it is that person's typing and ticking."""
        if user not in self._entered:
            self._entered[user] = carried_state(self._drawn_state, self.blocks)
        return self._entered[user]

    def as_slack(self) -> dict[str, Any]:
        """The message object of payloads and Web API answers."""
        shown: dict[str, Any] = {
            "type": "message",
            "user": self.user,
            "bot_id": self.bot_id,
            "app_id": self.app_id,
            "username": self.username,
            "team": self.team,
            "ts": self.ts,
            "text": self.text,
            "blocks": self.blocks or None,
            "attachments": self.attachments or None,
            "files": self.files or None,
            "metadata": self.metadata,
            "thread_ts": self.thread_ts,
            "edited": self.edited,
            "reactions": [dict(held) for held in self.reactions] or None,
        }
        if self.reply_broadcast:
            shown["subtype"] = "thread_broadcast"
        if self.is_ephemeral:
            shown["is_ephemeral"] = True
        return {name: value for name, value in shown.items() if value is not None}


class Messages:
    """All messages of the workspace by channel, in the order of their stamps."""

    def __init__(self) -> None:
        self._by_channel: dict[str, list[Message]] = {}
        self.deleted: list[Message] = []

    def add(self, message: Message) -> Message:
        """Keep a new message."""
        self._by_channel.setdefault(message.channel, []).append(message)
        return message

    def all_in(self, channel: str) -> list[Message]:
        """Every message of a channel, replies and ephemeral ones included."""
        return list(self._by_channel.get(channel, []))

    def everywhere(self) -> list[Message]:
        """Every message of the workspace."""
        return [message for messages in self._by_channel.values() for message in messages]

    def find(self, channel: str, ts: str) -> Message | None:
        """The shared message with that stamp; ephemeral ones cannot be addressed, as in Slack."""
        found = self.find_any(channel, ts)
        return None if found is None or found.is_ephemeral else found

    def find_any(self, channel: str, ts: str) -> Message | None:
        """The message with that stamp, ephemeral or not."""
        return next((message for message in self._by_channel.get(channel, []) if message.ts == ts), None)

    def thread(self, channel: str, ts: str) -> list[Message]:
        """The shared messages of a thread: its parent and the replies."""
        return [
            message
            for message in self.all_in(channel)
            if ts in (message.ts, message.thread_ts) and not message.is_ephemeral
        ]

    def remove(self, message: Message) -> None:
        """Take a message away; it stays readable in `deleted`."""
        message.is_deleted = True
        self._by_channel[message.channel].remove(message)
        self.deleted.append(message)

    def as_slack(self, message: Message) -> dict[str, Any]:
        """The message object, with the reply counts when it is the parent of a thread."""
        shown = message.as_slack()
        replies = [reply for reply in self.thread(message.channel, message.ts) if reply.is_reply]
        if replies and not message.is_reply:
            shown |= {
                "thread_ts": message.ts,
                "reply_count": len(replies),
                "reply_users": sorted({reply.user for reply in replies if reply.user}),
                "latest_reply": replies[-1].ts,
            }
        return shown

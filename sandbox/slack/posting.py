"""Putting messages into the workspace, changing them and taking them away; everyone concerned is told."""

from typing import Any

from sandbox.slack.content import Content
from sandbox.slack.deliveries.events import Events
from sandbox.slack.directory import Channel
from sandbox.slack.messages import Message
from sandbox.slack.team import Team


class Posting:
    """The one way in which messages come, change and go."""

    def __init__(self, workspace: Team, events: Events) -> None:
        self._workspace = workspace
        self._events = events

    def by_bot(self, channel: Channel, content: Content, **facts: Any) -> Message:
        """A message of the bot, shared, or ephemeral when `ephemeral_to` names a person."""
        team = self._workspace
        message = Message(
            channel=channel.id,
            ts=team.clock.stamp(),
            text=content.text or "",
            user=team.bot_user_id,
            bot_id=team.bot_id,
            app_id=team.app_id,
            team=team.team_id,
            blocks=content.blocks or [],
            attachments=content.attachments or [],
            metadata=content.metadata,
            **facts,
        )
        self._keep(message)
        if not message.is_ephemeral:
            self._events.message_posted(message)
        return message

    def by_person(self, user: str, channel: Channel, text: str, **facts: Any) -> Message:
        """A message somebody typed; telling the app of it is left to the caller, who may wait for it."""
        person = self._workspace.directory.users[user]
        message = Message(
            channel=channel.id,
            ts=self._workspace.clock.stamp(),
            text=text,
            user=user,
            team=person.team_id,
            blocks=_typed(text),
            **facts,
        )
        self._keep(message)
        return message

    def redraw(self, message: Message, text: str, blocks: list[dict[str, Any]]) -> None:
        """Put new content into a message and say that it changed."""
        before = self._workspace.posts.as_slack(message)
        message.redraw(text, blocks)
        self._tell("message_changed", message)
        if not message.is_ephemeral:
            self._events.message_changed(message, before)

    def edit(self, message: Message, text: str) -> None:
        """Let the person who typed a message type it anew, and say that it changed."""
        before = self._workspace.posts.as_slack(message)
        message.edited = {"user": message.user or "", "ts": self._workspace.clock.stamp()}
        message.redraw(text, _typed(text))
        self._tell("message_changed", message)
        self._events.message_changed(message, before)

    def remove(self, message: Message) -> None:
        """Take a message away and say so."""
        before = self._workspace.posts.as_slack(message)
        self._workspace.posts.remove(message)
        self._tell("message_deleted", message)
        if not message.is_ephemeral:
            self._events.message_deleted(message, before)

    def _keep(self, message: Message) -> None:
        self._workspace.posts.add(message)
        self._tell("ephemeral" if message.is_ephemeral else "message", message)

    def _tell(self, kind: str, message: Message) -> None:
        self._workspace.feed.publish(
            kind, to=message.ephemeral_to, channel=message.channel, ts=message.ts, thread_ts=message.thread_ts
        )


def _typed(text: str) -> list[dict[str, Any]]:
    """The blocks Slack makes of what a person typed."""
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return [{"type": "rich_text", "block_id": "typed", "elements": [section]}]

"""What the page shows one person: their channels and messages, their modals, their Home."""

from typing import Any

from sandbox.slack.directory import Channel, User
from sandbox.slack.messages import Message
from sandbox.slack.refusal import Refusal
from sandbox.slack.sample import BOT_NAME, OFFERED_PEOPLE
from sandbox.slack.team import Team
from sandbox.slack.views import View

Shown = dict[str, Any]


class Reading:
    """Answers the page's GETs, always as one person sees the workspace."""

    def __init__(self, workspace: Team) -> None:
        self._workspace = workspace
        self._last_read: dict[tuple[str, str], str] = {}

    def person(self, user_id: str | None) -> User:
        """The person the page acts as. Refused as user_not_found."""
        user = self._workspace.directory.users.get(user_id or "")
        if user is None or user.is_bot:
            raise Refusal("user_not_found")
        return user

    def channel(self, user: str, channel_id: str | None) -> Channel:
        """A conversation this person sees. Refused as channel_not_found."""
        channel = self._workspace.directory.channels.get(channel_id or "")
        own = self._workspace.directory.direct_with(user)
        if channel is None or (channel is not own and channel not in self._workspace.directory.channels_of(user)):
            raise Refusal("channel_not_found")
        return channel

    def state(self, user: str) -> Shown:
        """The frame of the page."""
        ws = self._workspace
        direct = ws.directory.direct_with(user)
        people = sorted(ws.directory.users.values(), key=_offered_first)
        return {
            "team": {"id": ws.team_id, "name": ws.team_name, "domain": ws.team_domain},
            "me": user,
            "people": [_person(one) for one in people if not one.is_bot],
            "channels": [self._channel(user, channel) for channel in ws.directory.channels_of(user)],
            "dms": [{"id": direct.id, "user": ws.bot_user_id, "unread": self._unread(user, direct.id)}],
            "usergroups": [group.as_slack(ws.team_id, with_users=True) for group in ws.directory.groups.values()],
            "commands": ws.commands,
            "shortcuts": ws.shortcuts,
            "bot": {"user_id": ws.bot_user_id, "bot_id": ws.bot_id, "app_id": ws.app_id, "name": BOT_NAME},
            "links": ws.links,
            "guide": ws.guide,
        }

    def messages(self, user: str, channel: Channel) -> Shown:
        """A channel's messages in order, with those only this person sees."""
        shown = [
            message
            for message in self._workspace.posts.all_in(channel.id)
            if message.ephemeral_to in (None, user) and (not message.is_reply or message.reply_broadcast)
        ]
        return {"messages": [self._message(user, message) for message in shown]}

    def thread(self, user: str, channel: Channel, ts: str) -> Shown:
        """A thread's messages in order, with those only this person sees. Refused as message_not_found."""
        if self._workspace.posts.find(channel.id, ts) is None:
            raise Refusal("message_not_found")
        shown = [
            message
            for message in self._workspace.posts.all_in(channel.id)
            if ts in (message.ts, message.thread_ts) and message.ephemeral_to in (None, user)
        ]
        return {"messages": [self._message(user, message) for message in shown]}

    def views(self, user: str) -> Shown:
        """The open modals, bottom first."""
        return {"stack": [self._view(view) for view in self._workspace.modals.stack(user)]}

    def home(self, user: str) -> Shown:
        """The Home tab, null when it was never published."""
        home = self._workspace.modals.home(user)
        return {"view": None if home is None else self._view(home)}

    def refusals(self) -> Shown:
        """The latest refused calls, newest first."""
        refused = [
            {
                "method": call.method,
                "error": call.error,
                "at": call.at,
                "details": call.response.get("response_metadata", {}).get("messages", []),
            }
            for call in self._workspace.calls.refused()[-50:]
        ]
        return {"refusals": refused[::-1]}

    def read_up_to_now(self, user: str, channel: Channel) -> None:
        """Everything in the channel is read."""
        self._last_read[user, channel.id] = self._workspace.clock.stamp()

    def _message(self, user: str, message: Message) -> Shown:
        shown = self._workspace.posts.as_slack(message)
        return {
            "blocks": [],
            "files": [],
            "reactions": [],
            **shown,
            "ephemeral": message.is_ephemeral,
            "reply_broadcast": message.reply_broadcast,
            "state": {"values": message.state_for(user)},
        }

    def _view(self, view: View) -> Shown:
        return {**view.as_slack(self._workspace.app_id, self._workspace.bot_id), "errors": view.errors}

    def _channel(self, user: str, channel: Channel) -> Shown:
        return {
            "id": channel.id,
            "name": channel.name,
            "is_private": channel.is_private,
            "is_shared": channel.is_shared,
            "topic": channel.topic,
            "is_member": self._workspace.bot_user_id in channel.members,
            "unread": self._unread(user, channel.id),
        }

    def _unread(self, user: str, channel_id: str) -> int:
        last_read = self._last_read.get((user, channel_id), "")
        return sum(message.ts > last_read and message.user != user for message in self._workspace.messages(channel_id))


def _offered_first(user: User) -> int:
    return OFFERED_PEOPLE.index(user.id) if user.id in OFFERED_PEOPLE else len(OFFERED_PEOPLE)


def _person(user: User) -> Shown:
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "role": user.role,
        "email": user.email,
        "tz": user.tz,
        "title": user.title,
        "deleted": user.deleted,
        "is_offered": user.id in OFFERED_PEOPLE,
    }

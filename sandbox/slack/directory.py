"""Who and what is in the workspace: people, channels, user groups."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo


@dataclass
class User:
    """A person or bot; the flags are Slack's own."""

    id: str
    name: str
    real_name: str
    email: str | None = None
    tz: str = "Europe/London"
    title: str = ""
    role: str = ""
    team_id: str = "T0GRC"
    is_bot: bool = False
    is_admin: bool = False
    is_restricted: bool = False
    is_stranger: bool = False
    deleted: bool = False
    locale: str = "en-GB"

    def as_slack(self, *, with_email: bool, with_locale: bool = False) -> dict[str, Any]:
        """The user object of `users.info`; the address only with its scope, the locale only when asked for."""
        profile: dict[str, Any] = {
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            "display_name": self.name,
            "display_name_normalized": self.name,
            "title": self.title,
            "team": self.team_id,
        }
        if with_email and self.email:
            profile["email"] = self.email
        shown: dict[str, Any] = {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "deleted": self.deleted,
            "profile": profile,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": 1_700_000_000,
        }
        if not self.deleted:
            shown |= {
                "real_name": self.real_name,
                "tz": self.tz,
                "tz_label": self.tz,
                "tz_offset": _utc_offset(self.tz),
                "is_admin": self.is_admin,
                "is_owner": False,
                "is_primary_owner": False,
                "is_restricted": self.is_restricted,
                "is_ultra_restricted": False,
            }
        if self.is_stranger:
            shown["is_stranger"] = True
        if with_locale:
            shown["locale"] = self.locale
        return shown


def _utc_offset(tz: str) -> int:
    offset = datetime.now(ZoneInfo(tz)).utcoffset()
    return int(offset.total_seconds()) if offset else 0


@dataclass
class Channel:
    """A channel, or with `user` set the direct conversation between that person and the bot."""

    id: str
    name: str
    topic: str = ""
    is_private: bool = False
    is_shared: bool = False
    is_archived: bool = False
    user: str | None = None
    members: list[str] = field(default_factory=list)

    @property
    def is_im(self) -> bool:
        """Whether this is a direct conversation."""
        return self.user is not None

    @property
    def kind(self) -> str:
        """Slack's word for it in `types`: im, private_channel or public_channel."""
        if self.is_im:
            return "im"
        return "private_channel" if self.is_private else "public_channel"

    def as_slack(self, me: str) -> dict[str, Any]:
        """The conversation object as `me` (a user id) sees it."""
        if self.is_im:
            return {"id": self.id, "is_im": True, "user": self.user, "is_user_deleted": False, "is_open": True}
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": not self.is_private,
            "is_group": self.is_private,
            "is_im": False,
            "is_mpim": False,
            "is_private": self.is_private,
            "is_archived": self.is_archived,
            "is_general": self.name == "general",
            "is_member": me in self.members,
            "is_shared": self.is_shared,
            "is_ext_shared": self.is_shared,
            "is_org_shared": False,
            "num_members": len(self.members),
            "topic": {"value": self.topic, "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
        }


@dataclass
class UserGroup:
    """A named group of people, mentioned by its handle."""

    id: str
    handle: str
    name: str
    users: list[str] = field(default_factory=list)
    is_disabled: bool = False

    def as_slack(self, team_id: str, *, with_users: bool) -> dict[str, Any]:
        """The group object of `usergroups.list`."""
        shown: dict[str, Any] = {
            "id": self.id,
            "team_id": team_id,
            "is_usergroup": True,
            "name": self.name,
            "handle": self.handle,
            "description": "",
            "date_delete": 1_700_000_000 if self.is_disabled else 0,
            "user_count": len(self.users),
        }
        if with_users:
            shown["users"] = list(self.users)
        return shown


@dataclass
class Directory:
    """All of them, by id."""

    users: dict[str, User]
    channels: dict[str, Channel]
    groups: dict[str, UserGroup]
    bot_user_id: str

    def find_channel(self, name_or_id: str) -> Channel | None:
        """The channel of that id, or of that name with or without a leading #."""
        if channel := self.channels.get(name_or_id):
            return channel
        name = name_or_id.removeprefix("#")
        return next((channel for channel in self.channels.values() if channel.name == name and not channel.is_im), None)

    def direct_with(self, user_id: str) -> Channel:
        """The direct conversation of the bot with a person, opened when there was none yet."""
        channel_id = "D" + user_id[1:]
        if channel_id not in self.channels:
            self.channels[channel_id] = Channel(
                channel_id, f"directmessage-{user_id}", user=user_id, members=[user_id, self.bot_user_id]
            )
        return self.channels[channel_id]

    def channels_of(self, user_id: str) -> list[Channel]:
        """The channels a person sees: the public ones of the workspace and those they are a member of."""
        person = self.users[user_id]
        outsider = person.is_stranger or person.is_restricted
        return [
            channel
            for channel in self.channels.values()
            if not channel.is_im and (user_id in channel.members or not (channel.is_private or outsider))
        ]

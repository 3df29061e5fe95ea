"""Every Web API method of the stand-in, with the scope it needs and its rate limit tier."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.slack.api import chat, conversations, files, modals, people
from sandbox.slack.arguments import Arguments
from sandbox.slack.service import Service

Handler = Callable[[Service, Arguments], dict[str, Any]]


@dataclass(frozen=True)
class Method:
    """What does it, the scope without which it is refused as missing_scope, the tier, the kind of token."""

    handler: Handler
    scope: str | None
    tier: int
    token: str = "bot"


def _open_connection(ws: Service, _args: Arguments) -> dict[str, Any]:
    return {"url": ws.sockets.new_address(ws.url)}


METHODS: dict[str, Method] = {
    "api.test": Method(people.api_test, None, 4, token="any"),
    "auth.test": Method(people.auth_test, None, 4),
    "team.info": Method(people.team_info, "team:read", 3),
    "bots.info": Method(people.bots_info, "users:read", 3),
    "users.info": Method(people.users_info, "users:read", 4),
    "users.list": Method(people.users_list, "users:read", 2),
    "users.lookupByEmail": Method(people.users_lookup_by_email, "users:read.email", 3),
    "users.conversations": Method(people.users_conversations, None, 3),
    "usergroups.list": Method(people.usergroups_list, "usergroups:read", 2),
    "usergroups.users.list": Method(people.usergroups_users_list, "usergroups:read", 2),
    "chat.postMessage": Method(chat.post_message, "chat:write", 4),
    "chat.postEphemeral": Method(chat.post_ephemeral, "chat:write", 4),
    "chat.update": Method(chat.update, "chat:write", 3),
    "chat.delete": Method(chat.delete, "chat:write", 3),
    "chat.getPermalink": Method(chat.get_permalink, None, 4),
    "views.open": Method(modals.open_view, None, 4),
    "views.push": Method(modals.push_view, None, 4),
    "views.update": Method(modals.update_view, None, 4),
    "views.publish": Method(modals.publish_view, None, 4),
    "conversations.open": Method(conversations.open_conversation, "im:write", 3),
    "conversations.info": Method(conversations.info, None, 3),
    "conversations.list": Method(conversations.list_conversations, None, 2),
    "conversations.join": Method(conversations.join, "channels:join", 3),
    "conversations.members": Method(conversations.members, None, 4),
    "conversations.history": Method(conversations.history, None, 3),
    "conversations.replies": Method(conversations.replies, None, 3),
    "reactions.add": Method(conversations.add_reaction, "reactions:write", 3),
    "files.getUploadURLExternal": Method(files.get_upload_url, "files:write", 4),
    "files.completeUploadExternal": Method(files.complete_upload, "files:write", 4),
    "files.info": Method(files.info, "files:read", 4),
    "apps.connections.open": Method(_open_connection, "connections:write", 1, token="app"),
}

"""The Slack app's manifest: everything an admin of the workspace has to agree to, in one file."""

from typing import Any

from bot.actions import CHOOSE_ANYWHERE

# Each with what it is for; a test holds this list against the calls that are made.
SCOPES = {
    "channels:history": "comments in the thread of a conflict, and finding a card whose post was never answered",
    "channels:join": "coming into the public channel of SLACK_CHANNEL",
    "channels:read": "looking whether it is in the channel",
    "chat:write": "cards, conflicts, reminders",
    "commands": "/grcpush, and the shortcut Push to ServiceNow",
    "files:write": "differences and evidence as files in the thread",
    "groups:history": "the same as channels:history, in private channels",
    "groups:read": "the same as channels:read, for private channels",
    "im:history": "finding a reminder whose post was never answered; the bot's own direct messages",
    "im:write": "the same: which conversation that is",
    "usergroups:read": "roles that are given to a user group",
    "users:read": "names and time zones, and who is a guest",
    "users:read.email": "roles that are given by e-mail address",
}
EVENTS = (
    "app_home_opened",
    "app_uninstalled",
    "member_joined_channel",
    "message.channels",
    "message.groups",
    "tokens_revoked",
)
"""What Slack tells the bot of unasked."""

_EVENTS_PATH = "/slack/events"


def app_manifest(url: str | None = None) -> dict[str, Any]:
    """The manifest: for deliveries over HTTP to this address, or for Socket Mode where none is given."""
    address = f"{url.rstrip('/')}{_EVENTS_PATH}" if url else None
    return {
        "display_information": {
            "name": "grcpush",
            "description": "Takes edited control statements back to ServiceNow, with approvals and an audit trail",
            "background_color": "#1f3a4d",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": "grcpush", "always_online": True},
            "shortcuts": [
                {
                    "name": "Push to ServiceNow",
                    "type": "global",
                    "callback_id": CHOOSE_ANYWHERE,
                    "description": "Choose edited statements and push them to ServiceNow",
                }
            ],
            "slash_commands": [
                {
                    "command": "/grcpush",
                    "description": "Push edited statements to ServiceNow",
                    "usage_hint": "[mine | AC-2 AC-3 | status | help]",
                    # So that a person after a command comes as a mention, which names exactly one.
                    "should_escape": True,
                    **({"url": address} if address else {}),
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            "event_subscriptions": {
                **({"request_url": address} if address else {}),
                "bot_events": sorted(EVENTS),
            },
            "interactivity": {
                "is_enabled": True,
                **({"request_url": address, "message_menu_options_url": address} if address else {}),
            },
            "org_deploy_enabled": False,
            "socket_mode_enabled": address is None,
            "token_rotation_enabled": False,
        },
    }

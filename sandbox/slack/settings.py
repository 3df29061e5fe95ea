"""What may be set about a workspace, with the values it has when nobody does."""

from typing import Any

from sandbox.slack import sample
from sandbox.slack.manifest import read_manifest

DEFAULT_SCOPES = frozenset(
    {
        "commands",
        "chat:write",
        "im:write",
        "users:read",
        "users:read.email",
        "usergroups:read",
        "files:write",
        "channels:join",
        "channels:read",
        "groups:read",
        "channels:history",
        "groups:history",
        "im:history",
    }
)
"""What the app was granted, unless a test or a manifest says otherwise."""

DEFAULT_SUBSCRIPTIONS = frozenset(
    {
        "app_home_opened",
        "app_uninstalled",
        "tokens_revoked",
        "member_joined_channel",
        "message.channels",
        "message.groups",
        "message.im",
        "app_mention",
    }
)
"""The events it is told of, unless a test or a manifest says otherwise."""


class Settings:
    """Plain attributes; the package's docstring tells what each is for."""

    def __init__(self, scopes: frozenset[str] | set[str] = DEFAULT_SCOPES) -> None:
        self.bot_token = "xoxb-sandbox-bot"
        self.app_token = "xapp-1-A0GRC-sandbox"
        self.signing_secret = "sandbox-signing-secret"
        self.verification_token = "sandbox-verification"
        self.token_problem: str | None = None
        self.team_id, self.team_name, self.team_domain = sample.TEAM_ID, sample.TEAM_NAME, sample.TEAM_DOMAIN
        self.bot_user_id, self.bot_id, self.app_id = sample.BOT_USER_ID, sample.BOT_ID, sample.APP_ID
        self.scopes: set[str] = set(scopes)
        self.subscriptions: set[str] = set(DEFAULT_SUBSCRIPTIONS)
        self.commands: list[dict[str, str]] = [
            {"command": "/grcpush", "description": "Push edited statements to ServiceNow", "usage_hint": "[help]"}
        ]
        self.shortcuts: list[dict[str, str]] = []
        self.links: dict[str, str | None] = {"servicenow": None}
        self.guide: dict[str, Any] = {"steps": []}
        self.socket_mode = False
        self.escapes_mentions = False
        self.ack_timeout = 3.0
        self.event_retry_delays: tuple[float, ...] = (0.0, 60.0, 300.0)
        self.duplicate_deliveries = 0
        self.answers_replace_by_default = True

    def install(self, manifest: dict[str, Any]) -> None:
        """Take scopes, events, commands, shortcuts and Socket Mode from an app manifest."""
        app = read_manifest(manifest)
        self.scopes, self.subscriptions = app.scopes, app.subscriptions
        self.commands, self.shortcuts = app.commands, app.shortcuts
        self.socket_mode, self.escapes_mentions = app.socket_mode, app.escapes_mentions

    def domain_of(self, team_id: str) -> str:
        """The domain of a team; other teams have one too."""
        return self.team_domain if team_id == self.team_id else f"team-{team_id.lower()}"

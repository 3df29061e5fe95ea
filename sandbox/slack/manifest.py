"""Reading an app manifest: what installing the app grants it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Installed:
    """What the workspace needs to know of a manifest."""

    scopes: set[str]
    subscriptions: set[str]
    commands: list[dict[str, str]]
    shortcuts: list[dict[str, str]]
    socket_mode: bool
    escapes_mentions: bool


def read_manifest(manifest: dict[str, Any]) -> Installed:
    """The grants, subscriptions, commands and shortcuts of a manifest. Raises KeyError when it names no scopes."""
    features = manifest.get("features", {})
    settings = manifest.get("settings", {})
    return Installed(
        scopes=set(manifest["oauth_config"]["scopes"]["bot"]),
        subscriptions=set(settings.get("event_subscriptions", {}).get("bot_events", [])),
        commands=[
            {name: command.get(name, "") for name in ("command", "description", "usage_hint")}
            for command in features.get("slash_commands", [])
        ],
        shortcuts=[
            {name: shortcut[name] for name in ("type", "callback_id", "name")}
            for shortcut in features.get("shortcuts", [])
        ],
        socket_mode=bool(settings.get("socket_mode_enabled")),
        escapes_mentions=any(command.get("should_escape") for command in features.get("slash_commands", [])),
    )

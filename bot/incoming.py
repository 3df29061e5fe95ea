"""Reading what Slack delivers."""

from typing import Any

from bot.actions import ButtonValue, decode


def user_of(body: dict[str, Any]) -> str:
    """The Slack id of the person a delivery is from."""
    user = body.get("user") or body.get("event", {}).get("user") or body.get("user_id") or ""
    return str(user["id"] if isinstance(user, dict) else user)


def clicked(body: dict[str, Any]) -> ButtonValue:
    """What the clicked button, or the chosen menu entry, carries. Raises StaleCard when it carries nothing of ours."""
    action = body["actions"][0]
    option = action.get("selected_option") or {}
    return decode(action.get("value") or option.get("value") or "")

"""What can go wrong with a call to Slack, and what it is called in a log or a sentence."""

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

SLACK_TROUBLE = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError)
"""Everything a call to Slack raises for reasons that lie in Slack or on the way there."""

TOKEN_IS_DEAD = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"})
"""Slack's names for a token that will not work again by itself."""

UNREACHABLE = frozenset(
    {
        "user_disabled",
        "cannot_dm_bot",
        "channel_not_found",
        "user_not_found",
        "messages_tab_disabled",
        "user_not_visible",
    }
)
"""Slack's names for a person who takes no direct message from the bot, now or later."""

BLOCKS_ARE_REFUSED = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
"""Slack's names for blocks that it will never take; the text tells the same story."""

_PASSING = frozenset(
    {
        "ratelimited",
        "expired_trigger_id",
        "trigger_expired",
        "exchanged_trigger_id",
        "trigger_exchanged",
        "service_unavailable",
        "internal_error",
        "fatal_error",
        "request_timeout",
    }
)


_MAY_BE_DONE = frozenset({"service_unavailable", "internal_error", "fatal_error", "request_timeout"})


def is_passing(error: BaseException) -> bool:
    """Whether the same may go through in a moment: Slack is slow, busy or out of reach, not against what we sent."""
    if isinstance(error, SlackApiError):
        name = error_name(error)
        return name in _PASSING or name.startswith("http_5")
    return isinstance(error, aiohttp.ClientError | SlackClientError | TimeoutError)


def was_refused(error: BaseException) -> bool:
    """Whether Slack surely did nothing; else it may have done what was asked although no good answer came."""
    if not isinstance(error, SlackApiError):
        return False
    name = error_name(error)
    return name not in _MAY_BE_DONE and not name.startswith("http_5")


def error_name(error: BaseException) -> str:
    """Slack's own name for a refusal; for anything else the HTTP status, or the kind of the failure."""
    if not isinstance(error, SlackApiError):
        return type(error).__name__
    # What travels with the error is not always Slack's JSON: a page from a proxy has no name in it.
    data = getattr(error.response, "data", None)
    if isinstance(data, dict) and data.get("error"):
        return str(data["error"])
    status = getattr(error.response, "status_code", None) or getattr(error.response, "status", "unknown")
    return f"http_{status}"


def wanted_pause(error: BaseException) -> float | None:
    """How long Slack asked us to wait, in seconds; None when it did not ask."""
    if not isinstance(error, SlackApiError) or error_name(error) != "ratelimited":
        return None
    seconds = str(getattr(error.response, "headers", {}).get("Retry-After", ""))
    return float(seconds) if seconds.isdigit() else 1.0

"""When Slack did not let a modal open in time: a button that does the same once more, with a trigger of its own.

Slack's trigger for a modal lives three seconds from the click. On a slow line or a cold start it is over before our call
arrives, and nothing but another click of the person can bring a new one.
"""

from typing import Any

from slack_sdk.errors import SlackApiError

from bot.actions import CHOOSE_ANYWHERE, Action, decode
from bot.slack.errors import error_name
from bot.slack.incoming import carried
from bot.views.messages.problem import choosing_button, reopening_button, reopening_message, retyping_button
from bot.views.parts.blocks import Element, Message
from core.errors import StaleCard

# The second kind: our call arrived, its answer was lost on the way, and the repeated call found the trigger used up.
_TOO_LATE = frozenset({"expired_trigger_id", "trigger_expired", "exchanged_trigger_id", "trigger_exchanged"})


def is_too_late(error: BaseException) -> bool:
    """Whether it is Slack's refusal to open a modal for a trigger that is over."""
    return isinstance(error, SlackApiError) and error_name(error) in _TOO_LATE


def open_again(body: dict[str, Any]) -> Message:
    """What to tell the person, with the button wherever what they did can be repeated by one."""
    return reopening_message(_again(body))


def _again(body: dict[str, Any]) -> Element | None:
    """The button: the one that was clicked, or one that holds the command that was typed."""
    action = next(iter(body.get("actions") or []), None)
    try:
        if body.get("command"):
            return retyping_button(str(body.get("text", "")))
        if body.get("callback_id") == CHOOSE_ANYWHERE:
            return choosing_button()
        return reopening_button(Action(action["action_id"]), decode(carried(action))) if action is not None else None
    except (StaleCard, ValueError):
        # Drawn by another version, or longer than a button may carry.
        return None

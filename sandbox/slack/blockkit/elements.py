"""The interactive elements of Block Kit, each with its limits."""

import re
from typing import Any

from sandbox.slack.blockkit.rich_text import RICH_TEXT
from sandbox.slack.blockkit.schema import (
    Check,
    Report,
    all_of,
    array,
    boolean,
    integer,
    kind,
    one_of,
    record,
    string,
)
from sandbox.slack.blockkit.texts import (
    ACTION_ID,
    CONFIRM,
    CONVERSATION_FILTER,
    DISPATCH_CONFIG,
    OPTION,
    OPTION_GROUP,
    OVERFLOW_OPTION,
    RICH_OPTION,
    SELECTED_ITEMS,
    URL,
    exactly_one_of,
    image,
    initial_is_offered,
    lengths_in_order,
    plain,
    values_differ,
)


def _matching(pattern: str, wanted: str) -> Check:
    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            report.add(at, f"must be in the format {wanted}")

    return check


_ID = string(255)
_MENU = {"action_id": ACTION_ID, "confirm": CONFIRM, "focus_on_load": boolean, "placeholder": plain(150)}
_FIELD = {"action_id": ACTION_ID, "placeholder": plain(150), "focus_on_load": boolean}
_TYPED = {**_FIELD, "dispatch_action_config": DISPATCH_CONFIG}
_DATE = _matching(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", "YYYY-MM-DD")
_TIME = _matching(r"([01]\d|2[0-3]):[0-5]\d", "HH:mm")
_NUMBER = _matching(r"-?\d+(\.\d+)?", "of a decimal number")

BUTTON = record(
    {"type": kind("button"), "text": plain(75)},
    {
        "action_id": ACTION_ID,
        "url": URL,
        "value": string(2000),
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
)

OVERFLOW = all_of(
    record(
        {"type": kind("overflow"), "options": array(OVERFLOW_OPTION, 2, 5)},
        {"action_id": ACTION_ID, "confirm": CONFIRM},
    ),
    values_differ,
)


def _ticks(name: str, initial: dict[str, Check]) -> Check:
    optional = {"action_id": ACTION_ID, "confirm": CONFIRM, "focus_on_load": boolean, **initial}
    return all_of(
        record({"type": kind(name), "options": array(RICH_OPTION, 1, 10)}, optional), values_differ, initial_is_offered
    )


CHECKBOXES = _ticks("checkboxes", {"initial_options": array(RICH_OPTION, 1, 10)})
RADIO_BUTTONS = _ticks("radio_buttons", {"initial_option": RICH_OPTION})


def _static(name: str, optional: dict[str, Check]) -> Check:
    offered = {"options": array(OPTION, 1, 100), "option_groups": array(OPTION_GROUP, 1, 100)}
    return all_of(
        record({"type": kind(name)}, {**_MENU, **offered, **optional}),
        exactly_one_of("options", "option_groups"),
        values_differ,
        initial_is_offered,
    )


def _menu(name: str, **optional: Check) -> Check:
    return record({"type": kind(name)}, {**_MENU, **optional})


_MANY = array(OPTION, 1, 100)
_IDS = array(_ID, 1, 100)
_QUERY = integer(0, 1000)
_CONVERSATIONS = {"default_to_current_conversation": boolean, "filter": CONVERSATION_FILTER}

SELECTS = {
    "static_select": _static("static_select", {"initial_option": OPTION}),
    "external_select": _menu("external_select", initial_option=OPTION, min_query_length=_QUERY),
    "users_select": _menu("users_select", initial_user=_ID),
    "conversations_select": _menu(
        "conversations_select", initial_conversation=_ID, response_url_enabled=boolean, **_CONVERSATIONS
    ),
    "channels_select": _menu("channels_select", initial_channel=_ID, response_url_enabled=boolean),
}

MULTI_SELECTS = {
    "multi_static_select": _static(
        "multi_static_select", {"initial_options": _MANY, "max_selected_items": SELECTED_ITEMS}
    ),
    "multi_external_select": _menu(
        "multi_external_select", initial_options=_MANY, min_query_length=_QUERY, max_selected_items=SELECTED_ITEMS
    ),
    "multi_users_select": _menu("multi_users_select", initial_users=_IDS, max_selected_items=SELECTED_ITEMS),
    "multi_conversations_select": _menu(
        "multi_conversations_select", initial_conversations=_IDS, max_selected_items=SELECTED_ITEMS, **_CONVERSATIONS
    ),
    "multi_channels_select": _menu("multi_channels_select", initial_channels=_IDS, max_selected_items=SELECTED_ITEMS),
}

PICKERS = {
    "datepicker": _menu("datepicker", initial_date=_DATE),
    "timepicker": _menu("timepicker", initial_time=_TIME, timezone=string(255)),
}
_DATETIME_PICKER = record(
    {"type": kind("datetimepicker")},
    {
        "action_id": ACTION_ID,
        "confirm": CONFIRM,
        "focus_on_load": boolean,
        "initial_date_time": integer(1_000_000_000, 9_999_999_999),
    },
)

TEXT_INPUTS = {
    "plain_text_input": all_of(
        record(
            {"type": kind("plain_text_input")},
            {
                **_TYPED,
                "initial_value": string(3000, least=0),
                "multiline": boolean,
                "min_length": integer(0, 3000),
                "max_length": integer(1, 3000),
            },
        ),
        lengths_in_order,
    ),
    "email_text_input": record({"type": kind("email_text_input")}, {**_TYPED, "initial_value": string(3000, least=0)}),
    "url_text_input": record({"type": kind("url_text_input")}, {**_TYPED, "initial_value": string(3000, least=0)}),
    "number_input": record(
        {"type": kind("number_input"), "is_decimal_allowed": boolean},
        {**_TYPED, "initial_value": _NUMBER, "min_value": _NUMBER, "max_value": _NUMBER},
    ),
    "rich_text_input": record(
        {"type": kind("rich_text_input")},
        {**_TYPED, "initial_value": RICH_TEXT, "min_lines": integer(1, 100), "max_lines": integer(1, 100)},
    ),
}

_TICKS = {"checkboxes": CHECKBOXES, "radio_buttons": RADIO_BUTTONS}

IN_SECTION: dict[str, Check] = {
    "button": BUTTON,
    "overflow": OVERFLOW,
    "image": image(),
    **_TICKS,
    **SELECTS,
    **MULTI_SELECTS,
    **PICKERS,
}
"""What may stand beside the text of a section."""

IN_ACTIONS: dict[str, Check] = {
    "button": BUTTON,
    "overflow": OVERFLOW,
    "datetimepicker": _DATETIME_PICKER,
    **_TICKS,
    **SELECTS,
    **PICKERS,
}
"""What may stand in a row of actions."""

IN_INPUT: dict[str, Check] = {
    "datetimepicker": _DATETIME_PICKER,
    **_TICKS,
    **SELECTS,
    **MULTI_SELECTS,
    **PICKERS,
    **TEXT_INPUTS,
}
"""What may be asked for in an input block."""

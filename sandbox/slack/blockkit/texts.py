"""Text objects, options, confirmation dialogs: what blocks and elements are made of."""

from typing import Any

from sandbox.slack.blockkit.schema import (
    Check,
    Report,
    all_of,
    array,
    boolean,
    by_type,
    integer,
    kind,
    one_of,
    record,
    string,
)

BLOCK_ID = string(255)
ACTION_ID = string(255)
URL = string(3000)


def plain(most: int) -> Check:
    """A plain_text object of at most so many characters."""
    return by_type({"plain_text": _text("plain_text", most, {"emoji": boolean})})


def plain_or_mrkdwn(most: int) -> Check:
    """A text object of either kind."""
    return by_type(
        {
            "plain_text": _text("plain_text", most, {"emoji": boolean}),
            "mrkdwn": _text("mrkdwn", most, {"verbatim": boolean}),
        }
    )


def _text(name: str, most: int, optional: dict[str, Check]) -> Check:
    return record({"type": kind(name), "text": string(most)}, optional)


def option(text: Check) -> Check:
    """One choice: text and description 75 characters, value 150."""
    return record({"text": text, "value": string(150)}, {"description": text})


OPTION = option(plain(75))
RICH_OPTION = option(plain_or_mrkdwn(75))
"""Checkboxes and radio buttons may mark up their words; menus may not."""

OVERFLOW_OPTION = record({"text": plain(75), "value": string(150)}, {"description": plain(75), "url": URL})

OPTION_GROUP = record({"label": plain(75), "options": array(OPTION, 1, 100)})

CONFIRM = record(
    {"title": plain(100), "text": plain_or_mrkdwn(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)

DISPATCH_CONFIG = record(
    {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 1, 2)},
)

CONVERSATION_FILTER = record(
    {},
    {
        "include": array(one_of("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)


def exactly_one_of(*names: str) -> Check:
    """One of these fields must be there, and not two."""

    def check(value: Any, at: str, report: Report) -> None:
        if sum(name in value for name in names) != 1:
            report.add(at, f"must have exactly one of: {', '.join(names)}")

    return check


def initial_is_offered(value: Any, at: str, report: Report) -> None:
    """What is chosen at first must be one of the options, word for word."""
    offered = value.get("options")
    if offered is None:
        offered = [choice for group in value.get("option_groups", []) for choice in group["options"]]
    chosen = [("initial_option", value["initial_option"])] if "initial_option" in value else []
    chosen += [(f"initial_options/{index}", choice) for index, choice in enumerate(value.get("initial_options", []))]
    for place, choice in chosen:
        if choice not in offered:
            report.add(f"{at}/{place}", "initial option is not one of the options")


def values_differ(value: Any, at: str, report: Report) -> None:
    """No two options may have one value, or nobody could tell which of them was chosen."""
    seen: set[str] = set()
    for index, choice in enumerate(value.get("options", [])):
        if choice["value"] in seen:
            report.add(f"{at}/options/{index}/value", f"duplicate option value: {choice['value']}")
        seen.add(choice["value"])


def lengths_in_order(value: Any, at: str, report: Report) -> None:
    """A least length above the greatest could never be met."""
    if value.get("min_length", 0) > value.get("max_length", 3000):
        report.add(f"{at}/min_length", "must not be greater than max_length")


def image(optional: dict[str, Check] | None = None) -> Check:
    """A picture by URL or by uploaded file, with words for those who cannot see it."""
    slack_file = all_of(record({}, {"id": string(255), "url": URL}), exactly_one_of("id", "url"))
    return all_of(
        record(
            {"type": kind("image"), "alt_text": string(2000)},
            {"image_url": URL, "slack_file": slack_file, **(optional or {})},
        ),
        exactly_one_of("image_url", "slack_file"),
    )


SELECTED_ITEMS = integer(1, 100_000)

"""What a person has entered or chosen in a message or view: the `state.values` of Slack's payloads."""

from typing import Any

from sandbox.slack.blockkit.reading import Block, elements

Values = dict[str, dict[str, dict[str, Any]]]
"""block_id -> action_id -> the value entry."""

VALUE_FIELD = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "checkboxes": ("selected_options", "initial_options"),
    "radio_buttons": ("selected_option", "initial_option"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}
"""For each element kind that keeps a value: the field of its entry, and the field it starts from."""

HOLDS_MANY = {kind for kind in VALUE_FIELD if kind.startswith("multi_")} | {"checkboxes"}


def entry(element: dict[str, Any], value: Any) -> dict[str, Any]:
    """The value entry of an element that now holds `value`."""
    kind = element["type"]
    return {"type": kind, VALUE_FIELD[kind][0]: value}


def held(element_kind: str, value_entry: dict[str, Any]) -> Any:
    """What an entry holds."""
    return value_entry.get(VALUE_FIELD[element_kind][0])


def initial_state(blocks: list[Block]) -> Values:
    """The values a freshly drawn list of blocks starts with."""
    return carried_state({}, blocks)


def carried_state(before: Values, blocks: list[Block]) -> Values:
    """The values after a redraw: kept where block id, action id and kind are the same, else initial.

    So a new initial value under old ids is drawn but not submitted, which surprises many in Slack too. Choices that
    are no longer offered are dropped.
    """
    values: Values = {}
    for placed in elements(blocks):
        kind = placed.element["type"]
        if kind not in VALUE_FIELD:
            continue
        old = before.get(placed.block_id, {}).get(placed.action_id)
        kept = _still_offered(placed.element, old) if old is not None and old["type"] == kind else None
        if kept is None:
            kept = entry(placed.element, _initial(placed.element))
        values.setdefault(placed.block_id, {})[placed.action_id] = kept
    return values


def _initial(element: dict[str, Any]) -> Any:
    kind = element["type"]
    return element.get(VALUE_FIELD[kind][1], [] if kind in HOLDS_MANY else None)


def _still_offered(element: dict[str, Any], old: dict[str, Any]) -> dict[str, Any]:
    offered = options_of(element)
    if offered is None:
        return old
    known = {option["value"] for option in offered}
    value = held(element["type"], old)
    if isinstance(value, list):
        return entry(element, [option for option in value if option["value"] in known])
    return entry(element, value if value is None or value["value"] in known else None)


def options_of(element: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The options written into an element, groups flattened; None for kinds that have none of their own."""
    if "option_groups" in element:
        return [option for group in element["option_groups"] for option in group["options"]]
    return element.get("options")

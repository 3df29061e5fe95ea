"""Whatever arrives, the workspace says what is wrong with it and never breaks."""

from hypothesis import given
from hypothesis import strategies as st

from sandbox.slack.blockkit.whole import check_message_blocks, check_options, check_view
from tests.sandbox.slack.parts import plain

KEYS = [
    "type",
    "text",
    "elements",
    "accessory",
    "element",
    "options",
    "value",
    "fields",
    "label",
    "rows",
    "style",
    "initial_options",
    "option_groups",
    "block_id",
    "action_id",
    "confirm",
    "submit",
    "title",
    "blocks",
    "image_url",
]
WORDS = [
    "section",
    "actions",
    "input",
    "button",
    "checkboxes",
    "static_select",
    "plain_text",
    "mrkdwn",
    "rich_text",
    "rich_text_section",
    "table",
    "data_table",
    "image",
    "modal",
    "home",
    "context",
    "x",
    "",
]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=25,
)


@given(ANYTHING)
def test_whatever_is_sent_gets_an_answer(nonsense):
    check_message_blocks(nonsense)
    check_message_blocks([nonsense])
    check_view(nonsense, "modal")
    check_view({"type": "modal", "title": plain(), "blocks": [nonsense]}, "modal")
    check_options(nonsense)

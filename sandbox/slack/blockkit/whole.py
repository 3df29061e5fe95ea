"""The rules that span a whole message or view: how many blocks, which ids, how much text."""

from collections.abc import Iterator
from typing import Any

from sandbox.slack.blockkit.blocks import EVERYWHERE, IN_MESSAGES
from sandbox.slack.blockkit.reading import Block
from sandbox.slack.blockkit.schema import Report, all_of, array, boolean, by_type, kind, record, string
from sandbox.slack.blockkit.tables import DATA_TABLE_CHARACTERS
from sandbox.slack.blockkit.texts import OPTION, OPTION_GROUP, exactly_one_of, plain

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MESSAGE_BUDGET = 13_200
"""Characters of text in all blocks of a message together, above which Slack answers msg_blocks_too_long.

Slack does not publish the number; messages of that size were seen to be refused (slackapi/bolt-js issue 2509).
"""
MARKDOWN_BUDGET = 12_000
"""Characters in all markdown blocks of a message together."""


def check_message_blocks(blocks: Any) -> Report:
    """What is wrong with the blocks of a message."""
    report = Report()
    array(by_type(IN_MESSAGES), 0, MESSAGE_BLOCKS)(blocks, "/blocks", report)
    if not report.faults:
        _check_ids(blocks, "/blocks", report)
        _check_tables(blocks, report)
        if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > MARKDOWN_BUDGET:
            report.add("/blocks", f"markdown blocks must hold less than {MARKDOWN_BUDGET + 1} characters together")
    return report


def text_weight(blocks: list[Block]) -> int:
    """How much of the message's budget its blocks use up: the characters of all text in them."""
    return sum(len(piece) for piece in _texts(blocks))


_UNSEEN = {
    "private_metadata": string(3000, least=0),
    "callback_id": string(255, least=0),
    "external_id": string(255, least=0),
}
_MODAL = record(
    {"type": kind("modal"), "title": plain(24), "blocks": array(by_type(EVERYWHERE), 0, VIEW_BLOCKS)},
    {**_UNSEEN, "submit": plain(24), "close": plain(24), "clear_on_close": boolean, "notify_on_close": boolean},
)
_HOME = record({"type": kind("home"), "blocks": array(by_type(EVERYWHERE), 0, VIEW_BLOCKS)}, _UNSEEN)


def check_view(view: Any, surface: str) -> Report:
    """What is wrong with a view; `surface` is modal or home."""
    report = Report()
    by_type({"modal": _MODAL} if surface == "modal" else {"home": _HOME})(view, "/view", report)
    if report.faults:
        return report
    blocks: list[Block] = view["blocks"]
    _check_ids(blocks, "/view/blocks", report)
    if surface == "modal" and "submit" not in view and any(block["type"] == "input" for block in blocks):
        report.add("/view", "submit is required when an input block is within blocks")
    if sum(bool(node.get("focus_on_load")) for node in _nodes(blocks)) > 1:
        report.add("/view/blocks", "only one element may have focus_on_load")
    return report


def check_options(answer: Any) -> Report:
    """What is wrong with the options a bot answers for an external select: `options` or `option_groups`, 100 at most."""
    report = Report()
    offered = {"options": array(OPTION, 0, 100), "option_groups": array(OPTION_GROUP, 0, 100)}
    all_of(record({}, offered), exactly_one_of("options", "option_groups"))(answer, "", report)
    return report


def _check_ids(blocks: list[Block], at: str, report: Report) -> None:
    seen_blocks: set[str] = set()
    for index, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id in seen_blocks:
            report.add(f"{at}/{index}/block_id", f"block_id must be unique: {block_id} already exists")
        seen_blocks |= {block_id} if block_id else set()
        seen_actions: set[str] = set()
        for place, element in enumerate(block.get("elements", []) if block["type"] == "actions" else []):
            action_id = element.get("action_id")
            if action_id in seen_actions:
                report.add(f"{at}/{index}/elements/{place}/action_id", f"action_id `{action_id}` already exists")
            seen_actions |= {action_id} if action_id else set()


def _check_tables(blocks: list[Block], report: Report) -> None:
    tables = [index for index, block in enumerate(blocks) if block["type"] == "table"]
    for index in tables[1:]:
        report.add(f"/blocks/{index}", "only_one_table_allowed")
    data_tables = [block for block in blocks if block["type"] == "data_table"]
    if sum(len(piece) for block in data_tables for piece in _texts(block["rows"])) > DATA_TABLE_CHARACTERS:
        report.add("/blocks", f"data table cells must hold less than {DATA_TABLE_CHARACTERS + 1} characters together")


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, list):
        for part in node:
            yield from _nodes(part)
    elif isinstance(node, dict):
        yield node
        for part in node.values():
            yield from _nodes(part)


def _texts(node: Any) -> Iterator[str]:
    for part in _nodes(node):
        if isinstance(part.get("text"), str):
            yield part["text"]

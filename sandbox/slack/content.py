"""What a message says: read from a call or an answer, and refused when Slack would refuse it."""

from dataclasses import dataclass
from typing import Any

from sandbox.slack.arguments import Arguments
from sandbox.slack.blockkit.reading import Block, with_ids
from sandbox.slack.blockkit.whole import MESSAGE_BUDGET, check_message_blocks, text_weight
from sandbox.slack.refusal import Refusal

POST_CHARACTERS = 40_000
"""Above this Slack cuts a posted text off without a word; the stand-in refuses it, so that no test misses the loss."""
UPDATE_CHARACTERS = 4_000


@dataclass
class Content:
    """The text, blocks and the rest of a message that passed the checks; None where nothing was sent."""

    text: str | None = None
    blocks: list[Block] | None = None
    attachments: list[dict[str, Any]] | None = None
    metadata: dict[str, Any] | None = None


def read_content(args: Arguments, *, most_text: int = POST_CHARACTERS, has_budget: bool = True) -> Content:
    """The content of a message.

    Refused as no_text, msg_too_long, invalid_blocks_format, invalid_blocks (with the places in
    response_metadata.messages), msg_blocks_too_long, or invalid_metadata_format.
    """
    text = args.text("text")
    blocks = args.structure("blocks", malformed="invalid_blocks_format")
    attachments = args.structure("attachments", malformed="invalid_attachments")
    metadata = args.structure("metadata", malformed="invalid_metadata_format")
    if not text and not blocks and not attachments:
        raise Refusal("no_text")
    if text is not None and len(text) > most_text:
        raise Refusal("msg_too_long")
    if blocks is not None:
        blocks = checked_blocks(blocks, has_budget=has_budget)
    if metadata is not None and not _is_metadata(metadata):
        raise Refusal("invalid_metadata_format")
    return Content(text, blocks, attachments, metadata)


def checked_blocks(blocks: Any, *, has_budget: bool = True) -> list[Block]:
    """The blocks with ids. Refused as invalid_blocks_format, invalid_blocks or msg_blocks_too_long."""
    if not isinstance(blocks, list):
        raise Refusal("invalid_blocks_format")
    report = check_message_blocks(blocks)
    if report.faults:
        raise Refusal("invalid_blocks", errors=report.lines, response_metadata={"messages": report.lines})
    if has_budget and text_weight(blocks) > MESSAGE_BUDGET:
        raise Refusal("msg_blocks_too_long")
    return with_ids(blocks)


def _is_metadata(metadata: Any) -> bool:
    return isinstance(metadata, dict) and "event_type" in metadata and isinstance(metadata.get("event_payload"), dict)

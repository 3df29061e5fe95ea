"""Cursor paging, as all list methods do it."""

import base64
import binascii
from typing import Any, TypeVar

from sandbox.slack.arguments import Arguments
from sandbox.slack.refusal import Refusal

Item = TypeVar("Item")


def page_of(items: list[Item], args: Arguments, default: int = 100) -> tuple[list[Item], dict[str, Any]]:
    """The items of the page the cursor asks for, and the metadata that leads to the next.

    Refused as invalid_limit or invalid_cursor.
    """
    limit = args.number("limit", default) or default
    if not 1 <= limit <= 1000:
        raise Refusal("invalid_limit")
    start = _start(args.text("cursor"))
    rest = start + limit
    cursor = base64.b64encode(f"next:{rest}".encode()).decode() if rest < len(items) else ""
    return items[start:rest], {"next_cursor": cursor}


def _start(cursor: str | None) -> int:
    if not cursor:
        return 0
    try:
        word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
        if word != "next":
            raise Refusal("invalid_cursor")
        return int(number)
    except (binascii.Error, ValueError):
        raise Refusal("invalid_cursor") from None

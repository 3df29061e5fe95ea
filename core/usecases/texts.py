"""Work on long texts, kept off the event loop: an acknowledgement to Slack must never wait for a diff."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from core.domain.diff import TextDiff, diff
from core.text.content import TextKind

P = ParamSpec("P")
R = TypeVar("R")

# Below this size the work takes well under a millisecond, less than handing it to a thread.
_SHORT = 2_000


async def diff_texts(old: str, new: str, kind: TextKind) -> TextDiff:
    """The differences between two texts; long ones are compared in a thread."""
    if len(old) + len(new) < _SHORT:
        return diff(old, new, kind)
    return await asyncio.to_thread(diff, old, new, kind)


async def in_thread(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """The function's result, worked out in a thread."""
    return await asyncio.to_thread(function, *args, **kwargs)

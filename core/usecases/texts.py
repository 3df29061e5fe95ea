"""Work on long texts, kept off the event loop: an acknowledgement to Slack must never wait for a diff."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from typing import ParamSpec, TypeVar

from core.domain.diff import TextDiff, diff
from core.domain.merge import Clashes, Merged, three_way_merge
from core.errors import EmptyText
from core.text.content import TextKind, fingerprint

P = ParamSpec("P")
R = TypeVar("R")

# Characters. Below this size the work takes a millisecond or two, hardly more than handing it to the thread.
_SHORT = 2_000
# A card is drawn many times while its push runs, each time with the same differences.
_KEPT_DIFFS = 1_024
# Longer texts are rare, and keeping a thousand of them would fill the memory.
_LONG, _KEPT_LONG_DIFFS = 40_000, 8

# One thread for all of it. Python runs one thread at a time, so more would finish nothing sooner, but each would make
# the event loop wait another five milliseconds for its turn, at every step of an acknowledgement.
_WORKER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="texts")


async def diff_texts(old: str, new: str, kind: TextKind) -> TextDiff:
    """The differences between two texts; long ones are compared in a thread."""
    length = len(old) + len(new)
    return await for_length(length, _known_diff if length <= _LONG else _known_long_diff, old, new, kind)


async def merge_texts(baseline: str, local: str, remote: str, kind: TextKind) -> Merged | Clashes:
    """Both edits in one text, or where they clash; long texts are merged in a thread."""
    length = len(baseline) + len(local) + len(remote)
    return await for_length(length, three_way_merge, baseline, local, remote, kind)


_known_diff = lru_cache(maxsize=_KEPT_DIFFS)(diff)
_known_long_diff = lru_cache(maxsize=_KEPT_LONG_DIFFS)(diff)


def is_cleared(before: str, after: str, kind: TextKind) -> bool:
    """Whether a text that says something is replaced by one that says nothing."""
    nothing = fingerprint("", kind)
    return fingerprint(after, kind) == nothing and fingerprint(before, kind) != nothing


def cleared() -> EmptyText:
    """The error for a text that nobody may clear by accident."""
    return EmptyText(
        "The new text is empty, so a push would clear the statement in ServiceNow.",
        next_step="If that is what you want, save it with grcpush edit --allow-empty.",
    )


async def for_length(length: int, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """The function's result on texts of this length together: worked out in the thread when they are long."""
    return function(*args, **kwargs) if length < _SHORT else await in_thread(function, *args, **kwargs)


async def in_thread(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """The function's result, worked out in the thread for texts; such work is done one after the other."""
    return await asyncio.get_running_loop().run_in_executor(_WORKER, partial(function, *args, **kwargs))

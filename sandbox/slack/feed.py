"""What changed, told to those who wait for it: tests by a predicate, the browser page by a stream."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

Found = TypeVar("Found")
Notice = dict[str, Any]


class NothingCame(AssertionError):
    """What a test waited for did not come in time; the message says what had happened until then."""


class Feed:
    """Wakes waiters at each change, and hands notices to the open streams of the page."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()
        self._streams: list[tuple[str, asyncio.Queue[Notice | None]]] = []
        self.is_closed = False

    def changed(self) -> None:
        """Wake everyone who waits for a change."""
        self._changed.set()
        self._changed = asyncio.Event()

    def publish(self, kind: str, to: str | None = None, **facts: Any) -> None:
        """Tell the page's streams of `to` (a user id), or of everyone, and wake the waiters."""
        notice = {"type": kind, **{name: value for name, value in facts.items() if value is not None}}
        for user, stream in self._streams:
            if to is None or to == user:
                stream.put_nowait(notice)
        self.changed()

    async def wait_for(self, predicate: Callable[[], Found], seconds: float, describe: Callable[[], str]) -> Found:
        """The first truthy answer of `predicate`, asked again at each change.

        Raises NothingCame after `seconds`.
        """
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            changed = self._changed
            if found := predicate():
                return found
            remaining = deadline - asyncio.get_running_loop().time()
            try:
                await asyncio.wait_for(changed.wait(), max(remaining, 0))
            except TimeoutError:
                raise NothingCame(f"nothing within {seconds:g} s; {describe()}") from None

    def open_stream(self, user: str) -> "asyncio.Queue[Notice | None]":
        """A queue of the notices for `user`; None ends it."""
        stream: asyncio.Queue[Notice | None] = asyncio.Queue()
        self._streams.append((user, stream))
        self.changed()
        return stream

    @property
    def stream_count(self) -> int:
        """How many streams are open."""
        return len(self._streams)

    def close_stream(self, stream: "asyncio.Queue[Notice | None]") -> None:
        """Forget a stream whose reader is gone."""
        self._streams = [(user, other) for user, other in self._streams if other is not stream]

    def close(self) -> None:
        """End all streams, so that the server can stop."""
        self.is_closed = True
        for _, stream in self._streams:
            stream.put_nowait(None)

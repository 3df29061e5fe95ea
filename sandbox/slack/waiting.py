"""Waiting for what the bot does: each wait ends with the change it waits for, never by polling."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from sandbox.slack.calls import Call, CallLog
from sandbox.slack.feed import Feed
from sandbox.slack.messages import Message, Messages
from sandbox.slack.uploads import Files, StoredFile
from sandbox.slack.views import View, Views

Found = TypeVar("Found")

SECONDS = 60.0


class Waiting:
    """The waits of a workspace. All raise NothingCame, telling what did come, after `timeout` seconds."""

    feed: Feed
    posts: Messages
    modals: Views
    files: Files
    calls: CallLog

    if TYPE_CHECKING:

        def ephemerals(self, user: str) -> list[Message]:
            """The messages only this person sees."""

    async def wait_for(self, predicate: Callable[[], Found], timeout: float = SECONDS) -> Found:  # noqa: ASYNC109
        """The first truthy answer of `predicate`, which is asked again at each change in the workspace."""
        return await self.feed.wait_for(predicate, timeout, self._story)

    async def wait_message(
        self,
        text: str,
        *,
        channel: str | None = None,
        thread_ts: str | None = None,
        after: Message | None = None,
        timeout: float = SECONDS,  # noqa: ASYNC109
    ) -> Message:
        """The newest shared message whose words contain `text`; in a channel or thread, or later than another."""

        def found() -> Message | None:
            messages = self.posts.everywhere() if channel is None else self.posts.all_in(channel)
            return next(
                (
                    message
                    for message in sorted(messages, key=lambda one: one.ts, reverse=True)
                    if text in message.words
                    and not message.is_ephemeral
                    and (thread_ts is None or (message.thread_ts == thread_ts and message.is_reply))
                    and (after is None or message.ts > after.ts)
                ),
                None,
            )

        return await self._wait_some(found, timeout)

    async def wait_ephemeral(self, user: str, text: str = "", timeout: float = SECONDS) -> Message:  # noqa: ASYNC109
        """The newest message only this person sees, whose words contain `text`."""

        def found() -> Message | None:
            return next((one for one in reversed(self.ephemerals(user)) if text in one.words), None)

        return await self._wait_some(found, timeout)

    async def wait_view(
        self,
        user: str,
        text: str = "",
        *,
        callback_id: str | None = None,
        timeout: float = SECONDS,  # noqa: ASYNC109
    ) -> View:
        """The person's topmost modal, once it has the callback id and its words contain `text`."""

        def found() -> View | None:
            top = self.modals.stack(user)[-1:]
            return next((one for one in top if text in one.words and callback_id in (None, one.callback_id)), None)

        return await self._wait_some(found, timeout)

    async def wait_home(self, user: str, text: str = "", timeout: float = SECONDS) -> View:  # noqa: ASYNC109
        """The person's Home, once its words contain `text`."""

        def found() -> View | None:
            home = self.modals.home(user)
            return home if home is not None and text in home.words else None

        return await self._wait_some(found, timeout)

    async def wait_call(
        self,
        method: str,
        count: int = 1,
        *,
        when: Callable[[Call], bool] = lambda _call: True,
        timeout: float = SECONDS,  # noqa: ASYNC109
    ) -> Call:
        """The call that makes it `count` answered calls of a method for which `when` holds."""

        def found() -> Call | None:
            calls = [call for call in self.calls.of(method) if call.is_answered and when(call)]
            return calls[count - 1] if len(calls) >= count else None

        return await self._wait_some(found, timeout)

    async def wait_file(self, name: str = "", timeout: float = SECONDS) -> StoredFile:  # noqa: ASYNC109
        """The newest shared file whose name or title contains `name`."""

        def found() -> StoredFile | None:
            shared = [one for one in self.files if one.shared_in and (name in one.name or name in one.title)]
            return shared[-1] if shared else None

        return await self._wait_some(found, timeout)

    async def _wait_some(self, found: Callable[[], Found | None], seconds: float) -> Found:
        result = await self.wait_for(found, seconds)
        assert result is not None  # noqa: S101 - wait_for gives back only what is there
        return result

    def _story(self) -> str:
        """What had happened until now, for the message of a wait that ended in vain."""
        calls = ", ".join(str(call) for call in self.calls[-12:]) or "none"
        messages = [_line(message) for message in self.posts.everywhere()[-8:]]
        return "\n  ".join([f"last calls: {calls}", "messages:", *(messages or ["none"])])


def _line(message: Any) -> str:
    words = " / ".join(message.words.split("\n"))
    to = f" to {message.ephemeral_to}" if message.ephemeral_to else ""
    return f"{message.channel}{to} {message.user}: {words[:160]}"

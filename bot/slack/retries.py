"""Which calls to Slack are made again by themselves."""

from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState

# When the connection broke these may have been done all the same, and would show twice.
_SHOWN_TO_ALL = ("/chat.postMessage", "/files.completeUploadExternal")


class BrokenConnections(AsyncConnectionErrorRetryHandler):
    """Makes a call whose connection broke once more, but for a post: who asked for that finds out first whether it is there."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        if request.url.endswith(_SHOWN_TO_ALL):
            return False
        return await super()._can_retry_async(state=state, request=request, response=response, error=error)


def retry_handlers() -> list[AsyncRetryHandler]:
    """What a client of Slack's is given: a broken connection and a pause that Slack asks for are met by one more try."""
    return [BrokenConnections(), AsyncRateLimitErrorRetryHandler(max_retry_count=1)]

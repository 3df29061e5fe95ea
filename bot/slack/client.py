"""The client with which Slack is called: made in one place, for the bot and for commands."""

import contextlib
from collections.abc import AsyncIterator

import aiohttp
from pydantic import SecretStr
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.retries import retry_handlers

_CALL_SECONDS = 30.0


@contextlib.asynccontextmanager
async def slack_client(token: SecretStr, api_url: str, *watching: AsyncRetryHandler) -> AsyncIterator[AsyncWebClient]:
    """A client until the block ends; `watching` see every answer before it is decided whether a call is made again."""
    # The time limit stands here because the SDK's own does not count for a session it did not make.
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_CALL_SECONDS)) as session:
        yield AsyncWebClient(
            token=token.get_secret_value(),
            base_url=api_url,
            session=session,
            # Without these the SDK itself posts once more when a connection breaks.
            retry_handlers=[*watching, *retry_handlers()],
        )


def unwaiting(client: AsyncWebClient) -> AsyncWebClient:
    """The same client, but that a pause Slack asks for is not waited out in the call: for who has something else to do."""
    return AsyncWebClient(
        token=client.token,
        base_url=client.base_url,
        session=client.session,
        retry_handlers=[
            each for each in client.retry_handlers if not isinstance(each, AsyncRateLimitErrorRetryHandler)
        ],
    )

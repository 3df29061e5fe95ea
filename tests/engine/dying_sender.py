"""A process that sends the digests that are due, and kills itself around the first post: `before:post` or `after:post`."""

import asyncio
import sys

from slack_sdk.web.async_client import AsyncWebClient

from bot.drawing.digests import send_digests
from bot.local import open_core
from core.config import load_settings
from tests.engine.dying import die_at


async def main(point: str) -> None:
    settings = load_settings()
    assert settings.slack_bot_token is not None
    async with open_core(settings) as core:
        client = AsyncWebClient(token=settings.slack_bot_token.get_secret_value(), base_url=settings.slack_api_url)
        die_at(core, point, 1)
        await send_digests(core, client)


asyncio.run(main(sys.argv[1]))

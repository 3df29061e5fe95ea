"""What to say where there is nothing to list."""

from typing import Any

from bot.collaborators import Collaborators
from bot.slack.incoming import home_url
from bot.views.parts.blocks import Message
from bot.views.statements.listing import nothing_message
from core.usecases.overview.past_pushes import last_push
from core.usecases.statements.modified import get_status


async def nothing_to_list(its: Collaborators, body: dict[str, Any]) -> Message:
    """Where everything stands instead, the last push, and the way to Home; `body` is what Slack delivered."""
    status, last = await get_status(its.core), await last_push(its.core)
    return nothing_message(status, last, home_url(body), its.card_url)

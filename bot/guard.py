"""The guard around every listener: errors become one message to the person; nothing escapes into Bolt.

An exception that leaves an async listener right after its acknowledgement makes Bolt forget that acknowledgement, and
Slack shows its own failure mark after three seconds. So every listener runs in here.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.kwargs_injection.async_args import AsyncArgs
from slack_sdk.errors import SlackApiError

from bot.background import Background
from bot.incoming import user_of
from bot.views.blocks import Message
from bot.views.problem import bug_message, bug_modal, problem_message, problem_modal
from core.errors import GrcError
from core.ids import new_reference

log = logging.getLogger(__name__)

Listener = Callable[[AsyncArgs], Awaitable[None]]


class Guard:
    """Runs listeners as tasks of our own and answers for their errors."""

    def __init__(self, background: Background) -> None:
        """Tasks are kept in `background` and drained at shutdown."""
        self._background = background

    def guarded(self, listener: Listener) -> Callable[[AsyncArgs], Awaitable[None]]:
        """The listener, as Bolt may have it."""

        async def run(args: AsyncArgs) -> None:
            # Shielded: when Bolt gives up on a slow listener, the work goes on and the person still gets an answer.
            await asyncio.shield(self._background.spawn(self._handle(listener, args)))

        return run

    async def _handle(self, listener: Listener, args: AsyncArgs) -> None:
        try:
            await listener(args)
        except GrcError as error:
            log.info("listener.refused code=%s user=%s", error.code, user_of(args.body))
            await self._answer(args, problem_message(error), problem_modal(error))
        except Exception:
            reference = new_reference()
            log.exception("listener.failed reference=%s user=%s", reference, user_of(args.body))
            await self._answer(args, bug_message(reference), bug_modal(reference))

    async def _answer(self, args: AsyncArgs, message: Message, modal: dict[str, Any]) -> None:
        """Acknowledge if that was not done, and tell only the person: in the modal, by response_url, or in a DM."""
        is_submission = args.body.get("type") == "view_submission"
        if args.ack.response is None:
            if is_submission:
                await args.ack(response_action="update", view=modal)
                return
            await args.ack()
        try:
            if args.body.get("response_url"):
                await args.respond(
                    text=message.text, blocks=message.blocks, response_type="ephemeral", replace_original=False
                )
            else:
                await args.client.chat_postMessage(channel=user_of(args.body), text=message.text, blocks=message.blocks)
        except (SlackApiError, OSError, TimeoutError):
            log.exception("listener.answer_failed user=%s", user_of(args.body))

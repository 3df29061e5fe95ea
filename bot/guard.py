"""The guard around every listener: errors become one message to the person; nothing escapes into Bolt.

An exception that leaves an async listener right after its acknowledgement makes Bolt forget that acknowledgement, and
Slack shows its own failure mark after three seconds. So every listener runs in here.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.kwargs_injection.async_args import AsyncArgs
from slack_bolt.response import BoltResponse

from bot.background import Background
from bot.slack.errors import SLACK_TROUBLE, error_name, is_passing
from bot.slack.incoming import Incoming, Untaken, user_of
from bot.slack.modals import View, open_modal, opened_modal, update_modal
from bot.slack.reopening import is_too_late, open_again
from bot.slack.replies import reply
from bot.views.messages.problem import bug_message, bug_modal, problem_message, problem_modal
from bot.views.parts.blocks import Message
from core.errors import GrcError, Refused, StaleCard
from core.ids import new_reference
from core.log_context import note

log = logging.getLogger(__name__)

Listener = Callable[[AsyncArgs], Awaitable[None]]

# Slack, and with it Bolt, waits three seconds for an acknowledgement; one that is sent later reaches nobody.
_ACK_SECONDS = 2.9
_TAKEN = "grc_taken"


class Guard:
    """Runs listeners as tasks of our own and answers for their errors."""

    def __init__(self, background: Background) -> None:
        """Tasks are kept in `background` and drained at shutdown."""
        self._background = background

    def guarded(self, listener: Listener) -> Callable[[AsyncArgs], Awaitable[None]]:
        """The listener, as Bolt may have it."""

        async def run(args: AsyncArgs) -> None:
            note(slack_user=user_of(args.body))
            args.context[_TAKEN] = True
            # Shielded: when Bolt gives up on a slow listener, the work goes on and the person still gets an answer.
            await asyncio.shield(self._background.spawn(self._handle(listener, args)))

        return run

    async def last_resort(self, body: dict[str, Any], context: AsyncBoltContext, error: Exception) -> BoltResponse:
        """The answer to a delivery that no listener took, or that broke in Bolt itself: always an acknowledgement.

        Over the web socket Bolt sends nothing at all for anything but success, and the person would see a failure of
        Slack's and no reason. A listener that is still at work answers by itself.
        """
        kind = body.get("type") or ("command" if body.get("command") else "unknown")
        if context.get(_TAKEN):
            log.error("delivery.not_acknowledged type=%s id=%s", kind, _name_of(body))
            return BoltResponse(status=200)
        log.error("delivery.not_taken type=%s id=%s", kind, _name_of(body), exc_info=error)
        if not user_of(body) or kind == "event_callback":
            return BoltResponse(status=200)
        if isinstance(error, BoltUnhandledRequestError):
            stale = StaleCard("This was drawn by another version of grcpush.", next_step="Type /grcpush to start anew.")
            told = _Told(problem_message(stale), problem_modal(stale))
        else:
            told = _told_of(error, body)
        untaken = Untaken(body, context)
        if not await self._acknowledged_with(untaken, told, is_in_time=True):
            # Slack gets its acknowledgement first: an answer may take longer than it waits.
            self._background.spawn(self._answer(untaken, told))
        return context.ack.response or BoltResponse(status=200)

    async def _handle(self, listener: Listener, args: AsyncArgs) -> None:
        began = asyncio.get_running_loop().time()
        try:
            await listener(args)
        except GrcError as error:
            log.info("listener.refused code=%s user=%s", error.code, user_of(args.body))
            told = _Told(problem_message(error), problem_modal(error))
        except Exception as error:  # noqa: BLE001 -- nothing may escape into Bolt; it is logged with its traceback
            told = _told_of(error, args.body)
        else:
            return
        is_in_time = asyncio.get_running_loop().time() - began < _ACK_SECONDS
        if not await self._acknowledged_with(args, told, is_in_time=is_in_time):
            await self._answer(args, told)

    async def _acknowledged_with(self, args: Incoming, told: "_Told", *, is_in_time: bool) -> bool:
        """Acknowledge if that was not done; True when the acknowledgement already shows the person what happened."""
        if args.ack.response is not None:
            return False
        if args.body.get("type") == "block_suggestion":
            # Somebody is typing into a menu: it shows no choices, and the log says why.
            await args.ack(options=[])
            return True
        if args.body.get("type") != "view_submission":
            await args.ack()
            return False
        await args.ack(response_action="update", view=told.modal)
        return is_in_time

    async def _answer(self, args: Incoming, told: "_Told") -> None:
        """Tell only the person, where they are looking: in the modal that waits, over the one that was clicked, or beside."""
        opened = opened_modal(args)
        if opened is None and args.body.get("type") == "view_submission":
            opened = {"view_id": args.body["view"]["id"]}
        try:
            if opened is not None and await update_modal(args, told.modal, opened):
                return
            if opened is None and args.body.get("view") and not told.needs_new_trigger:
                await open_modal(args, told.modal)
                return
        except SLACK_TROUBLE as error:
            log.warning("listener.modal_failed user=%s error=%s", user_of(args.body), error_name(error))
        try:
            await reply(args, told.message)
        except SLACK_TROUBLE:
            log.exception("listener.answer_failed user=%s", user_of(args.body))


@dataclass(frozen=True)
class _Told:
    """What the person is told, as a message and as a modal; where the trigger is over, no modal can be opened."""

    message: Message
    modal: View
    needs_new_trigger: bool = False


def _told_of(error: Exception, body: dict[str, Any]) -> _Told:
    """The words for an error that no rule foresaw: Slack's own trouble by its name, ours by a reference into the log."""
    user = user_of(body)
    if is_passing(error):
        log.warning("listener.slack_trouble user=%s error=%s", user, error_name(error))
        trouble = Refused(
            f"Slack did not answer in time (“{error_name(error)}”).", next_step="Do it again in a moment."
        )
        if is_too_late(error):
            return _Told(open_again(body), problem_modal(trouble), needs_new_trigger=True)
        return _Told(problem_message(trouble), problem_modal(trouble))
    reference = new_reference()
    log.error("listener.failed reference=%s user=%s", reference, user, exc_info=error)
    return _Told(bug_message(reference), bug_modal(reference))


def _name_of(body: dict[str, Any]) -> str:
    """What the delivery is about, by the name that it has with us."""
    action = next(iter(body.get("actions") or [{}]))
    view = body.get("view") or {}
    event = body.get("event") or {}
    return str(action.get("action_id") or view.get("callback_id") or event.get("type") or body.get("command") or "")

"""Opening and redrawing modals."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.slack.errors import error_name
from bot.slack.incoming import Incoming
from core.ids import new_id

# The person closed the modal: there is nothing to redraw.
_CLOSED = frozenset({"not_found", "view_not_found"})
_SHOWS_NEWER = "hash_conflict"
_LOOKS = 30
_LOOK_SECONDS = 0.1
_OPENED = "grc_opened_modal"

View = dict[str, Any]
Where = dict[str, str]
"""Which modal: by its id, or by the external id it was given."""


async def open_modal(args: Incoming, view: View) -> Where:
    """Open (or stack) a modal at once, while the trigger lives.

    A listener does this before anything else, so that one that comes too late has done nothing and can be repeated.
    """
    trigger_id = args.body["trigger_id"]
    if args.body.get("view", {}).get("type") == "modal":
        answer = await args.client.views_push(trigger_id=trigger_id, view=view)
    else:
        answer = await args.client.views_open(trigger_id=trigger_id, view=view)
    return _remember(args, {"view_id": str(answer["view"]["id"])})


async def replace_submitted(args: Incoming, view: View) -> Where:
    """Show another view in the submitted modal, as the acknowledgement.

    Slack applies it when it has our answer, so a quick `update_modal` could come before it and be overwritten. The new
    view is therefore found by an external id, which only exists once it is shown.
    """
    external_id = new_id().hex
    await args.ack(response_action="update", view={**view, "external_id": external_id})
    return _remember(args, {"external_id": external_id})


def opened_modal(args: Incoming) -> Where | None:
    """The modal that this delivery opened and that still waits for its content, if any: errors belong there."""
    where: Where | None = args.context.get(_OPENED)
    return where


async def update_modal(args: Incoming, view: View, where: Where) -> bool:
    """Draw a modal whatever it shows now; False when the person closed it."""
    looks = _LOOKS if "external_id" in where else 1
    for look in range(1, looks + 1):
        if not await _refusal(args, view, where):
            return True
        if look < looks:
            await asyncio.sleep(_LOOK_SECONDS)
    return False


async def redraw_modal(args: Incoming, draw: Callable[[], Awaitable[View]]) -> bool:
    """Draw the clicked modal as the rows say; False when the person closed it.

    A faster click may have had it redrawn since this one. What that drawing showed is not known here and may lack what
    this click did, so it is drawn once more from the rows, which hold both.
    """
    clicked = args.body["view"]
    refusal = await _refusal(args, await draw(), {"view_id": clicked["id"], "hash": clicked["hash"]})
    if refusal == _SHOWS_NEWER:
        refusal = await _refusal(args, await draw(), {"view_id": clicked["id"]})
    return not refusal


async def _refusal(args: Incoming, view: View, where: Where) -> str:
    """Empty when Slack shows the view now, else why it does not. Raises SlackApiError for what is no matter of timing."""
    try:
        await args.client.views_update(view=view, **where)
    except SlackApiError as error:
        name = error_name(error)
        if name not in _CLOSED | {_SHOWS_NEWER}:
            raise
        return name
    return ""


def _remember(args: Incoming, where: Where) -> Where:
    args.context[_OPENED] = where
    return where

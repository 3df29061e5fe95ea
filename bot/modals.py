"""Opening and redrawing modals."""

import asyncio
from typing import Any

from slack_bolt.kwargs_injection.async_args import AsyncArgs
from slack_sdk.errors import SlackApiError

from bot.slack_errors import error_name
from core.ids import new_id

# The person closed the modal, or it shows something newer: there is nothing to redraw.
_NOT_SHOWN_ANY_MORE = frozenset({"not_found", "view_not_found", "hash_conflict"})
_LOOKS = 30
_LOOK_SECONDS = 0.1
_OPENED = "grc_opened_modal"

View = dict[str, Any]
Where = dict[str, str]
"""Which modal: by its id, or by the external id it was given."""


async def open_modal(args: AsyncArgs, view: View) -> Where:
    """Open (or stack) a modal at once, while the trigger lives."""
    trigger_id = args.body["trigger_id"]
    if args.body.get("view", {}).get("type") == "modal":
        answer = await args.client.views_push(trigger_id=trigger_id, view=view)
    else:
        answer = await args.client.views_open(trigger_id=trigger_id, view=view)
    return _remember(args, {"view_id": str(answer["view"]["id"])})


async def replace_submitted(args: AsyncArgs, view: View) -> Where:
    """Show another view in the submitted modal, as the acknowledgement.

    Slack applies it when it has our answer, so a quick `update_modal` could come before it and be overwritten. The new
    view is therefore found by an external id, which only exists once it is shown.
    """
    external_id = new_id().hex
    await args.ack(response_action="update", view={**view, "external_id": external_id})
    return _remember(args, {"external_id": external_id})


def opened_modal(args: AsyncArgs) -> Where | None:
    """The modal that this delivery opened and that still waits for its content, if any: errors belong there."""
    where: Where | None = args.context.get(_OPENED)
    return where


async def update_modal(args: AsyncArgs, view: View, where: Where | None = None) -> bool:
    """Redraw a modal: the clicked one, guarded by its hash, or the one named. Whether it is shown now.

    It is not when the person closed the modal, or when the clicked one was redrawn after the click.
    """
    where = where or {"view_id": args.body["view"]["id"], "hash": args.body["view"]["hash"]}
    looks = _LOOKS if "external_id" in where else 1
    for look in range(1, looks + 1):
        try:
            await args.client.views_update(view=view, **where)
        except SlackApiError as error:
            if error_name(error) not in _NOT_SHOWN_ANY_MORE:
                raise
            if look < looks:
                await asyncio.sleep(_LOOK_SECONDS)
        else:
            return True
    return False


def _remember(args: AsyncArgs, where: Where) -> Where:
    args.context[_OPENED] = where
    return where

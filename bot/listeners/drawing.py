"""Opening and redrawing modals from a listener."""

from typing import Any

from slack_bolt.kwargs_injection.async_args import AsyncArgs
from slack_sdk.errors import SlackApiError

# The person closed the modal, or it shows something newer: there is nothing to redraw.
_NOT_SHOWN_ANY_MORE = frozenset({"not_found", "view_not_found", "hash_conflict"})


async def open_modal(args: AsyncArgs, view: dict[str, Any]) -> str:
    """Open (or stack) a modal at once, while the trigger lives; gives back its id."""
    trigger_id = args.body["trigger_id"]
    if args.body.get("view"):
        answer = await args.client.views_push(trigger_id=trigger_id, view=view)
    else:
        answer = await args.client.views_open(trigger_id=trigger_id, view=view)
    return str(answer["view"]["id"])


async def update_modal(args: AsyncArgs, view: dict[str, Any], view_id: str | None = None) -> None:
    """Redraw a modal: the clicked one, guarded by its hash, or the one with this id."""
    if view_id is not None:
        where = {"view_id": view_id}
    else:
        where = {"view_id": args.body["view"]["id"], "hash": args.body["view"]["hash"]}
    try:
        await args.client.views_update(view=view, **where)
    except SlackApiError as error:
        if error.response["error"] not in _NOT_SHOWN_ANY_MORE:
            raise

"""Ticking statements, in the list or in the modal, and going on to the preview."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakValueDictionary

from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.actions import Action, decode
from bot.collaborators import Collaborators
from bot.incoming import clicked
from bot.listeners.previews import show_preview
from bot.modals import open_modal, replace_submitted, update_modal
from bot.replies import reply
from bot.views.push import loading_modal
from bot.views.statements import list_message, select_modal
from core.domain.actor import Actor
from core.errors import NothingToPush, StaleCard
from core.read_models import SelectionView
from core.usecases.selections import (
    choose_all,
    choose_none,
    chosen_ids,
    limit_to_owner,
    tick,
    turn_page,
    view_selection,
)

CHECKING = "Checking ServiceNow…"


class Selection:
    """Keeps the ticks in the database and redraws the list from there.

    The clicks on one list are handled in the order they came in: each tells all ticks of its moment, so an older one
    that is handled late would undo a newer one.
    """

    def __init__(self, its: Collaborators) -> None:
        """Keep the collaborators."""
        self._its = its
        self._turns: WeakValueDictionary[uuid.UUID, asyncio.Lock] = WeakValueDictionary()

    async def tick(self, args: AsyncArgs) -> None:
        """A checkbox was clicked."""
        await args.ack()
        selection_id = decode(args.body["actions"][0]["block_id"]).id
        async with self._turn(selection_id):
            actor = await self._its.actor(args.body)
            await self._take_ticks(actor, selection_id, args.body)
            if args.body.get("view"):
                await self._redraw(args, await view_selection(self._its.core, actor, selection_id))

    async def choose_statements(self, args: AsyncArgs) -> None:
        """Open the modal for long lists."""
        await args.ack()
        value = clicked(args.body)
        opened = await open_modal(args, loading_modal("Choose statements", "Loading…"))
        actor = await self._its.actor(args.body)
        await update_modal(args, select_modal(await view_selection(self._its.core, actor, value.id)), opened)

    async def only_mine(self, args: AsyncArgs) -> None:
        """List only the asker's own statements."""
        await self._change(args, lambda actor, i: limit_to_owner(self._its.core, actor, i, owner_id=actor.id))

    async def all_owners(self, args: AsyncArgs) -> None:
        """List everybody's statements again."""
        await self._change(args, lambda actor, i: limit_to_owner(self._its.core, actor, i, owner_id=None))

    async def page(self, args: AsyncArgs) -> None:
        """Show another page; the ticks of the one that is left are kept."""
        await self._change(args, lambda actor, i: turn_page(self._its.core, actor, i, clicked(args.body).page))

    async def select_all(self, args: AsyncArgs) -> None:
        """Choose everything that matches and is not in conflict."""
        await self._change(args, lambda actor, i: choose_all(self._its.core, actor, i))

    async def clear_all(self, args: AsyncArgs) -> None:
        """Choose nothing."""
        await self._change(args, lambda actor, i: choose_none(self._its.core, actor, i))

    async def preview_push(self, args: AsyncArgs) -> None:
        """From the list in the channel: open the preview."""
        await args.ack()
        selection_id = clicked(args.body).id
        turn = self._turn(selection_id)
        opened = await open_modal(args, loading_modal("Preview push", CHECKING))
        async with turn:
            actor = await self._its.actor(args.body)
            await self._take_ticks(actor, selection_id, args.body)
            chosen = await chosen_ids(self._its.core, actor, selection_id)
        await show_preview(self._its, args, actor, chosen, opened)

    async def select_submitted(self, args: AsyncArgs) -> None:
        """From the modal: go on to the preview, in the same modal."""
        view = args.body["view"]
        selection_id = decode(view["private_metadata"]).id
        async with self._turn(selection_id):
            actor = await self._its.actor(args.body)
            await self._take_ticks(actor, selection_id, args.body)
            chosen = await chosen_ids(self._its.core, actor, selection_id)
        if not chosen:
            block_id = _tick_block(view)
            if block_id is None:
                raise NothingToPush("Nothing on this page can be ticked, and nothing else is chosen.")
            await args.ack(response_action="errors", errors={block_id: "Tick at least one statement."})
            return
        shown = await replace_submitted(args, loading_modal("Preview push", CHECKING))
        await show_preview(self._its, args, actor, chosen, shown)

    def _turn(self, selection_id: uuid.UUID) -> asyncio.Lock:
        return self._turns.setdefault(selection_id, asyncio.Lock())

    async def _change(self, args: AsyncArgs, change: Callable[[Actor, uuid.UUID], Awaitable[SelectionView]]) -> None:
        """Take the ticks of the page that is left, make the change, and show the list as it is then."""
        await args.ack()
        selection_id = clicked(args.body).id
        async with self._turn(selection_id):
            actor = await self._its.actor(args.body)
            await self._take_ticks(actor, selection_id, args.body)
            await self._redraw(args, await change(actor, selection_id))

    async def _take_ticks(self, actor: Actor, selection_id: uuid.UUID, body: dict[str, Any]) -> None:
        """Save what the checkboxes say, page by page in a modal; in a message, what is ticked there is all there is."""
        view = body.get("view")
        state = (view or body).get("state", {}).get("values", {})
        for block_id, fields in state.items():
            if Action.TICK not in fields:
                continue
            ticked = _statements(fields[Action.TICK].get("selected_options") or [])
            if view is not None:
                shown = _statements(_options(next(block for block in view["blocks"] if block["block_id"] == block_id)))
            else:
                # Slack does not send the content of an ephemeral message back: whatever was chosen and is not ticked
                # in it now was unticked, or is not shown and must not be pushed unseen.
                shown = list((await view_selection(self._its.core, actor, selection_id)).chosen)
            await tick(self._its.core, actor, selection_id, shown=shown, ticked=ticked)

    async def _redraw(self, args: AsyncArgs, selection: SelectionView) -> None:
        if not args.body.get("view"):
            await reply(args, list_message(selection), replaces_clicked=True)
            return
        if await update_modal(args, select_modal(selection)):
            return
        # A faster click redrew the modal meanwhile. Both are in the rows, so what the rows say now is right.
        actor = await self._its.actor(args.body)
        newest = await view_selection(self._its.core, actor, selection.id)
        await update_modal(args, select_modal(newest), {"view_id": args.body["view"]["id"]})


def _options(block: dict[str, Any]) -> list[dict[str, Any]]:
    """The boxes of a block; none when it is about something else."""
    element = block.get("element", {})
    return list(element.get("options", [])) if element.get("action_id") == Action.TICK else []


def _statements(options: list[dict[str, Any]]) -> list[uuid.UUID]:
    """The statements behind boxes. Raises StaleCard for values that are not ours."""
    try:
        return [uuid.UUID(option["value"]) for option in options]
    except ValueError:
        raise StaleCard(
            "This list was drawn by another version of grcpush.", next_step="Type /grcpush again."
        ) from None


def _tick_block(view: dict[str, Any]) -> str | None:
    return next((str(block["block_id"]) for block in view["blocks"] if _options(block)), None)

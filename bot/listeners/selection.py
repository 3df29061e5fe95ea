"""Ticking statements, in the list or in the modal, and going on to the preview."""

import uuid
from typing import Any

from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.actions import Action, ButtonValue, decode
from bot.collaborators import Collaborators
from bot.incoming import clicked
from bot.listeners.drawing import open_modal, replace_submitted, update_modal
from bot.listeners.previews import show_preview
from bot.views.push import loading_modal
from bot.views.statements import list_message, select_modal
from core.domain.actor import Actor
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
    """Keeps the ticks in the database and redraws the list from there."""

    def __init__(self, its: Collaborators) -> None:
        """Keep the collaborators."""
        self._its = its

    async def tick(self, args: AsyncArgs) -> None:
        """A checkbox was clicked."""
        await args.ack()
        actor = await self._its.actor(args.body)
        selection_id = self._selection_id(args.body)
        await self._take_ticks(actor, selection_id, args.body)
        if args.body.get("view"):
            await update_modal(args, select_modal(await view_selection(self._its.core, actor, selection_id)))

    async def choose_statements(self, args: AsyncArgs) -> None:
        """Open the modal for long lists."""
        await args.ack()
        value = clicked(args.body)
        opened = await open_modal(args, loading_modal("Choose statements", "Loading…"))
        actor = await self._its.actor(args.body)
        await update_modal(args, select_modal(await view_selection(self._its.core, actor, value.id)), opened)

    async def only_mine(self, args: AsyncArgs) -> None:
        """List only the asker's own statements."""
        await args.ack()
        actor = await self._its.actor(args.body)
        selection_id = clicked(args.body).id
        await self._redraw(args, await limit_to_owner(self._its.core, actor, selection_id, owner_id=actor.id))

    async def all_owners(self, args: AsyncArgs) -> None:
        """List everybody's statements again."""
        await args.ack()
        actor = await self._its.actor(args.body)
        selection_id = clicked(args.body).id
        await self._redraw(args, await limit_to_owner(self._its.core, actor, selection_id, owner_id=None))

    async def page(self, args: AsyncArgs) -> None:
        """Show another page; the ticks of the one that is left are kept."""
        await args.ack()
        actor = await self._its.actor(args.body)
        value = clicked(args.body)
        await self._take_ticks(actor, value.id, args.body)
        await self._redraw(args, await turn_page(self._its.core, actor, value.id, value.page))

    async def select_all(self, args: AsyncArgs) -> None:
        """Choose everything that matches and is not in conflict."""
        await args.ack()
        actor = await self._its.actor(args.body)
        await self._redraw(args, await choose_all(self._its.core, actor, clicked(args.body).id))

    async def clear_all(self, args: AsyncArgs) -> None:
        """Choose nothing."""
        await args.ack()
        actor = await self._its.actor(args.body)
        await self._redraw(args, await choose_none(self._its.core, actor, clicked(args.body).id))

    async def preview_push(self, args: AsyncArgs) -> None:
        """From the list in the channel: open the preview."""
        await args.ack()
        opened = await open_modal(args, loading_modal("Preview push", CHECKING))
        actor = await self._its.actor(args.body)
        selection_id = clicked(args.body).id
        await self._take_ticks(actor, selection_id, args.body)
        await show_preview(self._its, args, actor, await chosen_ids(self._its.core, actor, selection_id), opened)

    async def select_submitted(self, args: AsyncArgs) -> None:
        """From the modal: go on to the preview, in the same modal."""
        view = args.body["view"]
        actor = await self._its.actor(args.body)
        selection_id = decode(view["private_metadata"]).id
        await self._take_ticks(actor, selection_id, args.body)
        chosen = await chosen_ids(self._its.core, actor, selection_id)
        if not chosen:
            await args.ack(response_action="errors", errors={_tick_block(view): "Tick at least one statement."})
            return
        shown = await replace_submitted(args, loading_modal("Preview push", CHECKING))
        await show_preview(self._its, args, actor, chosen, shown)

    async def _take_ticks(self, actor: Actor, selection_id: uuid.UUID, body: dict[str, Any]) -> None:
        """Save what the checkboxes say: each option carries its statement's id, and every option shown is known."""
        container = body.get("view") or body.get("message") or {}
        state = (body.get("view") or body).get("state", {}).get("values", {})
        for block in container.get("blocks", []):
            shown = _shown_options(block)
            if not shown:
                continue
            ticked = (state.get(block["block_id"], {}).get(Action.TICK) or {}).get("selected_options") or []
            await tick(
                self._its.core,
                actor,
                selection_id,
                shown=[uuid.UUID(value) for value in shown],
                ticked=[uuid.UUID(option["value"]) for option in ticked],
            )

    async def _redraw(self, args: AsyncArgs, selection: SelectionView) -> None:
        if args.body.get("view"):
            await update_modal(args, select_modal(selection))
            return
        message = list_message(selection)
        await args.respond(text=message.text, blocks=message.blocks, replace_original=True)

    def _selection_id(self, body: dict[str, Any]) -> uuid.UUID:
        """The selection a tick belongs to: the modal carries it, and in a message every button does."""
        if body.get("view"):
            return decode(body["view"]["private_metadata"]).id
        for block in body.get("message", {}).get("blocks", []):
            for element in block.get("elements", []):
                if element.get("action_id") in (Action.PREVIEW_PUSH, Action.CHOOSE_STATEMENTS):
                    value: ButtonValue = decode(element["value"])
                    return value.id
        return decode("").id


def _shown_options(block: dict[str, Any]) -> list[str]:
    candidates = [block.get("element"), block.get("accessory"), *block.get("elements", [])]
    return [
        option["value"]
        for element in candidates
        if isinstance(element, dict) and element.get("action_id") == Action.TICK
        for option in element.get("options", [])
    ]


def _tick_block(view: dict[str, Any]) -> str:
    return next((str(block["block_id"]) for block in view["blocks"] if _shown_options(block)), "")

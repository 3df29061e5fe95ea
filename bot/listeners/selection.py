"""Ticking statements, in the list or in the modal, and going on to the preview."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakValueDictionary

from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.actions import Action, decode
from bot.collaborators import Collaborators
from bot.listeners.previews import show_preview
from bot.slack.incoming import clicked
from bot.slack.modals import open_modal, redraw_modal, replace_submitted, update_modal
from bot.slack.replies import reply
from bot.views.requests.preview import loading_modal
from bot.views.statements.changes import changes_modal
from bot.views.statements.listing import list_message
from bot.views.statements.selecting import filter_options, select_modal
from core.domain.actor import Actor
from core.errors import NothingToPush, StaleCard
from core.models.selections import SelectionView
from core.store.statements import StatementFilter
from core.usecases.requests.drafts import MAX_STATEMENTS_PER_REQUEST
from core.usecases.selections.changes import listed_change
from core.usecases.selections.choosing import (
    MODAL_PAGE,
    choose_all,
    choose_none,
    chosen_ids,
    limit_to_owner,
    start_selection,
    tick,
    tick_only,
    turn_page,
    view_selection,
)
from core.usecases.selections.narrowing import Filter, choose_filter, clear_filters, list_choices, search
from core.usecases.texts import in_thread

CHECKING = "Checking ServiceNow…"

_FILTERS = {
    Action.FILTER_STATUS: Filter.STATUS,
    Action.FILTER_SYSTEM: Filter.SYSTEM,
    Action.FILTER_FAMILY: Filter.FAMILY,
    Action.FILTER_OWNER: Filter.OWNER,
}


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
                await self._redraw(args, actor, selection_id)

    async def choose_statements(self, args: AsyncArgs) -> None:
        """Open the modal for long lists; also for what was chosen before and not asked for."""
        await args.ack()
        value = clicked(args.body)
        opened = await open_modal(args, loading_modal("Choose statements", "Loading…"))
        actor = await self._its.actor(args.body)
        selection = await view_selection(self._its.core, actor, value.id, page_size=MODAL_PAGE)
        await update_modal(args, select_modal(selection, self._its.card_url), opened)

    async def show_changes(self, args: AsyncArgs) -> None:
        """Show what is changed in the statements of the list, one to a page."""
        await args.ack()
        opened = await open_modal(args, loading_modal("Changes", "Loading…"))
        await update_modal(args, await self._changes(args), opened)

    async def turn_changes(self, args: AsyncArgs) -> None:
        """Show another one of them."""
        await args.ack()
        await redraw_modal(args, lambda: self._changes(args))

    async def choose_mine(self, args: AsyncArgs) -> None:
        """From Home: choose among the person's own edits."""
        await self._begin(args, lambda actor: StatementFilter(owner_id=actor.id))

    async def choose_any(self, args: AsyncArgs) -> None:
        """From Home, from help, or by the shortcut: choose among everybody's."""
        await self._begin(args, lambda _actor: StatementFilter())

    async def _begin(self, args: AsyncArgs, wanted: Callable[[Actor], StatementFilter]) -> None:
        await args.ack()
        opened = await open_modal(args, loading_modal("Choose statements", "Loading…"))
        actor = await self._its.actor(args.body)
        selection = await start_selection(self._its.core, actor, wanted(actor))
        await update_modal(args, await self._modal(actor, selection.id), opened)

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

    async def narrow(self, args: AsyncArgs) -> None:
        """A filter was set, or taken off."""
        action = args.body["actions"][0]
        what, value = _FILTERS[Action(action["action_id"])], str(action["selected_option"]["value"])
        await self._change(args, lambda actor, i: choose_filter(self._its.core, actor, i, what, value))

    async def search(self, args: AsyncArgs) -> None:
        """Words were typed into the search, and Enter was pressed."""
        text = str(args.body["actions"][0].get("value") or "")
        await self._change(args, lambda actor, i: search(self._its.core, actor, i, text))

    async def clear_filters(self, args: AsyncArgs) -> None:
        """List everything again."""
        await self._change(args, lambda actor, i: clear_filters(self._its.core, actor, i))

    async def offer(self, args: AsyncArgs) -> None:
        """Say what a filter can be set to, as somebody types."""
        action = Action(args.body["action_id"])
        actor = await self._its.actor(args.body)
        selection_id = decode(args.body["block_id"]).id
        typed = str(args.body.get("value") or "")
        choices = await list_choices(self._its.core, actor, selection_id, _FILTERS[action], typed)
        await args.ack(options=filter_options(action, choices))

    async def preview_push(self, args: AsyncArgs) -> None:
        """From the list in the channel: open the preview of what is ticked."""
        async with self._previewed(args) as (actor, selection_id):
            await self._take_ticks(actor, selection_id, args.body)

    async def preview_all(self, args: AsyncArgs) -> None:
        """From a long list in the channel: open the preview of everything that is not in conflict."""
        async with self._previewed(args) as (actor, selection_id):
            await choose_all(self._its.core, actor, selection_id)

    @asynccontextmanager
    async def _previewed(self, args: AsyncArgs) -> AsyncIterator[tuple[Actor, uuid.UUID]]:
        """Open the preview at once, let the block choose, and draw what was chosen."""
        await args.ack()
        selection_id = clicked(args.body).id
        turn = self._turn(selection_id)
        opened = await open_modal(args, loading_modal("Preview push", CHECKING))
        async with turn:
            actor = await self._its.actor(args.body)
            yield actor, selection_id
            chosen = await chosen_ids(self._its.core, actor, selection_id)
        await show_preview(self._its, args, actor, chosen, opened, selection_id=selection_id)

    async def select_submitted(self, args: AsyncArgs) -> None:
        """From the modal: go on to the preview, in the same modal."""
        view = args.body["view"]
        selection_id = decode(view["private_metadata"]).id
        async with self._turn(selection_id):
            actor = await self._its.actor(args.body)
            await self._take_ticks(actor, selection_id, args.body)
            chosen = await chosen_ids(self._its.core, actor, selection_id)
        if fault := _fault(len(chosen)):
            block_id = _input_block(view)
            if block_id is None:
                raise NothingToPush(fault, next_step="Type /grcpush to see what there is to push.")
            await args.ack(response_action="errors", errors={block_id: fault})
            return
        shown = await replace_submitted(args, loading_modal("Preview push", CHECKING))
        await show_preview(self._its, args, actor, chosen, shown, selection_id=selection_id)

    def _turn(self, selection_id: uuid.UUID) -> asyncio.Lock:
        return self._turns.setdefault(selection_id, asyncio.Lock())

    async def _change(self, args: AsyncArgs, change: Callable[[Actor, uuid.UUID], Awaitable[None]]) -> None:
        """Take the ticks of the page that is left, make the change, and show the list as it is then."""
        await args.ack()
        selection_id = _selection_of(args.body)
        async with self._turn(selection_id):
            actor = await self._its.actor(args.body)
            await self._take_ticks(actor, selection_id, args.body)
            await change(actor, selection_id)
            await self._redraw(args, actor, selection_id)

    async def _take_ticks(self, actor: Actor, selection_id: uuid.UUID, body: dict[str, Any]) -> None:
        """Save what the checkboxes say, page by page in a modal; in a message, what is ticked there is all there is."""
        view = body.get("view")
        state = (view or body).get("state", {}).get("values", {})
        for block_id, fields in state.items():
            if Action.TICK not in fields:
                continue
            ticked = _statements(fields[Action.TICK].get("selected_options") or [])
            if view is None:
                # Slack does not send the content of an ephemeral message back: whatever was chosen and is not ticked
                # in it now was unticked, or is not shown and must not be pushed unseen.
                await tick_only(self._its.core, actor, selection_id, ticked)
                continue
            shown = _statements(_options(next(block for block in view["blocks"] if block["block_id"] == block_id)))
            await tick(self._its.core, actor, selection_id, shown=shown, ticked=ticked)

    async def _redraw(self, args: AsyncArgs, actor: Actor, selection_id: uuid.UUID) -> None:
        if not args.body.get("view"):
            selection = await view_selection(self._its.core, actor, selection_id)
            await reply(args, list_message(selection, self._its.card_url), replaces_clicked=True)
            return
        await redraw_modal(args, lambda: self._modal(actor, selection_id))

    async def _changes(self, args: AsyncArgs) -> dict[str, Any]:
        value, actor = clicked(args.body), await self._its.actor(args.body)
        shown = await listed_change(self._its.core, actor, value.id, value.page)
        self._its.check_reader(actor, (shown.subject.system_name,))
        return await in_thread(changes_modal, shown, value.id, self._its.record_url(shown.subject.sn_sys_id))

    async def _modal(self, actor: Actor, selection_id: uuid.UUID) -> dict[str, Any]:
        selection: SelectionView = await view_selection(self._its.core, actor, selection_id, page_size=MODAL_PAGE)
        return select_modal(selection, self._its.card_url)


def _selection_of(body: dict[str, Any]) -> uuid.UUID:
    """Which selection a click is about: the modal says so, or in a message the button."""
    view = body.get("view")
    return decode(view["private_metadata"]).id if view else clicked(body).id


def _fault(chosen: int) -> str:
    """What is wrong with so many statements; empty when nothing is."""
    if not chosen:
        return "Tick at least one statement."
    if chosen > MAX_STATEMENTS_PER_REQUEST:
        return (
            f"A push request holds at most {MAX_STATEMENTS_PER_REQUEST:,} statements; {chosen:,} are chosen."
            " Clear all, set a filter, and select all that match it."
        )
    return ""


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


def _input_block(view: dict[str, Any]) -> str | None:
    """Where the modal can show an error: beside boxes if there are any, else at the search."""
    inputs = [str(block["block_id"]) for block in view["blocks"] if block["type"] == "input"]
    boxes = [str(block["block_id"]) for block in view["blocks"] if _options(block)]
    return next(iter([*boxes, *inputs]), None)

"""The buttons under a conflict."""

import contextlib
import logging
from collections.abc import AsyncIterator, Sequence

from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.actions import ButtonValue
from bot.collaborators import Collaborators
from bot.listeners.one_conflict import conflict_view, redraw_clicked
from bot.slack.incoming import clicked
from bot.slack.modals import open_modal, update_modal
from bot.slack.replies import reply
from bot.views.conflicts.settling import settled_many_message
from bot.views.requests.preview import loading_modal
from core.domain.conflict import Choice
from core.errors import RemoteError, StaleCard
from core.models.requests import ConflictCard
from core.usecases.conflicts.settling import SeenConflict, resolve_conflict, undo_resolution
from core.usecases.conflicts.settling_many import put_back, settle_all, show_more_conflicts
from core.usecases.requests.asking import leave_out
from core.usecases.requests.cards import conflict_card, request_card
from core.usecases.requests.drafts import check_statements

log = logging.getLogger(__name__)


@contextlib.asynccontextmanager
async def redrawn_when_stale(its: Collaborators, args: AsyncArgs, value: ButtonValue) -> AsyncIterator[None]:
    """Have the conflict drawn as it is now when the block finds that it moved on: who is told to look again needs a look."""
    try:
        yield
    except StaleCard:
        await _look_again(its, args, [await conflict_card(its.core, value.id)])
        if value.other is not None:
            its.cards.changed(value.other)
        await redraw_clicked(its, args)
        raise


async def _look_again(its: Collaborators, args: AsyncArgs, cards: Sequence[ConflictCard]) -> None:
    """Compare the texts of those that are open with ServiceNow once more, so that they are drawn as they are now."""
    open_ones = [card.statement_id for card in cards if card.is_open]
    if not open_ones:
        return
    try:
        await check_statements(its.core, await its.actor(args.body), open_ones)
    except RemoteError as error:
        log.warning("conflict.not_refreshed statements=%s code=%s", len(open_ones), error.code)


class Conflicts:
    """Each click settles exactly the conflict that was shown; the cards are redrawn from the rows."""

    def __init__(self, its: Collaborators) -> None:
        """Keep the collaborators."""
        self._its = its

    async def show(self, args: AsyncArgs) -> None:
        """Open the conflict with both texts, and the same choices."""
        await args.ack()
        opened = await open_modal(args, loading_modal("Conflict", "Loading…"))
        actor = await self._its.actor(args.body)
        await update_modal(args, await conflict_view(self._its, actor, clicked(args.body)), opened)

    async def keep_local(self, args: AsyncArgs) -> None:
        """Push the local text over the version of ServiceNow's that was shown."""
        await self._resolve(args, Choice.KEEP_LOCAL)

    async def keep_remote(self, args: AsyncArgs) -> None:
        """Take ServiceNow's text over; the local edit stays in the history."""
        await self._resolve(args, Choice.KEEP_REMOTE)

    async def undo_choice(self, args: AsyncArgs) -> None:
        """Open the conflict again."""
        await args.ack()
        actor = await self._its.actor(args.body)
        await undo_resolution(self._its.core, actor, self._seen(args))
        await redraw_clicked(self._its, args)

    async def leave_out(self, args: AsyncArgs) -> None:
        """Take the statement out of this push; the conflict stays."""
        await args.ack()
        value = clicked(args.body)
        if value.other is None:
            raise StaleCard("This button is about no statement.", next_step="Look at the card again: it has a new one.")
        actor = await self._its.actor(args.body)
        await leave_out(self._its.core, actor, value.id, value.other)
        await redraw_clicked(self._its, args)

    async def put_back(self, args: AsyncArgs) -> None:
        """Take a statement in again that was left out."""
        await args.ack()
        value = clicked(args.body)
        if value.other is None:
            raise StaleCard("This button is about no statement.", next_step="Look at the card again: it has a new one.")
        await put_back(self._its.core, await self._its.actor(args.body), value.id, value.other)
        await redraw_clicked(self._its, args)

    async def show_more(self, args: AsyncArgs) -> None:
        """Have the next ten conflicts posted in the thread."""
        await args.ack()
        value = clicked(args.body)
        await show_more_conflicts(self._its.core, await self._its.actor(args.body), value.id, shown=value.page)

    async def keep_all_local(self, args: AsyncArgs) -> None:
        """Push the local text over ServiceNow's in every open conflict of the request."""
        await self._resolve_all(args, Choice.KEEP_LOCAL)

    async def keep_all_remote(self, args: AsyncArgs) -> None:
        """Take ServiceNow's text over in every open conflict of the request."""
        await self._resolve_all(args, Choice.KEEP_REMOTE)

    async def _resolve_all(self, args: AsyncArgs, choice: Choice) -> None:
        await args.ack()
        value = clicked(args.body)
        try:
            actor = await self._its.actor(args.body)
            done = await settle_all(self._its.core, actor, value.id, choice, seen=value.digest)
            card = await request_card(self._its.core, value.id)
            if done.refused:
                await _look_again(self._its, args, card.open_conflicts)
        except StaleCard:
            await _look_again(self._its, args, (await request_card(self._its.core, value.id)).open_conflicts)
            raise
        finally:
            self._its.cards.changed(value.id)
        await reply(args, settled_many_message(card.number, choice, done.settled, done.refused))

    async def _resolve(self, args: AsyncArgs, choice: Choice) -> None:
        await args.ack()
        async with redrawn_when_stale(self._its, args, clicked(args.body)):
            actor = await self._its.actor(args.body)
            await resolve_conflict(self._its.core, actor, self._seen(args), choice)
        await redraw_clicked(self._its, args)

    def _seen(self, args: AsyncArgs) -> SeenConflict:
        value = clicked(args.body)
        return SeenConflict(value.id, value.revision)

"""The buttons of a digest."""

from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.collaborators import Collaborators
from bot.listeners.nothing import nothing_to_list
from bot.listeners.personal import Personal
from bot.slack.incoming import clicked
from bot.slack.replies import reply
from bot.views.people.digest import SETTINGS, snoozed_message
from bot.views.statements.listing import list_message
from core.domain.digest import Snooze
from core.errors import StaleCard
from core.store.statements import StatementFilter
from core.usecases.reminders.settings import snooze_digest
from core.usecases.selections.choosing import start_selection


class Digests:
    """Review and push, snooze; the menu leads to the settings too."""

    def __init__(self, its: Collaborators) -> None:
        """Keep the collaborators."""
        self._its = its
        self._personal = Personal(its)

    async def review(self, args: AsyncArgs) -> None:
        """List the person's own edits."""
        await args.ack()
        core, actor = self._its.core, await self._its.actor(args.body)
        selection = await start_selection(core, actor, StatementFilter(owner_id=actor.id), tick_all=False)
        if selection.listing.total == 0:
            await reply(args, await nothing_to_list(self._its, args.body))
            return
        await reply(args, list_message(selection, self._its.card_url))

    async def snooze(self, args: AsyncArgs) -> None:
        """Be silent for a while, about one statement or about everything; or open the settings."""
        await args.ack()
        value = clicked(args.body)
        if value.word == SETTINGS:
            await self._personal.open(args)
            return
        actor = await self._its.actor(args.body)
        try:
            snooze = Snooze(value.word)
        except ValueError:
            raise StaleCard("This menu entry is not known any more.", next_step="Use a newer reminder.") from None
        until = await snooze_digest(self._its.core, actor, snooze, value.other)
        await reply(args, snoozed_message(f"{until:%A, %d %B}", "this statement" if value.other else ""))

"""`/grcpush` and its words."""

from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.collaborators import Collaborators
from bot.digests import send_test_digest
from bot.listeners.editing import Editing
from bot.listeners.events import Events
from bot.listeners.words import LISTING, Command, Word, narrowed, parse
from bot.replies import reply
from bot.views.blocks import Message, message, section
from bot.views.help import help_message
from bot.views.statements import list_message, nothing_message
from bot.views.status import paused_message, resumed_message, status_message
from core.domain.actor import Actor
from core.domain.statement import SyncStatus
from core.store.statements import StatementFilter
from core.usecases.narrowing import known_names
from core.usecases.pausing import pause_writing, resume_writing
from core.usecases.selections import start_selection
from core.usecases.statements import get_status


class Commands:
    """Answers `/grcpush`; every answer is seen by the asker alone."""

    def __init__(self, its: Collaborators) -> None:
        """Keep the collaborators."""
        self._its = its
        self._editing, self._events = Editing(its), Events(its)

    async def grcpush(self, args: AsyncArgs) -> None:
        """List, or whatever else was asked for."""
        await args.ack()
        command = parse(args.body.get("text", ""))
        if command.word in (Word.EDIT, Word.HISTORY):
            open_one = self._editing.open if command.word is Word.EDIT else self._editing.open_history
            await open_one(args, command.rest)
            return
        if command.word is Word.SETTINGS:
            await self._events.settings(args)
            return
        actor = await self._its.actor(args.body)
        await reply(args, await self._answer(command, actor))

    async def _answer(self, command: Command, actor: Actor) -> Message:
        core = self._its.core
        if command.word in LISTING:
            return await self._list(command, actor)
        if command.word is Word.PAUSE:
            await pause_writing(core, actor, reason=command.rest)
            return paused_message(command.rest)
        if command.word is Word.RESUME:
            await resume_writing(core, actor)
            return resumed_message()
        if command.word is Word.STATUS:
            return status_message(await get_status(core))
        if command.word is Word.DIGEST:
            is_sent = await send_test_digest(core, self._its.client, actor)
            told = "Sent to you as a direct message." if is_sent else "There is nothing to be reminded of now."
            return message(told, section(told))
        return help_message()

    async def _list(self, command: Command, actor: Actor) -> Message:
        core = self._its.core
        names = narrowed(command, *await known_names(core)) if command.names else narrowed(command, (), ())
        wanted = StatementFilter(
            system=names.system,
            owner_id=actor.id if command.word is Word.MINE else None,
            controls=names.controls,
            status=SyncStatus.CONFLICT.value if command.word is Word.CONFLICTS else "",
        )
        selection = await start_selection(core, actor, wanted, tick_all=bool(command.controls))
        if selection.listing.total == 0:
            return nothing_message(await get_status(core))
        return list_message(selection, self._its.card_url)

"""`/grcpush` and its words."""

from typing import Any

from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.collaborators import Collaborators
from bot.listeners.editing import Editing
from bot.listeners.histories import Histories
from bot.listeners.nothing import nothing_to_list
from bot.listeners.personal import Personal
from bot.listeners.words import ABOUT_PUSH, LISTING, Command, Word, is_about_statement, narrowed, parse, past
from bot.slack.incoming import clicked
from bot.slack.replies import reply
from bot.views.messages.help import doctor_message, export_message, help_message
from bot.views.messages.status import paused_message, resumed_message, status_message
from bot.views.parts.blocks import Message
from bot.views.requests.past import standing_message
from bot.views.statements.listing import list_message
from core.domain.actor import Actor
from core.domain.statement import SyncStatus
from core.store.messages import REQUEST
from core.store.statements import StatementFilter
from core.usecases.pushing.pausing import pause_writing, resume_writing
from core.usecases.requests.asking import cancel_push, retry_failed
from core.usecases.requests.cards import request_card
from core.usecases.requests.drawings import place_of
from core.usecases.requests.lookup import get_request_id
from core.usecases.selections.choosing import start_selection
from core.usecases.selections.narrowing import known_names
from core.usecases.statements.modified import get_status


class Commands:
    """Answers `/grcpush`; every answer is seen by the asker alone."""

    def __init__(self, its: Collaborators) -> None:
        """Keep the collaborators."""
        self._its = its
        self._editing, self._personal, self._histories = Editing(its), Personal(its), Histories(its)

    async def grcpush(self, args: AsyncArgs) -> None:
        """List, or whatever else was asked for."""
        await args.ack()
        await self._do(args, args.body.get("text", ""))

    async def open_again(self, args: AsyncArgs) -> None:
        """Do what was typed once more, because its window did not open in time."""
        await args.ack()
        await self._do(args, clicked(args.body).word)

    async def _do(self, args: AsyncArgs, text: str) -> None:
        command = parse(text)
        if command.word is Word.EDIT:
            await self._editing.open(args, command.rest)
            return
        if command.word is Word.HISTORY and is_about_statement(command.rest):
            await self._histories.open(args, command.rest)
            return
        if command.word is Word.SETTINGS:
            await self._personal.open(args)
            return
        actor = await self._its.actor(args.body)
        is_list = command.word in LISTING
        answer = await (self._list(command, actor, args.body) if is_list else self._answer(command, actor))
        await reply(args, answer)

    async def _answer(self, command: Command, actor: Actor) -> Message:
        core = self._its.core
        if command.word is Word.PAUSE:
            await pause_writing(core, actor, reason=command.rest)
            return paused_message(command.rest)
        if command.word is Word.RESUME:
            await resume_writing(core, actor)
            return resumed_message(await get_status(core))
        if command.word in ABOUT_PUSH and command.rest:
            return await self._about_push(command, actor)
        if command.word is Word.STATUS:
            return status_message(await get_status(core))
        if command.word is Word.HISTORY:
            systems, _ = await known_names(core)
            return await self._histories.answer(past(command.rest, systems), actor)
        if command.word is Word.DIGEST:
            return await self._personal.tested(actor)
        return _told_only(command)

    async def _about_push(self, command: Command, actor: Actor) -> Message:
        """Do what was asked with the push request, and tell how it stands then."""
        core = self._its.core
        request_id = await get_request_id(core, command.rest)
        if command.word is Word.RETRY:
            card = await retry_failed(core, actor, request_id)
        elif command.word is Word.CANCEL:
            card = await cancel_push(core, actor, request_id)
        else:
            card = await request_card(core, request_id)
        known = await place_of(core, REQUEST, request_id)
        url = self._its.card_url(known[0].channel, known[0].ts) if known is not None else ""
        return standing_message(card, url, self._its.record_url)

    async def _list(self, command: Command, actor: Actor, body: dict[str, Any]) -> Message:
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
            return await nothing_to_list(self._its, body)
        return list_message(selection, self._its.card_url)


def _told_only(command: Command) -> Message:
    """The words that only explain."""
    if command.word is Word.DOCTOR:
        return doctor_message()
    return export_message(command.rest) if command.word is Word.EXPORT else help_message()

"""`/grcpush history`: of a statement, of what somebody did, and of the pushes there were; turning pages, and as a file.

In what the buttons carry, `word` says which history it is and over how many days, `id` is the statement or the person,
`other` the system (of a statement: the draft of the preview beneath, whose page `page` is), `revision` the page shown.
"""

import uuid
from dataclasses import replace
from enum import StrEnum

from bot.actions import ButtonValue
from bot.collaborators import Collaborators
from bot.listeners.words import Past, in_period
from bot.slack.incoming import Incoming, clicked, user_of
from bot.slack.modals import View, open_modal, redraw_modal, update_modal
from bot.slack.private_files import PrivateFile, send_file
from bot.slack.replies import reply
from bot.views.parts.blocks import Message, message, section
from bot.views.parts.markup import name_of
from bot.views.people.deeds import deeds_message
from bot.views.requests.past import past_pushes_message
from bot.views.requests.preview import loading_modal
from bot.views.statements.history import history_modal
from bot.views.statements.history_csv import deeds_csv, pushes_csv
from core.domain.actor import Actor
from core.errors import StaleCard
from core.usecases.audit.deeds import Span, deeds_of, find_person_meant
from core.usecases.overview.past_pushes import WantedPushes, list_past_pushes
from core.usecases.selections.narrowing import system_id, system_name
from core.usecases.statements.edits import get_statement
from core.usecases.statements.history import statement_history
from core.usecases.texts import in_thread

_SENT = "The file is in your direct messages."
_EVERYBODY = uuid.UUID(int=0)


class _About(StrEnum):
    """The kinds of histories."""

    STATEMENT = "statement"
    PERSON = "person"
    PUSHES = "pushes"


class Histories:
    """Answers with a history. A file of it goes to the one who asked, and to nobody else."""

    def __init__(self, its: Collaborators) -> None:
        """Keep the collaborators."""
        self._its = its

    async def open(self, args: Incoming, name: str) -> None:
        """Open the history of the statement a person means."""
        opened = await open_modal(args, loading_modal("History", "Loading…"))
        actor = await self._its.actor(args.body)
        statement = await get_statement(self._its.core, name)
        value = ButtonValue(statement.id, word=_word(_About.STATEMENT))
        await update_modal(args, await self._modal(value, actor), opened)

    async def over_form(self, args: Incoming) -> None:
        """Open the history of the statement whose form is open."""
        await args.ack()
        value = clicked(args.body)
        opened = await open_modal(args, loading_modal("History", "Loading…"))
        actor = await self._its.actor(args.body)
        value = replace(value, word=_word(_About.STATEMENT), revision=0)
        await update_modal(args, await self._modal(value, actor), opened)

    async def answer(self, wanted: Past, actor: Actor) -> Message:
        """What was asked for by the word after the command, where it is not about one statement."""
        core = self._its.core
        if wanted.is_about_person:
            person_id = await find_person_meant(core, slack_user_id=wanted.slack_user_id, email=wanted.email)
            return await self._message(ButtonValue(person_id, word=_word(_About.PERSON, wanted.days)), actor)
        system = await system_id(core, wanted.system) if wanted.system else None
        asked_by = actor.id if wanted.is_mine else _EVERYBODY
        return await self._message(ButtonValue(asked_by, other=system, word=_word(_About.PUSHES, wanted.days)), actor)

    async def turn(self, args: Incoming) -> None:
        """Show another page."""
        await args.ack()
        value = clicked(args.body)
        actor = await self._its.actor(args.body)
        if args.body.get("view"):
            await redraw_modal(args, lambda: self._modal(value, actor))
            return
        await reply(args, await self._message(value, actor), replaces_clicked=True)

    async def csv(self, args: Incoming) -> None:
        """Send the whole history as a file, in a direct message."""
        await args.ack()
        value = clicked(args.body)
        actor = await self._its.actor(args.body)
        file = await self._file(value, actor)
        await send_file(self._its.client, user_of(args.body), file)
        if args.body.get("view"):
            await redraw_modal(args, lambda: self._modal(value, actor, told=_SENT))
            return
        await reply(args, message(_SENT, section(_SENT)))

    async def _modal(self, value: ButtonValue, actor: Actor, *, told: str = "") -> View:
        history = await statement_history(self._its.core, value.id, page=value.revision)
        self._its.check_reader(actor, (history.subject.system_name,))
        return await in_thread(history_modal, history, value, self._its.card_url, told=told)

    async def _message(self, value: ButtonValue, actor: Actor) -> Message:
        core, (about, days) = self._its.core, _read(value)
        if about is _About.PERSON:
            deeds = await deeds_of(core, actor, value.id, Span(days, value.revision))
            return deeds_message(deeds, in_period(days), self._its.card_url, value)
        found = await list_past_pushes(core, _pushes(value, days), page=value.revision)
        system = await system_name(core, value.other) if value.other else ""
        asked = Past(is_mine=value.id == actor.id, days=days, system=system)
        return past_pushes_message(found, asked.in_words, self._its.card_url, value)

    async def _file(self, value: ButtonValue, actor: Actor) -> PrivateFile:
        core, (about, days) = self._its.core, _read(value)
        if about is _About.STATEMENT:
            history = await statement_history(core, value.id, page=None)
            label = history.subject.label
            text = await in_thread(deeds_csv, history.entries, statement=label)
            return PrivateFile(f"History of {label}", "statement-history.csv", text)
        if about is _About.PERSON:
            deeds = await deeds_of(core, actor, value.id, Span(days, None))
            text = await in_thread(deeds_csv, deeds.deeds)
            return PrivateFile(f"History of what {name_of(deeds.person)} did", "person-history.csv", text)
        found = await list_past_pushes(core, _pushes(value, days), page=None)
        return PrivateFile("History of push requests", "push-history.csv", pushes_csv(found.requests))


def _word(about: _About, days: int | None = None) -> str:
    return f"{about}:{'' if days is None else days}"


def _read(value: ButtonValue) -> tuple[_About, int | None]:
    """Which history it is, and over how many days. Raises StaleCard for a button that is not known any more."""
    about, _, days = value.word.partition(":")
    try:
        return _About(about), int(days) if days else None
    except ValueError:
        raise StaleCard("This button is not known any more.", next_step="Type /grcpush history again.") from None


def _pushes(value: ButtonValue, days: int | None) -> WantedPushes:
    return WantedPushes(None if value.id == _EVERYBODY else value.id, value.other, days)

"""`/grcpush` and its words."""

import difflib
import re
from dataclasses import dataclass, field
from enum import StrEnum

from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.collaborators import Collaborators
from bot.digests import send_test_digest
from bot.listeners.editing import Editing
from bot.replies import reply
from bot.views.blocks import Message, message, section
from bot.views.help import help_message
from bot.views.statements import list_message, nothing_message
from bot.views.status import status_message
from core.domain.actor import Actor
from core.errors import UsageError
from core.store.statements import StatementFilter
from core.usecases.selections import start_selection
from core.usecases.statements import get_status

_CONTROL = re.compile(r"[A-Za-z]{2,3}-\d+(\(\d+\))*([.a-z]\w*)?")


class Word(StrEnum):
    """The words that may follow `/grcpush`."""

    LIST = "list"
    MINE = "mine"
    STATUS = "status"
    DIGEST = "digest"
    EDIT = "edit"
    HISTORY = "history"
    HELP = "help"


_ABOUT_ONE = frozenset({Word.EDIT, Word.HISTORY})


@dataclass(frozen=True)
class Command:
    """What somebody typed, understood; `name` is the one statement that it is about."""

    word: Word
    controls: tuple[str, ...] = field(default=())
    name: str = ""


def parse(text: str) -> Command:
    """The command in the text after `/grcpush`. Raises UsageError that names the nearest word."""
    words = text.replace(",", " ").split()
    if not words:
        return Command(Word.LIST)
    if all(_CONTROL.fullmatch(word) for word in words):
        return Command(Word.LIST, tuple(word.upper() for word in words))
    try:
        word = Word(words[0].lower())
        return Command(word, name=_name_in(text)) if word in _ABOUT_ONE else Command(word)
    except ValueError:
        near = difflib.get_close_matches(words[0].lower(), [word.value for word in Word], n=1)
        hint = f"Did you mean /grcpush {near[0]}?" if near else "Try /grcpush, /grcpush AC-2 AC-3 or /grcpush help."
        raise UsageError("/grcpush does not know that word.", next_step=hint) from None


def _name_in(text: str) -> str:
    """What follows the first word. Raises UsageError when nothing does."""
    word, *rest = text.split(maxsplit=1)
    if not rest:
        raise UsageError(f"{word} needs the name of a statement.", next_step=f"Try /grcpush {word} SYSTEM/CONTROL.")
    return rest[0].strip()


class Commands:
    """Answers `/grcpush`; every answer is seen by the asker alone."""

    def __init__(self, its: Collaborators) -> None:
        """Keep the collaborators."""
        self._its = its
        self._editing = Editing(its)

    async def grcpush(self, args: AsyncArgs) -> None:
        """List, or whatever else was asked for."""
        await args.ack()
        command = parse(args.body.get("text", ""))
        if command.word in _ABOUT_ONE:
            open_one = self._editing.open if command.word is Word.EDIT else self._editing.open_history
            await open_one(args, command.name)
            return
        actor = await self._its.actor(args.body)
        await reply(args, await self._answer(command, actor))

    async def _answer(self, command: Command, actor: Actor) -> Message:
        core = self._its.core
        if command.word is Word.HELP:
            return help_message()
        if command.word is Word.STATUS:
            return status_message(await get_status(core))
        if command.word is Word.DIGEST:
            is_sent = await send_test_digest(core, self._its.client, actor)
            told = "Sent to you as a direct message." if is_sent else "There is nothing to be reminded of now."
            return message(told, section(told))
        wanted = StatementFilter(owner_id=actor.id if command.word is Word.MINE else None, controls=command.controls)
        selection = await start_selection(core, actor, wanted, tick_all=bool(command.controls))
        if selection.listing.total == 0:
            return nothing_message(await get_status(core))
        return list_message(selection)

"""The history of one statement: its saves with their changes, and what else happened to it."""

from collections.abc import Iterator

from bot.actions import ButtonValue, Callback
from bot.views.parts.blocks import Block, Submission, View, actions, context, divider, modal, section
from bot.views.parts.diff_blocks import diff_block
from bot.views.parts.markup import counted, marked, mention, together, when
from bot.views.parts.sources import source_words
from bot.views.parts.ticking import CardUrl
from bot.views.people.deeds import deed_line, history_buttons, page_words
from bot.views.statements.editing import heading, revert_button
from core.models.deeds import Deed, StatementHistory
from core.models.edits import HistoryEntry

_SHOWN_DIFF = 400
"""Characters of the difference shown with each save."""


def history_modal(history: StatementHistory, carried: ButtonValue, card_url: CardUrl, *, told: str = "") -> View:
    """What happened to the statement, the newest first; and giving up the local edit.

    `carried` is what the buttons carry; `told` is an answer to the last click.
    """
    counts = counted(history.total, "entry", "entries")
    place = together([page_words(history.page, history.pages), counts if history.total else "", told])
    return modal(
        "History",
        Submission(Callback.READ_ONLY),
        heading(history.subject),
        context(place) if place else None,
        None if history.entries else section("Nothing happened to this statement here."),
        *(block for entry in history.entries for block in _entry(entry, card_url)),
        divider() if history.entries else None,
        actions(
            *(history_buttons(carried, history.page, history.pages) if history.entries else ()),
            revert_button(history.subject, carried),
        ),
        close="Back",
    )


def _entry(entry: HistoryEntry | Deed, card_url: CardUrl) -> Iterator[Block]:
    if isinstance(entry, Deed):
        yield section(deed_line(entry, card_url, names_statement=False))
        return
    yield section(save_line(entry))
    if entry.change is not None and not entry.change.is_empty:
        yield diff_block(entry.change, limit=_SHOWN_DIFF, rest="")


def save_line(entry: HistoryEntry) -> str:
    """When, who, from where, and how much of the text changed."""
    did = "gave up the local edit" if entry.is_dropped else "saved a text"
    who = marked("• {} · {} {}", when(entry.saved_at), mention(entry.person), did)
    return together([who, source_words(entry.source), size_of_save(entry)])


def size_of_save(entry: HistoryEntry) -> str:
    """How much the save changed, in words; empty where that is not known."""
    return entry.change.size_in_words if entry.change is not None else ""

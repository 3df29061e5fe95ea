"""The history of edits of one statement."""

from collections.abc import Iterator

from bot.actions import ButtonValue, Callback
from bot.views.blocks import Block, Submission, View, actions, context, divider, modal, section
from bot.views.diff_blocks import diff_block
from bot.views.editing import command_for, heading, revert_button
from bot.views.markup import counted, marked, mention, together, when
from core.edit_models import History, HistoryEntry

_SHOWN_DIFF = 400
"""Characters of the difference shown with each save."""

_SOURCES = {
    "slack": "in Slack",
    "cli": "on the command line",
    "import": "by an import of files",
    "api": "over the API",
    "revert": "revert",
    "merged": "merge in a conflict",
    "keep_local": "choice in a conflict",
    "keep_remote": "choice in a conflict",
}


def source_words(source: str) -> str:
    """Where a save came from, in words."""
    return _SOURCES.get(source, source)


def history_modal(history: History, carried: ButtonValue) -> View:
    """Who saved what, from where, the newest first; and giving up the local edit."""
    shown = len(history.entries)
    rest = history.total - shown
    older = f"… and {counted(rest, 'older save')}. {command_for('history', history.subject)} lists all of them."
    return modal(
        "History of edits",
        Submission(Callback.READ_ONLY),
        heading(history.subject),
        None if shown else section("Nobody edited this statement here."),
        *(block for entry in history.entries for block in _entry(entry)),
        context(older) if rest else None,
        actions(revert_button(history.subject, carried)),
        close="Back",
    )


def _entry(entry: HistoryEntry) -> Iterator[Block]:
    size = "the local edit was given up" if entry.is_dropped else ""
    if entry.change is not None:
        size = entry.change.size_in_words
    who = marked("*{}* {}", mention(entry.person), when(entry.saved_at))
    yield divider()
    yield section(together([who, source_words(entry.source), size]))
    if entry.change is not None and not entry.change.is_empty:
        yield diff_block(entry.change, limit=_SHOWN_DIFF, rest="")

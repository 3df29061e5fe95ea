"""What is changed, before anything is asked for: the statements of a list, one to a page."""

import uuid

from bot.actions import Action, ButtonValue, Callback
from bot.views.parts.blocks import Element, Submission, View, actions, button, context, link_button, modal, section
from bot.views.parts.diff_blocks import view_diff_blocks
from bot.views.parts.lines import label_of
from bot.views.parts.markup import capitalised, marked, mention, together, when
from bot.views.statements.editing import heading
from core.models.edits import ListedChange


def changes_modal(shown: ListedChange, selection_id: uuid.UUID, record_url: str) -> View:
    """What a push of one statement would change, and the way to the others."""
    subject = shown.subject
    who = together([mention(subject.editor), when(subject.edited_at) if subject.edited_at else ""])
    flags = [
        marked("edited by {}", who) if subject.editor else "",
        "in conflict with ServiceNow" if subject.is_conflict else "",
        f"in push request #{subject.held_by}" if subject.held_by is not None else "",
    ]
    place = f"{shown.page + 1:,} of {shown.pages:,}" if shown.pages > 1 else ""
    return modal(
        "Changes",
        Submission(Callback.READ_ONLY),
        heading(subject),
        context(capitalised(together([place, *flags]))) if place or any(flags) else None,
        section(marked("From ServiceNow's text to the local one: {}", shown.change.size_in_words)),
        *view_diff_blocks(shown.change, rest="grcpush diff shows all of it on the command line."),
        actions(
            _turn(shown, selection_id, -1),
            _turn(shown, selection_id, +1),
            link_button("Open in ServiceNow", record_url, spoken=f"Open in ServiceNow: {label_of(subject)}"),
        ),
    )


def _turn(shown: ListedChange, selection_id: uuid.UUID, step: int) -> Element | None:
    page = shown.page + step
    if not 0 <= page < shown.pages:
        return None
    label, action = ("Next", Action.CHANGES_NEXT) if step > 0 else ("Previous", Action.CHANGES_PREVIOUS)
    spoken = f"{label} change, {page + 1:,} of {shown.pages:,}"
    return button(label, action, ButtonValue(selection_id, page=page), spoken=spoken)

"""Editing a statement in a modal: as one text, or paragraph by paragraph; and what a save did."""

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.actions import Action, ButtonValue, Callback
from bot.views.parts.blocks import (
    Block,
    Element,
    Submission,
    View,
    actions,
    button,
    confirmation,
    context,
    link_button,
    modal,
    section,
)
from bot.views.parts.diff_blocks import diff_block, lead_in, view_diff_blocks
from bot.views.parts.fields import BLOCK, FIELD, LONGEST, TEXT, field_name, room_hint, text_field
from bot.views.parts.lines import Named, label_of, name_of_control
from bot.views.parts.markup import cut, marked, mention, together, when
from core.domain.diff import TextDiff
from core.domain.editing import BlockField, Format
from core.models.edits import EditForm, MovedEdit, SavedEdit, Subject
from core.text.display import in_reading_order, safe_display

PART_BYTES = 90_000
"""JSON bytes of one of two differences in a view; Slack refuses views above 250 kB."""
_MOST_BLOCKS = 90
_FORM_BYTES = 180_000

_READ_ONLY = Submission(Callback.READ_ONLY)
_HINTS = {
    Format.MARKDOWN: "Markdown: **bold**, *italic*, lists, tables. Nothing is sent to ServiceNow before a push.",
    Format.PLAIN: "Plain text. Nothing is sent to ServiceNow before a push.",
}


@dataclass(frozen=True)
class Kept:
    """What somebody typed already, so that it stands in the form again: as one text, or by positions of blocks."""

    text: str | None = None
    fields: Mapping[int, str] = field(default_factory=dict)


def edit_modal(form: EditForm, record_url: str, carried: ButtonValue) -> View:
    """The statement to be edited in the way that is proved to lose nothing, or the way out where there is none here.

    `carried` goes along with the form; it names the text that the form was made of.
    """
    blocks = _inputs(form, carried.revision)
    if not blocks:
        return _no_form(form, record_url)
    return modal(
        "Edit",
        Submission(Callback.EDIT, carried, "Save"),
        heading(form.subject),
        *_notices(form),
        *blocks,
        actions(*_buttons(form.subject, carried)),
        close="Cancel",
    )


def moved_modal(moved: MovedEdit, kept: Kept, carried: ButtonValue) -> View:
    """Somebody saved first: both texts, and what was typed still in its fields, to be saved all the same or not."""
    who = together([mention(moved.subject.editor), _since(moved.subject)], " ")
    return modal(
        "Somebody saved first",
        Submission(Callback.EDIT, carried, "Save mine"),
        heading(moved.subject),
        section(marked("*Nothing of yours is saved yet.* {} saved another text while you were typing.", who)),
        _short_part(moved.theirs, "What they changed") if moved.theirs is not None else None,
        _short_part(moved.yours, "What saving yours would change in their text"),
        context("What you typed is below, as you left it. Put into it what is to stay of theirs, then save."),
        *_kept_inputs(moved, kept, carried.revision),
        close="Cancel",
    )


def saved_modal(saved: SavedEdit) -> View:
    """What the save did, and what a push would change now."""
    if saved.own.is_empty:
        story = "Nothing was changed, so nothing was saved."
    elif not saved.subject.is_modified:
        story = "Saved. This is what ServiceNow holds, so there is nothing to push."
    else:
        story = "Saved here. Nothing is sent to ServiceNow before a push."
    rest = "The preview of the push shows all of it."
    shown = (
        part(saved.pending, "A push would change", rest)
        if saved.subject.is_modified and not saved.pending.is_empty
        else []
    )
    return modal("Edit", _READ_ONLY, heading(saved.subject), section(story), *shown)


def reverted_modal(subject: Subject) -> View:
    """The local edit is given up."""
    story = "Back to the text in ServiceNow. The edit that was here is kept in the history."
    return modal("Edit", _READ_ONLY, heading(subject), section(story))


def revert_button(subject: Subject, carried: ButtonValue) -> Element | None:
    """Giving up the local edit; not where there is none, or where a conflict has to be settled first."""
    if not subject.is_modified or subject.is_conflict:
        return None
    question = confirmation(
        "Give up the local edit?",
        "The statement is the text in ServiceNow again. The edit stays in the history.",
        yes="Revert",
        no="Keep it",
    )
    value = ButtonValue(subject.id, subject.row_version, other=carried.other, page=carried.page)
    spoken = f"Revert to the text in ServiceNow: {label_of(subject)}"
    return button("Revert", Action.REVERT, value, spoken=spoken, style="danger", confirm=question)


def heading(subject: Subject) -> Block:
    """The statement's name."""
    return section(marked("*{}* {}", label_of(subject), name_of_control(subject.control_name)))


def _buttons(subject: Subject, carried: ButtonValue) -> Iterator[Element | None]:
    value = ButtonValue(subject.id, other=carried.other, page=carried.page)
    yield button("History", Action.HISTORY, value, spoken=f"History of edits: {label_of(subject)}")
    yield revert_button(subject, carried)


def _since(subject: Subject) -> str:
    return marked("({})", when(subject.edited_at)) if subject.edited_at else ""


def _notices(form: EditForm) -> Iterator[Block]:
    subject = form.subject
    facts: list[str] = []
    if subject.is_modified:
        facts.append(together([marked("Local edit by {}", mention(subject.editor)), _since(subject)], " "))
    if subject.is_conflict:
        facts.append("In conflict with ServiceNow: after saving, settle it in the thread of the push request.")
    if subject.held_by is not None:
        facts.append(f"Part of push request #{subject.held_by}, which may have to be asked for again after a change.")
    if form.lost_look:
        facts.append(f"Saving drops some of the look that grcpush cannot carry: {', '.join(form.lost_look)}.")
    if facts:
        yield context(together(facts, "\n"))


def _inputs(form: EditForm, drawing: int) -> list[Block]:
    """The fields, or nothing where the text fits into none without a loss."""
    if form.writing is not None and len(form.writing.body) <= LONGEST:
        body = form.writing.body
        hint = " ".join(part for part in (_HINTS[form.writing.format], room_hint(body)) if part)
        return [text_field(field_name(TEXT, 0, drawing), "Text", body, hint=hint)]
    blocks = list(_block_inputs(form.fields, {}, drawing))
    fits = len(blocks) <= _MOST_BLOCKS and len(json.dumps(blocks)) <= _FORM_BYTES
    has_input = any(block["type"] == "input" for block in blocks)
    if not (fits and has_input):
        return []
    why = "too long for one field" if form.writing is not None else "laid out in a way that one field cannot hold"
    note = f"This statement is {why}, so it is edited paragraph by paragraph. A paragraph left empty is removed."
    return [context(note), *blocks]


def _block_inputs(fields: tuple[BlockField, ...], kept: Mapping[int, str], drawing: int) -> Iterator[Block]:
    for each in fields:
        if each.may_be_edited and len(each.text) <= FIELD:
            label = f"{'List item' if each.label.strip() else 'Paragraph'} {each.position + 1}"
            words = kept.get(each.position, each.text)
            yield text_field(field_name(BLOCK, each.position, drawing), label, words, optional=True)
        else:
            yield _shown_only(each)


def _shown_only(each: BlockField) -> Block:
    text = in_reading_order(cut(safe_display(f"{each.label}{each.text}").strip(), FIELD)) or "———"
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_quote", "elements": [{"type": "text", "text": text}]}],
    }


def _kept_inputs(moved: MovedEdit, kept: Kept, drawing: int) -> list[Block]:
    if kept.text is not None:
        return [text_field(field_name(TEXT, 0, drawing), "Your text", kept.text, hint=room_hint(kept.text))]
    return list(_block_inputs(moved.fields, kept.fields, drawing))


def _no_form(form: EditForm, record_url: str) -> View:
    label = label_of(form.subject)
    if form.writing is not None:
        why = f"Its {len(form.writing.body):,} characters are more than Slack's forms take ({LONGEST:,})."
    else:
        why = "It is laid out in a way that Slack's forms cannot hold without a loss."
    return modal(
        "Edit",
        _READ_ONLY,
        heading(form.subject),
        section(marked("*This statement cannot be edited here.* {}", why)),
        section(
            marked("On the command line: `{}`. Or edit it in ServiceNow itself.", command_for("edit", form.subject))
        ),
        actions(link_button("Open in ServiceNow", record_url, spoken=f"Open in ServiceNow: {label}")),
    )


def command_for(word: str, named: Named) -> str:
    """The command that does this to the statement, ready to be copied into a shell."""
    name = named.label if label_of(named) == named.label else named.sn_sys_id
    return f"grcpush {word} {shlex.quote(name)}"


def _short_part(diff: TextDiff, title: str) -> Block:
    """A difference that leaves room for the fields below it."""
    block = diff_block(diff, rest="grcpush diff shows all of it on the command line.")
    return lead_in(block, f"{title} ({diff.size_in_words})")


def part(diff: TextDiff, title: str, rest: str) -> list[Block]:
    """A whole difference under its title, as far as half a view goes; `rest` tells where to read on."""
    first, *more = view_diff_blocks(diff, rest=rest, limit=PART_BYTES)
    return [lead_in(first, f"{title} ({diff.size_in_words})"), *more]

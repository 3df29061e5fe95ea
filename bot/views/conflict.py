"""A conflict in the thread of its push request: the two texts, and the choice between them."""

import uuid

from bot.actions import Action, ButtonValue
from bot.views.blocks import (
    Block,
    Element,
    Message,
    actions,
    button,
    confirmation,
    context,
    link_button,
    message,
    section,
)
from bot.views.diff_blocks import diff_block, lead_in
from bot.views.lines import changed_here, changed_there, editor_there, label_of, linked, name_of_control, spoken_time
from bot.views.markup import has_slack_id, in_utc, marked, name_of
from core.domain.conflict import Choice
from core.read_models import ConflictCard, PersonView

PART = 2_000
"""Characters of each of the three differences: together they stay within a message that Slack accepts."""
_REST = "“Review” on the request's card shows all of it."

_SETTLED = {
    Choice.KEEP_LOCAL: "Kept local",
    Choice.KEEP_REMOTE: "Kept ServiceNow",
    Choice.MERGED: "Merged",
}


def conflict_message(card: ConflictCard, record_url: str, request_id: uuid.UUID) -> Message:
    """The conflict with its choices while it is open, and one line about the choice once it was made."""
    return _open(card, record_url, request_id) if card.is_open else _settled(card)


def _open(card: ConflictCard, record_url: str, request_id: uuid.UUID) -> Message:
    name = marked("{} {}", linked(card, record_url), name_of_control(card.control_name))
    story = marked("Two versions: {}; {}.", changed_there(card), changed_here(card))
    spoken = (
        f"Conflict on {label_of(card)}: {editor_there(card)} changed the text in ServiceNow"
        f" ({card.remote_change.size_in_words}), and {name_of(card.local_editor)} edited it here"
        f" ({card.local_change.size_in_words}). Keep local, keep ServiceNow, or leave it out of the push."
    )
    return message(
        spoken,
        section(marked("{}\n{}", name, story)),
        _part(f"In ServiceNow now ({card.remote_change.size_in_words})", _difference(card, "remote")),
        _part(f"Your version ({card.local_change.size_in_words})", _difference(card, "local")),
        context("Both are compared with the text before, the last one that both sides had in common."),
        _part(f"A push of your version would change ({card.to_local.size_in_words})", _difference(card, "push")),
        actions(*_choices(card, record_url, request_id)),
    )


def _difference(card: ConflictCard, part: str) -> Block:
    diff = {"remote": card.remote_change, "local": card.local_change, "push": card.to_local}[part]
    return diff_block(diff, limit=PART, rest=_REST)


def _part(title: str, block: Block) -> Block:
    return lead_in(block, title)


def _choices(card: ConflictCard, record_url: str, request_id: uuid.UUID) -> list[Element]:
    label = label_of(card)
    seen = ButtonValue(card.id, card.revision, other=request_id)
    question = confirmation(
        "Keep the local text?",
        f"This replaces {editor_there(card)}'s text{spoken_time(card)} in ServiceNow when the request is pushed.",
        yes="Keep local",
        no="Not yet",
    )
    return [
        button("Keep local", Action.KEEP_LOCAL, seen, spoken=f"Keep the local text of {label}", confirm=question),
        button("Keep ServiceNow", Action.KEEP_REMOTE, seen, spoken=f"Keep ServiceNow's text of {label}"),
        button(
            "Leave out",
            Action.LEAVE_OUT,
            ButtonValue(request_id, card.revision, other=card.statement_id),
            spoken=f"Leave out of this push: {label}",
        ),
        link_button("Open record", record_url, spoken=f"Open in ServiceNow: {label}"),
    ]


def _settled(card: ConflictCard) -> Message:
    """One line. It is rich text, because Slack refuses to put other blocks in the place of rich text."""
    if card.choice is None:
        text = "no conflict any more, both sides agree"
        return message(f"Conflict on {label_of(card)}: {text}.", _line(card, text, []))
    choice = _SETTLED[card.choice]
    at = f", {in_utc(card.resolved_at)}" if card.resolved_at else ""
    dropped = ". The local edit is kept in the history" if card.choice is Choice.KEEP_REMOTE else ""
    undo = button(
        "Undo",
        Action.UNDO_CHOICE,
        ButtonValue(card.id, card.revision),
        spoken=f"Undo “{choice}” and open the conflict again: {label_of(card)}",
    )
    return message(
        f"Conflict on {label_of(card)}: {choice} - by {name_of(card.resolved_by)}{at}{dropped}.",
        _line(card, choice, _by(card, dropped)),
        actions(undo if card.may_be_undone else None),
    )


def _by(card: ConflictCard, dropped: str) -> list[Element]:
    elements: list[Element] = [_literal(" - by "), _person(card.resolved_by)]
    if card.resolved_at is not None:
        date: Element = {
            "type": "date",
            "timestamp": int(card.resolved_at.timestamp()),
            "format": "{date_short_pretty} {time}",
            "fallback": in_utc(card.resolved_at),
        }
        elements += [_literal(", "), date]
    return [*elements, _literal(dropped)] if dropped else elements


def _line(card: ConflictCard, choice: str, rest: list[Element]) -> Block:
    named = _literal(f"{label_of(card)}: ")
    line = {"type": "rich_text_section", "elements": [named, _literal(choice, bold=True), *rest]}
    return {"type": "rich_text", "elements": [line]}


def _person(person: PersonView | None) -> Element:
    if person is not None and has_slack_id(person):
        return {"type": "user", "user_id": person.slack_user_id}
    return _literal(name_of(person))


def _literal(text: str, *, bold: bool = False) -> Element:
    element: Element = {"type": "text", "text": text}
    return {**element, "style": {"bold": True}} if bold else element

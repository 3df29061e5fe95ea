"""A conflict in the thread of its push request: the two texts, and the choice between them.

The local text is called the local version, and never "yours": everybody in the channel reads the thread, and for most of them
it is somebody else's.
"""

import datetime as dt
import uuid
from dataclasses import dataclass, replace

from bot.actions import Action, ButtonValue, Callback
from bot.views.parts.blocks import (
    Block,
    Element,
    Message,
    Submission,
    View,
    actions,
    button,
    confirmation,
    context,
    link_button,
    message,
    modal,
    section,
)
from bot.views.parts.diff_blocks import diff_block, lead_in
from bot.views.parts.lines import (
    changed_here,
    changed_there,
    editor_there,
    label_of,
    linked,
    name_of_control,
    spoken_time,
)
from bot.views.parts.markup import has_slack_id, marked, name_of
from core.domain.conflict import Choice, ConflictKind
from core.domain.diff import TextDiff
from core.domain.push import Readiness, RequestState
from core.models.requests import ConflictCard, LeftOut, PersonView, RequestCard
from core.text.moments import in_utc

PART = 2_000
"""Characters of each of the three differences: together they stay within a message that Slack accepts."""
ONE_CONFLICT = "conflict"
"""The word that the modal of one conflict carries, which tells it from the modals that lie on it."""
_REST = "“Review” on the request's card shows all of it."


@dataclass(frozen=True)
class _Words:
    """How one kind of conflict is spoken of: its three parts, its choices, and the choices once they are made."""

    theirs: str
    ours: str
    between: str
    keep_ours: str
    keep_theirs: str
    settled: dict[Choice, str]
    after_theirs: str


_WORDS = {
    ConflictKind.CHANGED: _Words(
        theirs="In ServiceNow now",
        ours="Local version",
        between="A push of the local version would change",
        keep_ours="Keep local",
        keep_theirs="Keep ServiceNow",
        settled={Choice.KEEP_LOCAL: "Kept local", Choice.KEEP_REMOTE: "Kept ServiceNow", Choice.MERGED: "Merged"},
        after_theirs="The local edit is kept in the history",
    ),
    ConflictKind.OVERWROTE: _Words(
        theirs="Their text, kept here only",
        ours="Ours, in ServiceNow now",
        between="From their text to ours",
        keep_ours="Keep ours",
        keep_theirs="Restore theirs",
        settled={Choice.KEEP_LOCAL: "Kept ours", Choice.KEEP_REMOTE: "Restored theirs", Choice.MERGED: "Merged"},
        after_theirs="Their text is a local edit now, to be pushed",
    ),
}


@dataclass(frozen=True)
class Shown:
    """Where a conflict is drawn: under which request, whether that still lets statements go, and beside which file.

    `file_name` is that of the file in the same thread which shows all of it, empty where there is none; `left_out` says
    who left the statement out of the request, if somebody did; `refused` why it cannot be pushed any more, if that is so;
    `titles_only` keeps the texts out of the channel.
    """

    request_id: uuid.UUID
    may_leave_out: bool = True
    file_name: str = ""
    left_out: LeftOut | None = None
    may_put_back: bool = False
    refused: str = ""
    titles_only: bool = False


def shown_under(card: RequestCard, conflict: ConflictCard, *, file_name: str = "", titles_only: bool = False) -> Shown:
    """How a conflict is shown under this request as it stands now."""
    line = next((line for line in card.lines if line.conflict is conflict), None)
    return Shown(
        card.id,
        may_leave_out=card.state is RequestState.SETTLING,
        file_name=file_name,
        left_out=line.left_out if line else None,
        refused=line.reason if line and line.readiness is Readiness.REFUSED else "",
        may_put_back=card.state in (RequestState.SETTLING, RequestState.WAITING),
        titles_only=titles_only,
    )


def conflict_message(card: ConflictCard, record_url: str, shown: Shown) -> Message:
    """The conflict with its choices while it is open, and one line about the choice once it was made.

    Where the statement was left out, one line says that, whatever was chosen elsewhere since.
    """
    if shown.left_out is not None:
        return _left_out(card, shown, shown.left_out)
    return _open(card, record_url, shown) if card.is_open else _settled(card, shown.refused)


def conflict_modal(card: ConflictCard, record_url: str, shown: Shown) -> View:
    """The same with both texts, for one person, where the channel shows none; what is chosen there counts as in the thread."""
    drawn = conflict_message(card, record_url, replace(shown, titles_only=False))
    value = ButtonValue(card.id, card.revision, other=shown.request_id, word=ONE_CONFLICT)
    return modal("Conflict", Submission(Callback.READ_ONLY, value), *drawn.blocks)


def parts_of(card: ConflictCard) -> list[tuple[str, TextDiff]]:
    """The three differences of a conflict, each with its title: what each side did, and what parts them."""
    words = _WORDS[card.kind]
    parts = [(words.theirs, card.remote_change), (words.ours, card.local_change), (words.between, card.to_local)]
    return [(f"{title} ({change.size_in_words})", change) for title, change in parts]


def _open(card: ConflictCard, record_url: str, shown: Shown) -> Message:
    rest = f"The file {shown.file_name} in this thread shows all of it." if shown.file_name else _REST
    name = marked("{} {}", linked(card, record_url), name_of_control(card.control_name))
    is_overwrite = card.kind is ConflictKind.OVERWROTE
    story = (
        marked("{} saved this in ServiceNow just as our push wrote it. Ours went over theirs.", editor_there(card))
        if is_overwrite
        else marked("Two versions: {}; {}.", changed_there(card), changed_here(card))
    )
    return message(
        _overwrite_told(card) if is_overwrite else _conflict_told(card, shown),
        section(marked("{}\n{}", name, story)),
        *(_sizes(card) if shown.titles_only else _texts(card, rest)),
        actions(*_choices(card, record_url, shown)),
    )


def _texts(card: ConflictCard, rest: str) -> list[Block]:
    theirs, ours, between = (lead_in(diff_block(diff, limit=PART, rest=rest), title) for title, diff in parts_of(card))
    before = context("Both are compared with the text before, the last one that both sides had in common.")
    return [theirs, ours, before, between]


def _sizes(card: ConflictCard) -> list[Block]:
    """How much each side changed, without a word of it. In rich text, like the line that comes in its place."""
    parts = [{"type": "rich_text_section", "elements": [_literal(title)]} for title, _ in parts_of(card)]
    sizes = {"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "bullet", "elements": parts}]}
    where = "This channel shows no texts: “Review” shows them to people who have a role for the system."
    return [sizes, context(where)]


def _conflict_told(card: ConflictCard, shown: Shown) -> str:
    ways = ["Keep local", "keep ServiceNow", *(["keep both"] if card.merge_digest else []), "write a merge"]
    if shown.may_leave_out:
        ways.append("leave it out of the push")
    return (
        f"Conflict on {label_of(card)}: {editor_there(card)} changed the text in ServiceNow"
        f" ({card.remote_change.size_in_words}), and {name_of(card.local_editor)} edited it here"
        f" ({card.local_change.size_in_words}). {', '.join(ways[:-1])}, or {ways[-1]}."
    )


def _overwrite_told(card: ConflictCard) -> str:
    return (
        f"Overwritten text on {label_of(card)}: {editor_there(card)} saved it in ServiceNow just as our push wrote it,"
        f" and ours went over theirs ({card.remote_change.size_in_words}). Keep ours, or restore theirs."
    )


def _choices(card: ConflictCard, record_url: str, shown: Shown) -> list[Element | None]:
    label, words = label_of(card), _WORDS[card.kind]
    seen = ButtonValue(card.id, card.revision, other=shown.request_id)
    leave_out = button(
        "Leave out",
        Action.LEAVE_OUT,
        ButtonValue(shown.request_id, card.revision, other=card.statement_id),
        spoken=f"Leave out of this push: {label}",
    )
    review = button("Review", Action.SHOW_CONFLICT, seen, spoken=f"Review both texts of {label}")
    return [
        review if shown.titles_only else None,
        button(
            words.keep_ours,
            Action.KEEP_LOCAL,
            seen,
            spoken=f"{words.keep_ours}, the text of {label}",
            confirm=_question(card),
        ),
        button(words.keep_theirs, Action.KEEP_REMOTE, seen, spoken=f"{words.keep_theirs}, the text of {label}"),
        *(_merging(card, seen) if card.kind is ConflictKind.CHANGED else ()),
        leave_out if card.kind is ConflictKind.CHANGED and shown.may_leave_out else None,
        link_button("Open record", record_url, spoken=f"Open record in ServiceNow: {label}"),
    ]


def _merging(card: ConflictCard, seen: ButtonValue) -> list[Element | None]:
    """Both edits in one text, where they do not clash; and a text that somebody writes."""
    label = label_of(card)
    both = replace(seen, digest=card.merge_digest)
    return [
        button("Keep both", Action.KEEP_BOTH, both, spoken=f"Keep both edits in one text: {label}")
        if card.merge_digest
        else None,
        button("Write a merge", Action.WRITE_MERGE, seen, spoken=f"Write a merge of both texts of {label}"),
    ]


def _question(card: ConflictCard) -> Element:
    if card.kind is ConflictKind.OVERWROTE:
        text = f"{editor_there(card)}'s text stays out of ServiceNow. The audit trail keeps it."
        return confirmation("Keep our text?", text, yes="Keep ours", no="Not yet")
    text = f"This replaces {editor_there(card)}'s text{spoken_time(card)} in ServiceNow when the request is pushed."
    return confirmation("Keep the local text?", text, yes="Keep local", no="Not yet")


def _settled(card: ConflictCard, refused: str) -> Message:
    """One line. It is rich text, because Slack refuses to put other blocks in the place of rich text."""
    if card.choice is None:
        text = (
            f"cannot be pushed now. {refused.removesuffix('.')}"
            if refused
            else "no conflict any more, both sides agree"
        )
        return message(f"Conflict on {label_of(card)}: {text}.", _line(card, text, []))
    words = _WORDS[card.kind]
    choice = words.settled[card.choice]
    at = f", {in_utc(card.resolved_at)}" if card.resolved_at else ""
    after = f". {words.after_theirs}" if card.choice is Choice.KEEP_REMOTE else ""
    undo = button(
        "Undo",
        Action.UNDO_CHOICE,
        ButtonValue(card.id, card.revision),
        spoken=f"Undo “{choice}” and open the conflict again: {label_of(card)}",
    )
    return message(
        f"Conflict on {label_of(card)}: {choice} - by {name_of(card.resolved_by)}{at}{after}.",
        _line(card, choice, _by(card.resolved_by, card.resolved_at, after)),
        actions(undo if card.may_be_undone else None),
    )


def _left_out(card: ConflictCard, shown: Shown, left_out: LeftOut) -> Message:
    """One line: this push goes on without the statement."""
    after = ". The conflict stays open" if card.is_open else ""
    undo = button(
        "Undo",
        Action.PUT_BACK,
        ButtonValue(shown.request_id, card.revision, other=card.statement_id),
        spoken=f"Undo “Left out” and take it into this push again: {label_of(card)}",
    )
    return message(
        f"Conflict on {label_of(card)}: Left out of this push - by {name_of(left_out.person)}, {in_utc(left_out.at)}{after}.",
        _line(card, "Left out of this push", _by(left_out.person, left_out.at, after)),
        actions(undo if left_out.may_be_undone and shown.may_put_back else None),
    )


def _by(person: PersonView | None, at: dt.datetime | None, after: str) -> list[Element]:
    elements: list[Element] = [_literal(" - by "), _person(person)]
    if at is not None:
        date: Element = {
            "type": "date",
            "timestamp": int(at.timestamp()),
            "format": "{date_short_pretty} {time}",
            "fallback": in_utc(at),
        }
        elements += [_literal(", "), date]
    return [*elements, _literal(f"{after}.")] if after else elements


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

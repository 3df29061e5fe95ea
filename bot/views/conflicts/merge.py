"""Merging the two texts of a conflict: both edits in one text, or a text that somebody writes; shown before it counts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.actions import ButtonValue, Callback
from bot.views.parts.blocks import Block, Submission, View, actions, context, divider, link_button, modal, section
from bot.views.parts.fields import LONGEST, PICK, TEXT, field_name, pick_field, room_hint, text_field
from bot.views.parts.lines import editor_there, label_of, name_of_control
from bot.views.parts.markup import Mrkdwn, counted, cut, marked
from bot.views.statements.editing import command_for, part
from core.domain.conflict import Choice
from core.domain.editing import Format
from core.domain.merge_writing import LOCAL_MARK, REMOTE_MARK, ClashTexts, Pick
from core.models.edits import MergeForm, MergePreview
from core.models.requests import ConflictCard
from core.text.display import in_reading_order, safe_display

_MOST_CLASHES = 15
_SHOWN = 2_500
"""Characters of one version of a clash."""
_CHOICES = (
    (Pick.LOCAL.value, "Local version"),
    (Pick.REMOTE.value, "ServiceNow's version"),
    (Pick.BOTH.value, "Both, local first"),
)


@dataclass(frozen=True)
class Made:
    """What somebody made of the merge so far: a text, or one pick for each clash."""

    text: str | None = None
    picks: Sequence[str] = ()


def keep_both_modal(preview: MergePreview, carried: ButtonValue) -> View:
    """The text with both edits against both sides; sending it settles the conflict with exactly this text."""
    card = preview.conflict
    return modal(
        "Keep both",
        Submission(Callback.KEEP_BOTH, carried, "Keep both"),
        _heading(card),
        section(
            marked(
                "The edit made here and {}'s are in different paragraphs. This is one text with both; read whether it "
                "still says what it must as a whole.",
                editor_there(card),
            )
        ),
        *_against_both(preview),
        close="Cancel",
    )


def merge_modal(form: MergeForm, record_url: str, carried: ButtonValue, made: Made | None = None) -> View:
    """The merge to be written, or the way out where the texts do not fit into a form without a loss."""
    inputs = _inputs(form, made or Made(), carried.page)
    if not inputs:
        return _no_form(form, record_url)
    return modal(
        "Write a merge",
        Submission(Callback.MERGE, carried, "Show the result"),
        _heading(form.conflict),
        *inputs,
        close="Cancel",
    )


def merge_preview_modal(form: MergeForm, preview: MergePreview, carried: ButtonValue, made: Made) -> View:
    """The merge against both sides, with the fields above it: what is sent unchanged is saved, exactly as shown."""
    return modal(
        "Write a merge",
        Submission(Callback.MERGE, carried, "Save this merge"),
        _heading(form.conflict),
        *_inputs(form, made, carried.page),
        divider(),
        section("*The result.* It is saved when you send it unchanged; after a change you see it again first."),
        *_against_both(preview),
        close="Cancel",
    )


def settled_modal(card: ConflictCard) -> View:
    """The conflict is settled: what was chosen, and how to take it back."""
    story = "The merge is the local text now. It is pushed when the request is approved."
    if card.choice is not Choice.MERGED:
        side = "the local version" if card.choice is Choice.KEEP_LOCAL else "ServiceNow's version"
        story = f"This merge is word for word {side}, so that is what was kept."
    undo = "Until the push starts, *Undo* in the thread brings the conflict back."
    return modal("Settled", Submission(Callback.READ_ONLY), _heading(card), section(Mrkdwn(f"{story}\n{undo}")))


def _against_both(preview: MergePreview) -> Iterator[Block]:
    rest = f"{command_for('diff', preview.conflict)} shows all of both texts."
    yield from part(preview.from_remote, "What a push of it would change in ServiceNow", rest)
    yield from part(preview.from_local, "What it changes of the local version", rest)


def _inputs(form: MergeForm, made: Made, drawing: int) -> list[Block]:
    if form.writing is not None and (made.text is not None or len(form.writing.body) <= LONGEST):
        body = form.writing.body if made.text is None else made.text
        return [context(_how(form)), text_field(field_name(TEXT, 0, drawing), "Merge", body, hint=room_hint(body))]
    if not form.clashes or len(form.clashes) > _MOST_CLASHES:
        return []
    return list(_pick_inputs(form, made, drawing))


def _how(form: MergeForm) -> str:
    markup = "It is Markdown. " if form.writing is not None and form.writing.format is Format.MARKDOWN else ""
    if form.is_clean:
        return f"{markup}Both edits are in this text already. Change what you like."
    return (
        f"{markup}Where both sides changed something, both versions stand below {LOCAL_MARK} and {REMOTE_MARK}. "
        "Keep what is right, and delete the rest together with the lines in brackets."
    )


def _pick_inputs(form: MergeForm, made: Made, drawing: int) -> Iterator[Block]:
    count = counted(len(form.clashes), "place")
    why = form.reason or "These texts cannot be written in one field without a loss, so you choose place by place."
    yield context(f"{why} Both sides changed {count}; everything else is taken from whoever changed it.")
    for number, clash in enumerate(form.clashes):
        yield _both_versions(clash)
        if clash.note:
            yield context(f"The words are the same in both. From ServiceNow's version to the local one: {clash.note}.")
        if max(len(clash.local), len(clash.remote)) > _SHOWN:
            yield context(marked("`{}` shows all of both.", command_for("diff", form.conflict)))
        chosen = made.picks[number] if number < len(made.picks) else ""
        yield pick_field(field_name(PICK, number, drawing), f"Place {number + 1}", _CHOICES, chosen)


def _both_versions(clash: ClashTexts) -> Block:
    elements = []
    for title, text in (("Local version", clash.local), ("ServiceNow's version", clash.remote)):
        shown = in_reading_order(cut(safe_display(text).strip(), _SHOWN)) or "removed"
        elements.append({"type": "rich_text_section", "elements": [_text(title, {"bold": True})]})
        elements.append(
            {"type": "rich_text_quote", "elements": [_text(shown, {} if text.strip() else {"italic": True})]}
        )
    return {"type": "rich_text", "elements": elements}


def _no_form(form: MergeForm, record_url: str) -> View:
    card = form.conflict
    label = label_of(card)
    if form.is_clean:
        why = "Both edits fit together, but the text does not fit into Slack's forms without a loss."
        out = marked("Click *Keep both* to take it as it is. Or edit it first with `{}`.", command_for("edit", card))
    else:
        why = "The two texts do not fit into Slack's forms without a loss."
        out = marked(
            "Edit the local version with `{}`, so that it holds what is right of both, and then click *Keep local*.",
            command_for("edit", card),
        )
    return modal(
        "Write a merge",
        Submission(Callback.READ_ONLY),
        _heading(card),
        section(marked("*This merge cannot be written here.* {}", why)),
        section(out),
        actions(link_button("Open record", record_url, spoken=f"Open record in ServiceNow: {label}")),
    )


def _heading(card: ConflictCard) -> Block:
    return section(marked("*{}* {}", label_of(card), name_of_control(card.control_name)))


def _text(text: str, style: dict[str, bool]) -> dict[str, object]:
    element: dict[str, object] = {"type": "text", "text": text}
    return {**element, "style": style} if style else element

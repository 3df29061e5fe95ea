"""Before a push is asked for: waiting, the preview, one change in full, and the confirmation that it was asked for."""

import uuid
from collections.abc import Iterator

from bot.actions import Action, ButtonValue, Callback
from bot.views.parts.blocks import (
    Block,
    Element,
    Submission,
    View,
    actions,
    button,
    context,
    divider,
    link_button,
    modal,
    option,
    overflow,
    reason_input,
    section,
)
from bot.views.parts.diff_blocks import diff_block, size_of, view_diff_blocks
from bot.views.parts.lines import counts, label_of, name_of_control, standing
from bot.views.parts.markup import Mrkdwn, capitalised, counted, marked, together
from core.domain.push import STATE_WORDS, Readiness, RequestState
from core.models.requests import PushPreview, RequestCard, RequestLine

PAGE_SIZE = 8
SHORT_DIFF = 280
"""A difference of up to so many characters is shown right in the preview."""

_WITH_MENU = (Readiness.READY, Readiness.CONFLICT, Readiness.REFUSED)
_READ_ONLY = Submission(Callback.READ_ONLY)


def loading_modal(title: str, text: str) -> View:
    """A modal that is opened at once, while what it will show is still being found out."""
    return modal(title, _READ_ONLY, section(text))


def preview_modal(preview: PushPreview, *, page: int = 0) -> View:
    """What a push would do, statement by statement; page counts from 0, and one outside gives the nearest."""
    pages = max(1, -(-len(preview.lines) // PAGE_SIZE))
    page = max(0, min(page, pages - 1))
    shown = preview.lines[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]
    has_something = bool(preview.having(Readiness.READY) or preview.having(Readiness.CONFLICT))
    may_ask = has_something and not preview.is_read_only
    label = ("Ask for approval" if preview.approvals_required else "Push now") if may_ask else ""
    return modal(
        "Preview push",
        Submission(Callback.PREVIEW, ButtonValue(preview.request_id, page=page), label),
        section(marked("*{}*\nTo {}", counts(preview.lines), preview.host)),
        *_notices(preview, has_something=has_something),
        actions(_turn(preview, page, -1, pages)),
        *(block for line in shown for block in _line_blocks(preview.request_id, line, page)),
        actions(_turn(preview, page, +1, pages)),
        _reason(preview) if may_ask else None,
    )


def change_modal(line: RequestLine, record_url: str) -> View:
    """Everything a push would change in one statement, and the way to its record."""
    if line.change is None:
        blocks: list[Block | None] = [section(marked("Nothing to compare: {}.", standing(line)))]
    else:
        blocks = [
            section(capitalised(standing(line))) if line.readiness is Readiness.REFUSED else None,
            section(marked("From ServiceNow's text to the local one: {}", line.change.size_in_words)),
            *view_diff_blocks(line.change, rest="The review of the push request shows all of it, page by page."),
        ]
    spoken = f"Open in ServiceNow: {label_of(line)}"
    return modal(
        line.control_number or "Change",
        _READ_ONLY,
        section(marked("*{}* {}", label_of(line), name_of_control(line.control_name))),
        *blocks,
        actions(link_button("Open in ServiceNow", record_url, spoken=spoken)),
        close="Back",
    )


def requested_modal(card: RequestCard) -> View:
    """What the requester reads after asking: what happens next, and where."""
    return modal(
        f"Push request #{card.number}",
        _READ_ONLY,
        section(marked("*{}*\n{}", STATE_WORDS[card.state], _what_next(card))),
        context("The card shows every step and is kept up to date. You can close this."),
    )


def _what_next(card: RequestCard) -> Mrkdwn:
    conflicts = len(card.open_conflicts)
    if card.state is RequestState.SETTLING:
        return marked("{} to settle first, in the thread under the card.", counted(conflicts, "conflict"))
    if card.state is RequestState.WAITING:
        return marked(
            "{} needed before anything is written to {}.", counted(card.approvals_required, "approval"), card.host
        )
    if card.state is RequestState.PUSHING:
        return marked("No approval is needed here: the push to {} begins now.", card.host)
    return marked("{}", card.note or "Nothing is left to push.")


def _notices(preview: PushPreview, *, has_something: bool) -> Iterator[Block]:
    conflicts = len(preview.having(Readiness.CONFLICT))
    if preview.is_read_only:
        yield section(
            "This deployment is read-only: no push can be asked for until whoever runs grcpush sets READ_ONLY to false."
        )
        return
    if conflicts and has_something:
        them = "it is" if conflicts == 1 else "they are"
        yield section(
            marked(
                "{} will be posted in the thread of the request. Nothing is pushed before {} settled; until then this "
                "preview is provisional.",
                counted(conflicts, "conflict"),
                them,
            )
        )
    if preview.is_paused:
        yield section("Writing to ServiceNow is paused: what is asked for now waits until an admin resumes it.")
    if not has_something:
        yield section("Nothing here can be pushed. The reasons stand beside the statements.")


def _line_blocks(request_id: uuid.UUID, line: RequestLine, page: int) -> Iterator[Block]:
    name = together([marked("*{}* {}", label_of(line), name_of_control(line.control_name)), standing(line)], "\n")
    yield section(name, _menu(request_id, line, page) if line.readiness in _WITH_MENU else None)
    is_ready = line.readiness is Readiness.READY and line.change is not None
    if is_ready and line.change is not None and size_of(line.change) <= SHORT_DIFF:
        yield diff_block(line.change, limit=SHORT_DIFF, rest="")
    yield divider()


def _menu(request_id: uuid.UUID, line: RequestLine, page: int) -> Element:
    entries = {"view": "View change", "edit": "Edit", "leave_out": "Leave out"}
    return overflow(
        Action.LINE_MENU,
        [
            option(words, ButtonValue(request_id, other=line.statement_id, page=page, word=word).encode())
            for word, words in entries.items()
        ],
    )


def _turn(preview: PushPreview, page: int, step: int, pages: int) -> Element | None:
    target = page + step
    if not 0 <= target < pages:
        return None
    label, action = ("Next", Action.PREVIEW_NEXT) if step > 0 else ("Previous", Action.PREVIEW_PREVIOUS)
    first, last = target * PAGE_SIZE + 1, min((target + 1) * PAGE_SIZE, len(preview.lines))
    words = f"{label}: {first:,} to {last:,} of {len(preview.lines):,}"
    return button(words, action, ButtonValue(preview.request_id, page=target), spoken=f"{words} statements")


def _reason(preview: PushPreview) -> Block:
    who = "Approvers" if preview.approvals_required else "Readers of the audit trail"
    hint = f"{who} see it, and it is kept with the push."
    return reason_input("Reason or ticket", hint=hint, optional=True, initial=preview.reason)

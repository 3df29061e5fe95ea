"""Reading a push request in full, page by page; and declining it."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.actions import Action, ButtonValue, Callback
from bot.views.conflicts.conflict import parts_of
from bot.views.parts.blocks import (
    Block,
    Element,
    Submission,
    View,
    actions,
    button,
    context,
    modal,
    reason_input,
    section,
)
from bot.views.parts.diff_blocks import lead_in, whole_diff_blocks
from bot.views.parts.fields import pick_field
from bot.views.parts.lines import counts, label_of, name_of_control, standing
from bot.views.parts.markup import counted, cut, marked, together
from bot.views.requests.results import state_in_words, tally
from bot.views.requests.story import asked, shown_state
from core.domain.push import Readiness, RequestState
from core.models.requests import ItemResult, RequestCard, RequestLine

VERDICT = "verdict"
"""Block id of the choice between the decisions."""

PAGE_CHARACTERS = 9_000
PAGE_BLOCKS = 40


@dataclass(frozen=True)
class _Part:
    """A block of one statement's part of the review; `size` in characters."""

    line: RequestLine
    block: Block
    size: int


def review_modal(card: RequestCard, *, page: int = 0, why_not: str | None = None) -> View:
    """Every change of the request, nothing left out; page counts from 0, and one outside gives the nearest.

    `why_not` is why the reader may not decide about it, empty for who may; None where there is nothing to decide.
    """
    pages = _pages(card)
    page = max(0, min(page, len(pages) - 1))
    place = f"Page {page + 1:,} of {len(pages):,}" if len(pages) > 1 else ""
    summary = section(marked("*{}* · {}\n{}", state_in_words(card), _came_to(card), asked(card)))
    return modal(
        f"Push request #{card.number}",
        _submission(card, page, may_decide=why_not == ""),
        summary if page == 0 else None,
        context(place) if place else None,
        actions(_turn(card, page, -1, len(pages))),
        *pages[page],
        actions(_turn(card, page, +1, len(pages))),
        *_deciding(card, why_not),
    )


def _came_to(card: RequestCard) -> str:
    """How its statements stand; once it is over, what came of them."""
    if card.results:
        return " · ".join(tally(card.results))
    is_before = card.state in (RequestState.DRAFT, RequestState.SETTLING, RequestState.WAITING)
    return counts(card.lines) if is_before else counted(len(card.lines), "statement")


def _submission(card: RequestCard, page: int, *, may_decide: bool) -> Submission:
    value = ButtonValue(card.id, card.version, digest=card.content_digest, page=page)
    return Submission(Callback.VERDICT, value, "Decide") if may_decide else Submission(Callback.READ_ONLY, value)


def _deciding(card: RequestCard, why_not: str | None) -> list[Block]:
    """The four things an approver may say; for anybody else, why that is not for them."""
    if why_not is None:
        return []
    if why_not:
        return [context(why_not)]
    after = card.approvals_required - len(card.approvals) - 1
    starts = "Approve and push" if after <= 0 else f"Approve; pushed after {counted(after, 'more approval')}"
    choices = [
        ("approve", starts),
        ("approve_only", "Approve only: somebody starts the push later"),
        ("changes", "Ask for changes: it stays open and is not pushed"),
        ("decline", "Decline: the request ends"),
    ]
    verdict = pick_field(VERDICT, "Your decision", choices)
    return [verdict, reason_input("Comment", hint="Needed unless you approve.", optional=True)]


def decline_modal(card: RequestCard) -> View:
    """Asking for the reason of a decline."""
    return modal(
        f"Decline request #{card.number}",
        Submission(Callback.DECLINE, shown_state(card), "Decline"),
        section("Nothing will be written to ServiceNow. The local edits stay, and the requester can ask again."),
        reason_input("Reason", hint="Say in a sentence what should change."),
        close="Back",
    )


def _pages(card: RequestCard) -> list[list[Block]]:
    """The parts spread over pages; a statement that goes on over a page's end is named again."""
    pages: list[list[Block]] = [[]]
    room = PAGE_CHARACTERS
    for line_parts in _parts(card):
        for index, part in enumerate(line_parts):
            # A name is never left alone at the foot of a page.
            needed = part.size + (line_parts[1].size if index == 0 and len(line_parts) > 1 else 0)
            if pages[-1] and (needed > room or len(pages[-1]) >= PAGE_BLOCKS):
                pages.append([] if index == 0 else [_again(part.line)])
                room = PAGE_CHARACTERS
            pages[-1].append(part.block)
            room -= part.size
    return pages if pages != [[]] else [[section("No statement is part of this request.")]]


def _parts(card: RequestCard) -> Iterator[list[_Part]]:
    results = {result.statement_id: result for result in card.results}
    for line in card.lines:
        blocks = [_heading(line, results), *_differences(line)]
        yield [_Part(line, block, _size(block)) for block in blocks]


def _heading(line: RequestLine, results: Mapping[uuid.UUID, ItemResult]) -> Block:
    result = results.get(line.statement_id)
    told = ""
    if result is not None:
        detail = cut(result.detail, 300) if not result.is_success and result.detail not in result.sentence else ""
        told = together([result.sentence, detail, result.next_step], " ")
    name = marked("*{}* {}", label_of(line), name_of_control(line.control_name))
    return section(together([name, standing(line), told], "\n"))


def _again(line: RequestLine) -> Block:
    return section(marked("*{}*, continued", label_of(line)))


def _differences(line: RequestLine) -> Iterator[Block]:
    """What is asked for; and where a conflict is open, what each side did."""
    is_conflict = line.conflict is not None and line.conflict.is_open
    if line.readiness is Readiness.READY and line.change is not None:
        yield from whole_diff_blocks(line.change)
    if is_conflict and line.conflict is not None and line.readiness in (Readiness.READY, Readiness.CONFLICT):
        for title, change in parts_of(line.conflict):
            first, *more = whole_diff_blocks(change)
            yield lead_in(first, title)
            yield from more


def _size(block: Block) -> int:
    """Characters of text in a block."""
    if block["type"] == "section":
        return len(block["text"]["text"])
    return sum(len(run["text"]) for part in block["elements"] for run in part["elements"])


def _turn(card: RequestCard, page: int, step: int, pages: int) -> Element | None:
    target = page + step
    if not 0 <= target < pages:
        return None
    label, action = ("Next page", Action.REVIEW_NEXT) if step > 0 else ("Previous page", Action.REVIEW_PREVIOUS)
    value = ButtonValue(card.id, card.version, page=target, word="review")
    return button(label, action, value, spoken=f"{label}, {target + 1:,} of {pages:,}")

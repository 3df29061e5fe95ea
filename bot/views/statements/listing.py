"""The list of modified statements in a message: ticked right there while it is short, summed up when it is long."""

from collections.abc import Sequence

from bot.actions import Action, ButtonValue
from bot.views.parts.blocks import (
    Block,
    Element,
    Message,
    actions,
    button,
    context,
    header,
    list_section,
    message,
    section,
)
from bot.views.parts.diff_blocks import quoted_block
from bot.views.parts.doors import home_button, settings_button
from bot.views.parts.glances import glance_line
from bot.views.parts.lines import label_of, name_of_control
from bot.views.parts.markup import Mrkdwn, capitalised, counted, marked, mention, name_of, together, when
from bot.views.parts.ticking import CardUrl, boxes, choosers, held_lines, name_of_boxes, owner_switch, value_of
from bot.views.requests.story import why_not_sent
from core.domain.statement import SyncStatus
from core.models.home import RequestGlance
from core.models.requests import StatementLine, StatusView
from core.models.selections import Earlier, Overview, SelectionView
from core.text.display import shortened

TICKED_IN_MESSAGE = 10
"""So many statements are ticked in the message itself; Slack allows ten boxes in a group."""
SHOWN_BEGINNINGS = 5
"""So many statements are shown with how they begin; more would be a wall of text."""
PREVIEWED_AT_ONCE = 1_000
"""A push request holds at most so many."""
_NAMED = 5
_SYSTEMS = 10
_STANDING = {
    SyncStatus.MODIFIED.value: "not in conflict",
    SyncStatus.CONFLICT.value: "in conflict",
    SyncStatus.MISSING.value: "missing in ServiceNow",
}


def list_message(selection: SelectionView, card_url: CardUrl) -> Message:
    """What is modified and not pushed: to be ticked right here up to ten statements, else to be chosen in a modal."""
    listing = selection.listing
    if listing.total == 0:
        return _none_left(selection)
    title = _title(selection)
    is_short = selection.overview is None
    blocks = _short_list(selection, card_url) if is_short else _long_list(selection)
    todo = "Tick what to push, then preview it." if is_short else "Choose what to push."
    conflicts = f", {counted(listing.conflicts, 'conflict')} among them" if listing.conflicts else ""
    named = selection.overview.oldest if selection.overview else listing.lines[:_NAMED]
    names = ", ".join(label_of(line) for line in named)
    more = listing.total - len(named)
    beyond = f" and {more:,} more" if more else ""
    paused = why_not_sent(selection)
    return message(
        f"{title}{conflicts}: {names}{beyond}. {todo} {paused}".rstrip(),
        header(title),
        section(paused) if paused else None,
        *blocks,
        _resume(selection.earlier) if selection.earlier else None,
    )


def nothing_message(status: StatusView, last: RequestGlance | None, home_url: str, card_url: CardUrl) -> Message:
    """What to say when there is nothing to list: the last push there was, and the way to Home."""
    if status.modified:
        text = _none_matches(status.modified)
    else:
        text = f"Nothing to push: none of the {counted(status.statements, 'statement')} was changed here."
    facts = [
        f"{counted(status.open_requests, 'push request')} under way" if status.open_requests else "",
        marked("last compared with {}, {}", status.host, when(status.last_pull_at)) if status.last_pull_at else "",
        "writing to ServiceNow is paused" if status.is_paused and not status.is_read_only else "",
        "this deployment is read-only" if status.is_read_only else "",
    ]
    line = together(facts)
    return message(
        text,
        section(text),
        section(marked("The last one:\n{}", glance_line(last, card_url))) if last is not None else None,
        context(capitalised(line)) if line else None,
        actions(home_button(home_url), settings_button()),
    )


def _title(selection: SelectionView) -> str:
    """How many are listed; of how many, and which, where the list is narrowed to more than the person's own."""
    total, limits = selection.listing.total, _limits(selection)
    if limits:
        whose = ["yours"] if selection.mine_only else []
        return f"{total:,} of {counted(selection.all_changed, 'changed statement')} ({', '.join([*limits, *whose])})"
    whose_own = " of yours" if selection.mine_only else ""
    return f"{counted(total, 'statement')}{whose_own} changed since the last push"


def _limits(selection: SelectionView) -> list[str]:
    """What the list is narrowed to, in words, but for the person's own."""
    now = selection.narrowing
    owner = f"of {name_of(now.owner)}" if now.owner is not None and not selection.mine_only else ""
    words = f"“{now.text}”" if now.text else ""
    limits = [now.system, now.family, *now.controls, words, _STANDING.get(now.status, ""), owner]
    return [limit for limit in limits if limit]


def _short_list(selection: SelectionView, card_url: CardUrl) -> list[Block | None]:
    lines = selection.listing.lines
    ticks = boxes(selection, lines)
    preview = _preview(selection) if ticks else None
    row = actions(preview, _changes(selection), *choosers(selection), _switch_back(selection), settings_button())
    named: Block | None = (
        {"type": "actions", "block_id": name_of_boxes(selection), "elements": [ticks]} if ticks else None
    )
    beginnings = _beginnings(lines) if len(lines) <= SHOWN_BEGINNINGS else None
    return [named, *held_lines(lines, card_url), beginnings, row]


def _long_list(selection: SelectionView) -> list[Block | None]:
    overview, total = selection.overview, selection.listing.total
    if overview is None:
        raise ValueError("a long list is summed up by its overview")
    choose = button(
        "Choose statements",
        Action.CHOOSE_STATEMENTS,
        value_of(selection),
        spoken=f"Choose statements among {counted(total, 'changed one')}",
        style="primary",
    )
    oldest = [
        together([marked("• *{}* {}", label_of(line), name_of_control(line.control_name)), _about(line)])
        for line in overview.oldest
    ]
    return [
        section(_summary(selection)),
        _systems(overview),
        list_section([Mrkdwn("*Waiting longest*"), *oldest], total=len(oldest) + 1),
        actions(choose, _preview_all(selection), owner_switch(selection), settings_button()),
    ]


def _summary(selection: SelectionView) -> Mrkdwn:
    conflicts, free = selection.listing.conflicts, selection.free
    if not conflicts:
        return marked("*{}* ready to be previewed. None is in conflict, as far as the last pull knows.", f"{free:,}")
    return marked("*{}* ready to be previewed · *{}* in conflict", f"{free:,}", f"{conflicts:,}")


def _systems(overview: Overview) -> Block:
    """How many there are in each system, those with most first."""
    ordered = sorted(overview.systems, key=lambda each: (-each[1], each[0]))
    rest = ordered[_SYSTEMS - 1 :]
    shown = ordered if len(ordered) <= _SYSTEMS else ordered[: _SYSTEMS - 1]
    cells = [
        marked("*{}*\n{}", shortened(name, 200) or "(no system)", counted(count, "statement")) for name, count in shown
    ]
    if len(ordered) > _SYSTEMS:
        counted_rest = counted(sum(count for _, count in rest), "statement")
        cells.append(marked("*{} more systems*\n{}", f"{len(rest):,}", counted_rest))
    return {"type": "section", "fields": [{"type": "mrkdwn", "text": cell, "verbatim": True} for cell in cells]}


def _about(line: StatementLine) -> Mrkdwn:
    """Owner, age and standing of one of the oldest, where there is room for them."""
    return together(
        [
            mention(line.owner) if line.owner else "",
            marked("edited {}", when(line.edited_at, "{ago}")) if line.edited_at else "",
            "in conflict" if line.is_conflict else "",
            f"in push request #{line.held_by}" if line.held_by is not None else "",
        ]
    )


def _none_left(selection: SelectionView) -> Message:
    text = "Nothing to push: no statement is changed."
    if selection.all_changed and _limits(selection):
        text = _none_matches(selection.all_changed)
    elif selection.mine_only:
        text = "None of the changed statements is yours."
    return message(text, section(text), actions(_switch_back(selection)))


def _none_matches(changed: int) -> str:
    return f"None of the {counted(changed, 'changed statement')} matches that. /grcpush lists them all."


def _beginnings(lines: Sequence[StatementLine]) -> Block:
    return quoted_block((label_of(line), line.preview) for line in lines)


def _preview(selection: SelectionView) -> Element:
    spoken = "Preview push of the ticked statements"
    return button("Preview push", Action.PREVIEW_PUSH, value_of(selection), spoken=spoken, style="primary")


def _changes(selection: SelectionView) -> Element:
    return button("Show changes", Action.SHOW_CHANGES, value_of(selection), spoken="Show changes of these statements")


def _preview_all(selection: SelectionView) -> Element | None:
    if not 0 < selection.free <= PREVIEWED_AT_ONCE:
        return None
    label = f"Preview all {selection.free:,}"
    spoken = f"{label} that are in no conflict and in no open push request"
    return button(label, Action.PREVIEW_ALL, value_of(selection), spoken=spoken)


def _resume(earlier: Earlier) -> Block:
    """What the person had chosen before, and did not ask for."""
    words = counted(earlier.chosen, "statement")
    # Not “Resume” alone: below the line about a pause, that would be taken for the end of the pause.
    label = f"Resume with {earlier.chosen:,} chosen"
    resume = button(label, Action.RESUME, ButtonValue(earlier.id), spoken=f"{label} before, not asked for")
    return section(marked("You had chosen {} ({}) and not asked for a push.", words, when(earlier.updated_at)), resume)


def _switch_back(selection: SelectionView) -> Element | None:
    return owner_switch(selection) if selection.mine_only else None

"""The list of modified statements: ticked in the message while it is short, in a modal when it is long.

The value of a checkbox option is the statement's id. The block around the boxes is named after selection, revision and
page: what the bot changes gets a new name, because Slack keeps a person's old ticks under an old one.
"""

from collections.abc import Sequence

from bot.actions import Action, ButtonValue, Callback
from bot.views.blocks import (
    Block,
    Element,
    Message,
    Submission,
    View,
    actions,
    button,
    checkboxes,
    context,
    header,
    list_section,
    message,
    modal,
    option,
    section,
)
from bot.views.diff_blocks import quoted_block
from bot.views.lines import label_of, name_of_control
from bot.views.markup import Mrkdwn, counted, escaped, has_slack_id, marked, mention, name_of, together, when
from core.domain.statement import SyncStatus
from core.read_models import SelectionView, StatementLine, StatusView
from core.text.display import safe_display, shortened

TICKED_IN_MESSAGE = 10
"""So many statements are ticked in the message itself; Slack allows ten boxes in a group."""
SHOWN_BEGINNINGS = 5
"""So many statements are shown with how they begin; more would be a wall of text."""
FIRST_LINES = 5


def list_message(selection: SelectionView) -> Message:
    """What is modified and not pushed: to be ticked right here up to ten statements, else to be chosen in a modal."""
    listing = selection.listing
    if listing.total == 0:
        return _none_left(selection)
    title = f"{counted(listing.total, 'statement')} changed since the last push"
    if selection.mine_only:
        title = f"{counted(listing.total, 'statement')} of yours changed since the last push"
    is_short = listing.total <= TICKED_IN_MESSAGE
    blocks = _short_list(selection) if is_short else _long_list(selection)
    todo = "Tick what to push, then preview it." if is_short else "Choose what to push."
    conflicts = f", {counted(listing.conflicts, 'conflict')} among them" if listing.conflicts else ""
    names = ", ".join(label_of(line) for line in listing.lines[:FIRST_LINES])
    more = listing.total - min(len(listing.lines), FIRST_LINES)
    beyond = f" and {more:,} more" if more else ""
    return message(f"{title}{conflicts}: {names}{beyond}. {todo}", header(title), *blocks)


def nothing_message(status: StatusView) -> Message:
    """What to say when there is nothing to list."""
    if status.modified:
        text = f"None of the {counted(status.modified, 'changed statement')} matches that. /grcpush lists them all."
    else:
        text = f"Nothing to push: none of the {counted(status.statements, 'statement')} was changed here."
    facts = [
        f"{counted(status.open_requests, 'push request')} under way" if status.open_requests else "",
        marked("last compared with {} {}", status.host, when(status.last_pull_at)) if status.last_pull_at else "",
        "writing to ServiceNow is paused" if status.is_paused else "",
    ]
    line = together(facts)
    return message(text, section(text), context(line) if line else None)


def select_modal(selection: SelectionView) -> View:
    """Choosing among many: ten to a page; what is ticked is kept on our side."""
    listing = selection.listing
    submission = Submission(
        Callback.SELECT,
        ButtonValue(selection.id, selection.revision, page=listing.page),
        "Preview push" if listing.total else "",
    )
    scope = " of yours" if selection.mine_only else ""
    line = f"{listing.total:,}{scope} match · {len(selection.chosen):,} chosen"
    place = f"Page {listing.page + 1:,} of {listing.pages:,}" if listing.pages > 1 else ""
    return modal(
        "Choose statements",
        submission,
        context(together([line, place])),
        _ticks_input(selection),
        *_held(listing.lines),
        actions(*_pager(selection)),
        actions(*_choosers(selection, count=True), _owner_switch(selection)),
    )


def _short_list(selection: SelectionView) -> list[Block | None]:
    lines = selection.listing.lines
    ticks = _boxes(selection)
    row = actions(
        _preview(selection) if ticks else None,
        *_choosers(selection, count=False),
        _switch_back(selection),
    )
    boxes: Block | None = (
        {"type": "actions", "block_id": _name_of_ticks(selection), "elements": [ticks]} if ticks else None
    )
    return [boxes, *_held(lines), _beginnings(lines) if len(lines) <= SHOWN_BEGINNINGS else None, row]


def _long_list(selection: SelectionView) -> list[Block | None]:
    listing = selection.listing
    free = listing.total - listing.conflicts
    first = listing.lines[:FIRST_LINES]
    summary = marked("*{}* not in conflict · *{}* in conflict", f"{free:,}", f"{listing.conflicts:,}")
    if not listing.conflicts:
        summary = Mrkdwn("None is in conflict, as far as the last pull knows.")
    choose = button(
        "Choose statements",
        Action.CHOOSE_STATEMENTS,
        _value(selection),
        spoken=f"Choose statements among {listing.total:,} changed",
        style="primary",
    )
    lines = [
        together([marked("• *{}* {}", label_of(line), name_of_control(line.control_name)), _about(line)])
        for line in first
    ]
    return [
        section(summary),
        list_section(lines, total=listing.total, rest="… and {} more, ordered by system and control"),
        actions(choose, _owner_switch(selection)),
    ]


def _none_left(selection: SelectionView) -> Message:
    text = (
        "None of the changed statements is yours."
        if selection.mine_only
        else "Nothing to push: no statement is changed."
    )
    return message(text, section(text), actions(_switch_back(selection)))


def _boxes(selection: SelectionView) -> Element | None:
    """The statements of the page that may be ticked; None when all of them are held by open requests."""
    free = [line for line in selection.listing.lines if line.held_by is None]
    if not free:
        return None
    options = {line.id: option(_title(line), str(line.id), _about(line)) for line in free}
    return checkboxes(Action.TICK, list(options.values()), [options[i] for i in options if i in selection.chosen])


def _ticks_input(selection: SelectionView) -> Block:
    listing = selection.listing
    boxes = _boxes(selection)
    if boxes is None:
        return section("Nothing to tick on this page." if listing.total else "No changed statement matches.")
    first = listing.page * listing.page_size + 1
    span = f"{first:,} to {first + len(listing.lines) - 1:,} of {listing.total:,}" if listing.pages > 1 else "to push"
    return {
        "type": "input",
        "block_id": _name_of_ticks(selection),
        "label": {"type": "plain_text", "text": f"Statements {span}", "emoji": False},
        "element": boxes,
        "optional": True,
        "dispatch_action": True,
    }


def _name_of_ticks(selection: SelectionView) -> str:
    return ButtonValue(selection.id, selection.revision, page=selection.listing.page, word="tick").encode()


def _title(line: StatementLine) -> str:
    """Number, name and system in what an option can hold; the name is what is shortened."""
    number, system = shortened(safe_display(line.control_number), 25), shortened(safe_display(line.system_name), 25)
    name = shortened(safe_display(line.control_name), 75 - len(number) - len(system) - 4)
    return " · ".join(part for part in (f"{number} {name}".strip(), system) if part) or label_of(line)


def _about(line: StatementLine) -> Mrkdwn:
    """Owner, age and conflict in the 75 characters of a description: so a short form of the date token."""
    owner = ""
    if line.owner is not None:
        owner = mention(line.owner) if has_slack_id(line.owner) else escaped(shortened(name_of(line.owner), 14))
    flag = "in conflict" if line.is_conflict else ""
    if line.sync_status == SyncStatus.MISSING.value:
        flag = "missing in ServiceNow"
    if flag:
        return together([flag, owner, _age(line, 75 - len(flag) - len(owner) - 6)])
    return together([owner, _age(line, 75 - len(owner) - 3)])


def _age(line: StatementLine, room: int) -> str:
    if line.edited_at is None:
        return ""
    token = Mrkdwn(f"<!date^{int(line.edited_at.timestamp())}^{{ago}}|{line.edited_at:%d %b %Y}>")
    return token if len(token) <= room else ""


def _held(lines: Sequence[StatementLine]) -> list[Block | None]:
    held = [
        marked("{}: in push request #{}", label_of(line), line.held_by) for line in lines if line.held_by is not None
    ]
    return [context(Mrkdwn("Not to be ticked now\n" + "\n".join(held)))] if held else []


def _beginnings(lines: Sequence[StatementLine]) -> Block:
    return quoted_block((label_of(line), line.preview) for line in lines)


def _value(selection: SelectionView, page: int = 0) -> ButtonValue:
    return ButtonValue(selection.id, selection.revision, page=page)


def _preview(selection: SelectionView) -> Element:
    spoken = "Preview push of the ticked statements"
    return button("Preview push", Action.PREVIEW_PUSH, _value(selection), spoken=spoken, style="primary")


def _choosers(selection: SelectionView, *, count: bool) -> list[Element]:
    listing = selection.listing
    free = _free(selection)
    all_label = f"Select all {free:,} not in conflict" if count else "Select all not in conflict"
    every = button(all_label, Action.SELECT_ALL, _value(selection), spoken=f"{all_label}: {counted(free, 'statement')}")
    none_label = "Clear all" if count else "Clear"
    none = button(none_label, Action.CLEAR_ALL, _value(selection), spoken=f"{none_label} of the ticks set so far")
    return [*([every] if free else []), none] if listing.total else []


def _free(selection: SelectionView) -> int:
    """How many can be chosen at once; what open requests hold on other pages is not known here and counts as free."""
    listing = selection.listing
    held = sum(line.held_by is not None and not line.is_conflict for line in listing.lines)
    return listing.total - listing.conflicts - held


def _pager(selection: SelectionView) -> list[Element]:
    page, pages = selection.listing.page, selection.listing.pages
    buttons = []
    if page > 0:
        spoken = f"Previous page, {page:,} of {pages:,}"
        buttons.append(button("Previous", Action.PAGE_PREVIOUS, _value(selection, page - 1), spoken=spoken))
    if page + 1 < pages:
        spoken = f"Next page, {page + 2:,} of {pages:,}"
        buttons.append(button("Next", Action.PAGE_NEXT, _value(selection, page + 1), spoken=spoken))
    return buttons


def _switch_back(selection: SelectionView) -> Element | None:
    return _owner_switch(selection) if selection.mine_only else None


def _owner_switch(selection: SelectionView) -> Element:
    if selection.mine_only:
        return button(
            "All owners", Action.ALL_OWNERS, _value(selection), spoken="All owners: list the statements of everybody"
        )
    return button("Only mine", Action.ONLY_MINE, _value(selection), spoken="Only mine: list my own statements")

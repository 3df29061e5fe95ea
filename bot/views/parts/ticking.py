"""What the list in a message and the one in a modal have in common: boxes to tick, and the buttons about all of them.

The value of a checkbox option is the statement's id. The block around the boxes is named after selection, revision and
page: what the bot changes gets a new name, because Slack keeps a person's old ticks under an old one.
"""

from collections.abc import Callable, Sequence

from bot.actions import Action, ButtonValue
from bot.views.parts.blocks import Block, Element, button, checkboxes, context, option
from bot.views.parts.lines import label_of
from bot.views.parts.markup import (
    Mrkdwn,
    counted,
    escaped,
    has_slack_id,
    link,
    marked,
    mention,
    name_of,
    together,
    when,
)
from core.domain.statement import SyncStatus
from core.models.requests import StatementLine
from core.models.selections import SelectionView
from core.text.display import safe_display, shortened

GROUP = 10
"""Slack allows ten boxes in a group."""

CardUrl = Callable[[str, str], str]
"""Gives the address of a card by its channel and its time stamp; empty where the workspace's address is not known."""


def boxes(selection: SelectionView, lines: Sequence[StatementLine]) -> Element | None:
    """A group of boxes for those of at most ten statements that may be ticked; None when open requests hold all of them."""
    free = [line for line in lines if line.held_by is None]
    if not free:
        return None
    options = {line.id: option(_title(line), str(line.id), _about(line)) for line in free}
    return checkboxes(Action.TICK, list(options.values()), [options[i] for i in options if i in selection.chosen])


def name_of_boxes(selection: SelectionView, group: int = 0) -> str:
    """The block id of a group of boxes of the page."""
    page, which = selection.listing.page, str(group) if group else ""
    return ButtonValue(selection.id, selection.revision, page=page, digest=which, word="tick").encode()


def held_lines(lines: Sequence[StatementLine], card_url: CardUrl) -> list[Block | None]:
    """Which statements cannot be ticked, and whose push request holds each, with the way there."""
    held = [_held_line(line, card_url) for line in lines if line.held_by is not None]
    return [context(Mrkdwn("Not to be ticked now\n" + "\n".join(held)))] if held else []


def choosers(selection: SelectionView) -> list[Element]:
    """The buttons that choose everything there is to choose in the list, and nothing at all.

    A list of one has its box for that.
    """
    free, total, chosen = selection.free, selection.listing.total, selection.chosen_total
    label = f"Select all {free:,} matching" if free == total else f"Select all {free:,} that are ready"
    if free == 1:
        label = "Select the one that is ready"
    every = button(label, Action.SELECT_ALL, value_of(selection), spoken=f"{label}, over all pages of the list")
    none_label = f"Clear all {chosen:,}" if chosen > 1 else "Clear all"
    none = button(none_label, Action.CLEAR_ALL, value_of(selection), spoken=f"{none_label} ticks, on every page")
    is_elsewhere = chosen > len(selection.chosen)
    return [
        *([every] if free and total > 1 else []),
        *([none] if total > 1 or is_elsewhere else []),
    ]


def owner_switch(selection: SelectionView) -> Element:
    """Between the statements of all owners and the person's own."""
    if selection.mine_only:
        spoken = "All owners: list everybody's statements"
        return button("All owners", Action.ALL_OWNERS, value_of(selection), spoken=spoken)
    return button("Only mine", Action.ONLY_MINE, value_of(selection), spoken="Only mine: list the ones I edited last")


def value_of(selection: SelectionView, page: int = 0) -> ButtonValue:
    """What a button of the list carries."""
    return ButtonValue(selection.id, selection.revision, page=page)


def chosen_in_words(selection: SelectionView) -> str:
    """How many are chosen, over all pages and filters."""
    return f"{selection.chosen_total:,} chosen"


def _held_line(line: StatementLine, card_url: CardUrl) -> Mrkdwn:
    label = f"push request #{line.held_by}"
    holder = line.holder
    url = card_url(holder.channel, holder.ts) if holder is not None and holder.ts else ""
    told = marked("{}: in {}", label_of(line), link(url, label) if url else label)
    if holder is None or holder.requester is None:
        return told
    return marked("{}, asked for by {}", told, mention(holder.requester))


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
    token = when(line.edited_at, "{ago}", elsewhere=f"{line.edited_at:%d %b %Y}")
    return token if len(token) <= room else ""


def matches_in_words(selection: SelectionView) -> str:
    """How many the list holds, and of which."""
    scope = " of yours" if selection.mine_only else ""
    total = selection.listing.total
    return f"{counted(total, 'statement')}{scope} {'matches' if total == 1 else 'match'}"

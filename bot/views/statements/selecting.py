"""The modal in which statements are chosen among many: thirty to a page, with filters; what is chosen is kept on our side."""

import hashlib

from bot.actions import Action, ButtonValue, Callback
from bot.views.parts.blocks import Block, Element, Submission, View, actions, button, context, modal, section
from bot.views.parts.markup import name_of, together
from bot.views.parts.menus import menu_option, search_field, static_menu, typing_menu
from bot.views.parts.ticking import (
    GROUP,
    CardUrl,
    boxes,
    choosers,
    chosen_in_words,
    held_lines,
    matches_in_words,
    name_of_boxes,
    owner_switch,
    value_of,
)
from bot.views.requests.story import why_not_sent
from core.domain.statement import SyncStatus
from core.models.selections import Choices, Narrowing, SelectionView
from core.text.display import safe_display, shortened

ANY = "*"
"""The choice that takes a filter off."""

_STATUSES = (
    (ANY, "Any status"),
    (SyncStatus.MODIFIED.value, "Changed, not in conflict"),
    (SyncStatus.CONFLICT.value, "In conflict"),
    (SyncStatus.MISSING.value, "Missing in ServiceNow"),
)
_EVERYTHING = {
    Action.FILTER_SYSTEM: "All systems",
    Action.FILTER_FAMILY: "All control families",
    Action.FILTER_OWNER: "All owners",
}


def select_modal(selection: SelectionView, card_url: CardUrl) -> View:
    """One page of the list, how it can be narrowed, and what can be done with all of it."""
    listing = selection.listing
    # A field needs a button to send. Where a filter leaves nothing, the search stays, so that it can be corrected.
    sends = bool(listing.total or selection.chosen_total or selection.narrowing.is_any)
    submission = Submission(
        Callback.SELECT,
        ButtonValue(selection.id, selection.revision, page=listing.page),
        "Preview push" if sends else "",
    )
    place = f"Page {listing.page + 1:,} of {listing.pages:,}" if listing.pages > 1 else ""
    counts = together([matches_in_words(selection), chosen_in_words(selection), place])
    return modal(
        "Choose statements",
        submission,
        context(together([counts, why_not_sent(selection)], "\n")),
        _filters(selection),
        _search(selection) if sends else None,
        *_groups(selection),
        *held_lines(listing.lines, card_url),
        actions(*_pager(selection)),
        actions(*choosers(selection), owner_switch(selection)),
    )


def filter_options(action: Action, choices: Choices) -> list[Element]:
    """What a filter's menu offers, each with how many statements it leaves; the first one takes the filter off."""
    offered = [menu_option(f"{_room(words, count)} · {count:,}", value) for value, words, count in choices.entries]
    return [menu_option(_EVERYTHING[action], ANY), *offered]


def _room(words: str, count: int) -> str:
    """The words shortened, so that the number after them stays whole."""
    return shortened(safe_display(words), 70 - len(f"{count:,}"))


def _filters(selection: SelectionView) -> Block:
    """The menus. The name is new with each revision, so that Slack shows what is set and not what was set before."""
    now = selection.narrowing
    options = [menu_option(words, value) for value, words in _STATUSES]
    elements: list[Element | None] = [
        static_menu(Action.FILTER_STATUS, options, placeholder="Any status", chosen=now.status or ANY),
        typing_menu(Action.FILTER_SYSTEM, placeholder="All systems", chosen=_set(now.system)),
        typing_menu(Action.FILTER_FAMILY, placeholder="All control families", chosen=_set(now.family)),
        typing_menu(
            Action.FILTER_OWNER, placeholder="All owners", chosen=_set(name_of(now.owner) if now.owner else "")
        ),
        _clear(selection) if now.is_any else None,
    ]
    name = ButtonValue(selection.id, selection.revision, word="filters").encode()
    return {"type": "actions", "block_id": name, "elements": [each for each in elements if each is not None]}


def _set(words: str) -> Element | None:
    """What a filter is set to, as the menu shows it. Its value does not matter: only what is chosen anew is told to us."""
    return menu_option(words, "set") if words else None


def _clear(selection: SelectionView) -> Element:
    return button(
        "Clear filters", Action.CLEAR_FILTERS, value_of(selection), spoken="Clear filters and list everything"
    )


def _search(selection: SelectionView) -> Block:
    """Named after what is searched for: what somebody typed and did not send yet stays, whatever else is redrawn."""
    text = selection.narrowing.text
    name = ButtonValue(selection.id, digest=hashlib.sha256(text.encode()).hexdigest()[:12], word="search").encode()
    hint = "Words in number, name, system, or how the text begins"
    return search_field(name, Action.SEARCH, "Search, then press Enter", text, hint=hint)


def _groups(selection: SelectionView) -> list[Block]:
    """The page's statements in groups of ten boxes."""
    listing = selection.listing
    groups = []
    for number, start in enumerate(range(0, len(listing.lines), GROUP)):
        lines = listing.lines[start : start + GROUP]
        element = boxes(selection, lines)
        if element is not None:
            first = listing.page * listing.page_size + start + 1
            which = f"Statements {first:,} to {first + len(lines) - 1:,}" if len(lines) > 1 else f"Statement {first:,}"
            label = f"{which} of {listing.total:,}"
            groups.append(_group(name_of_boxes(selection, number), label, element))
    return groups or [section("Nothing to tick on this page." if listing.total else _none(selection.narrowing))]


def _none(narrowing: Narrowing) -> str:
    return "No changed statement matches these filters." if narrowing.is_any else "No statement is changed."


def _group(name: str, label: str, element: Element) -> Block:
    return {
        "type": "input",
        "block_id": name,
        "label": {"type": "plain_text", "text": label, "emoji": False},
        "element": element,
        "optional": True,
        "dispatch_action": True,
    }


def _pager(selection: SelectionView) -> list[Element]:
    page, pages = selection.listing.page, selection.listing.pages
    buttons = []
    if page > 0:
        spoken = f"Previous page, {page:,} of {pages:,}"
        buttons.append(button("Previous", Action.PAGE_PREVIOUS, value_of(selection, page - 1), spoken=spoken))
    if page + 1 < pages:
        spoken = f"Next page, {page + 2:,} of {pages:,}"
        buttons.append(button("Next", Action.PAGE_NEXT, value_of(selection, page + 1), spoken=spoken))
    return buttons

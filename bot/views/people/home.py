"""The Home tab: what waits for me, what I have not pushed, what runs, and what happened."""

from collections.abc import Sequence

from bot.actions import Action, ButtonValue
from bot.views.messages.status import unseen_words
from bot.views.parts.blocks import (
    Block,
    Element,
    View,
    actions,
    button,
    context,
    divider,
    header,
    list_section,
    section,
)
from bot.views.parts.doors import all_changes, my_changes, settings_button
from bot.views.parts.glances import glance_line
from bot.views.parts.lines import label_of, name_of_control
from bot.views.parts.markup import Mrkdwn, counted, marked, together, when
from bot.views.parts.ticking import CardUrl
from bot.views.requests.story import why_not_sent
from core.models.home import HomeView, RequestGlance
from core.models.requests import StatementLine


def home_tab(home: HomeView, card_url: CardUrl) -> View:
    """Everything that concerns one person, the most pressing first."""
    pause = why_not_sent(home.status)
    blocks: list[Block | None] = [
        section(marked("*{}*", pause)) if pause else None,
        header("Waiting for me"),
        *_waiting(home, card_url),
        header("My unpushed edits"),
        *_mine(home),
        header("Running"),
        _glances(home.running, card_url) or section("No push is under way."),
        header("Recent"),
        _glances(home.recent, card_url) or section("Nothing was pushed yet."),
        divider(),
        actions(all_changes(), settings_button()),
        context(_health(home)),
    ]
    return {"type": "home", "blocks": [block for block in blocks if block is not None]}


def refused_tab(sentence: str) -> View:
    """What somebody sees there who may not use grcpush."""
    return {"type": "home", "blocks": [section(sentence)]}


def _waiting(home: HomeView, card_url: CardUrl) -> list[Block | None]:
    if not home.to_approve and not home.to_settle:
        return [section("Nothing waits for you.")]
    return [
        section(f"{counted(len(home.to_approve), 'push request')} to approve") if home.to_approve else None,
        _glances(home.to_approve, card_url),
        section(f"{counted(len(home.to_settle), 'push request')} with conflicts to settle") if home.to_settle else None,
        _glances(home.to_settle, card_url),
    ]


def _mine(home: HomeView) -> list[Block | None]:
    if not home.mine_total:
        return [section("Nothing of yours waits to be pushed.")]
    conflicts = f", {counted(home.mine_conflicts, 'conflict')} among them" if home.mine_conflicts else ""
    words = f"{counted(home.mine_total, 'statement')}{conflicts}, the oldest first"
    return [
        section(words),
        list_section([_line(line) for line in home.mine], total=home.mine_total),
        actions(my_changes("Choose statements", style="primary"), _resume(home)),
    ]


def _resume(home: HomeView) -> Element | None:
    if home.earlier is None:
        return None
    words = f"Resume with {home.earlier.chosen:,} chosen"
    return button(words, Action.RESUME, ButtonValue(home.earlier.id), spoken=f"{words} before, not asked for")


def _line(line: StatementLine) -> Mrkdwn:
    flags = [
        "in conflict" if line.is_conflict else "",
        f"in push request #{line.held_by}" if line.held_by is not None else "",
        marked("edited {}", when(line.edited_at)) if line.edited_at else "",
    ]
    return together([marked("• *{}* {}", label_of(line), name_of_control(line.control_name)), *flags])


def _glances(requests: Sequence[RequestGlance], card_url: CardUrl) -> Block | None:
    return list_section([glance_line(request, card_url) for request in requests], total=len(requests))


def _health(home: HomeView) -> Mrkdwn:
    status = home.status
    pulled = marked("last read {}", when(status.last_pull_at)) if status.last_pull_at else "not read yet"
    return together([_reach(home), pulled, counted(status.statements, "statement"), unseen_words(status)])


def _reach(home: HomeView) -> Mrkdwn:
    """Whether ServiceNow answers, as far as is known."""
    if home.checked_at is None:
        return marked("ServiceNow {} has not answered yet", home.status.host)
    if not home.is_in_reach:
        return marked("*ServiceNow {} has not answered since {}*", home.status.host, when(home.checked_at))
    return marked("ServiceNow {} reachable, last check {}", home.status.host, when(home.checked_at))

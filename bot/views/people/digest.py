"""The daily reminder of edits that are not pushed yet, and the team's round-up."""

from bot.actions import Action, ButtonValue
from bot.views.parts.blocks import (
    Block,
    Element,
    Message,
    actions,
    button,
    context,
    list_section,
    message,
    option,
    overflow,
    section,
)
from bot.views.parts.lines import label_of, name_of_control
from bot.views.parts.markup import Mrkdwn, counted, marked, together, when
from core.domain.digest import Snooze
from core.models.digests import Digest, RollUp
from core.models.requests import StatementLine
from core.prose import rendered
from core.text.display import safe_display, shortened

SHOWN = 5
SETTINGS = "settings"
"""The entry of the menu that is no snooze."""
_SYSTEMS = 8
_SYSTEM = 60

SNOOZES = {
    Snooze.NEXT: "Not the next one",
    Snooze.MONDAY: "Not until Monday",
    Snooze.WEEK: "Not for a week",
}


def digest_message(digest: Digest) -> Message:
    """What the owner has not pushed, the oldest first. Raises ValueError for nothing: that is never sent."""
    story = f"{counted(digest.total, 'statement')} of yours not pushed yet{_age(digest)}."
    rest = digest.total - len(digest.lines[:SHOWN])
    facts = [
        f"{rest:,} more" if rest else "",
        f"{counted(digest.conflicts, 'statement')} in conflict" if digest.conflicts else "",
        f"{counted(digest.waiting, 'statement')} in an open push request already" if digest.waiting else "",
        marked("`/grcpush mine` does the same"),
    ]
    return message(
        digest_text(digest),
        section(marked("*{}*", story)),
        *(_line(line) for line in digest.lines[:SHOWN]),
        context(together(facts)),
        actions(_review_button(digest), _snooze_menu(digest)),
    )


def digest_text(digest: Digest) -> str:
    """The same in plain words. Raises ValueError for nothing."""
    if digest.total < 1:
        raise ValueError("a digest about nothing is not sent")
    names = [label_of(line) for line in digest.lines[:SHOWN]]
    return rendered("digest.txt.j2", digest=digest, names=names, statements=_statements, working_days=_days).strip()


def roll_up_message(roll_up: RollUp) -> Message:
    """What the team has not pushed, in counts: a channel has more readers than the texts may have."""
    owners = _people(roll_up.owners)
    story = f"{counted(roll_up.total, 'statement')} of {owners} not pushed yet{_age(roll_up)}."
    systems = [marked("• {}: {}", shortened(safe_display(name), _SYSTEM), f"{n:,}") for name, n in roll_up.systems]
    facts = [
        f"{counted(roll_up.conflicts, 'statement')} in conflict" if roll_up.conflicts else "",
        f"{counted(roll_up.waiting, 'statement')} in an open push request already" if roll_up.waiting else "",
        marked("`/grcpush` to review and push"),
    ]
    return message(
        roll_up_text(roll_up),
        section(marked("*{}*", story)),
        list_section(systems[:_SYSTEMS], total=len(systems)),
        context(together(facts)),
    )


def roll_up_text(roll_up: RollUp) -> str:
    """The same in plain words. Raises ValueError for nothing: that is never sent."""
    if roll_up.total < 1:
        raise ValueError("a round-up about nothing is not sent")
    names = tuple((shortened(safe_display(name), _SYSTEM), count) for name, count in roll_up.systems)
    facts = {"statements": _statements, "working_days": _days, "people": _people, "shown": _SYSTEMS}
    shown = {**vars(roll_up), "systems": names}
    return rendered("roll_up.txt.j2", roll_up=shown, **facts).strip()


def unreachable_message(digest: Digest) -> Message:
    """For the channel, when an owner takes no direct messages: counts only."""
    who = shortened(safe_display(digest.person.name), _SYSTEM) or "somebody"
    told = marked(
        "{} of {} not pushed yet. grcpush cannot send {} a direct message.",
        counted(digest.total, "statement"),
        who,
        who if who != "somebody" else "them",
    )
    return message(told, section(told))


def snoozed_message(until: str, label: str = "") -> Message:
    """That the reminder is silent for a while."""
    about = f" about {label}" if label else ""
    told = f"No reminder{about} before {until}. The statements stay as they are; /grcpush mine shows them."
    return message(told, section(told))


def _statements(count: int) -> str:
    return counted(count, "statement")


def _days(count: int) -> str:
    return counted(count, "working day")


def _people(count: int) -> str:
    return counted(count, "person", "people")


def _age(digest: Digest | RollUp) -> str:
    if digest.working_days < 1:
        return ""
    oldest = "the oldest " if digest.total > 1 else ""
    return f", {oldest}for {_days(digest.working_days)}"


def _line(line: StatementLine) -> Block:
    flags = [
        "in conflict" if line.is_conflict else "",
        f"in push request #{line.held_by}" if line.held_by is not None else "",
        marked("edited {}", when(line.edited_at)) if line.edited_at else "",
    ]
    text: Mrkdwn = together([marked("• *{}* {}", label_of(line), name_of_control(line.control_name)), *flags])
    choices = {Snooze.MONDAY: "Not this one until Monday", Snooze.WEEK: "Not this one for a week"}
    options = [
        option(words, ButtonValue(line.id, other=line.id, word=snooze.value).encode())
        for snooze, words in choices.items()
    ]
    return section(text, overflow(Action.DIGEST_SNOOZE, options))


def _review_button(digest: Digest) -> Element:
    value = ButtonValue(digest.person.id)
    return button("Review and push", Action.DIGEST_REVIEW, value, spoken="Review and push your edits", style="primary")


def _snooze_menu(digest: Digest) -> Element:
    entries = {snooze.value: words for snooze, words in SNOOZES.items()} | {SETTINGS: "Settings"}
    choices = [option(words, ButtonValue(digest.person.id, word=word).encode()) for word, words in entries.items()]
    return overflow(Action.DIGEST_SNOOZE, choices)

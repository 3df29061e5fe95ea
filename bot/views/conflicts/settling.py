"""A card's conflicts taken together: how many there are, more of them in the thread, and one choice for all."""

from bot.actions import Action, ButtonValue
from bot.views.parts.blocks import Element, Message, button, confirmation, list_section, message, section
from bot.views.parts.lines import editor_there
from bot.views.parts.markup import counted, marked
from core.domain.conflict import Choice, digest_of_shown
from core.models.requests import RequestCard
from core.text.display import shortened

_NAMED_EDITORS = 3
_REFUSED = 10


def to_settle(card: RequestCard) -> str:
    """How many conflicts stand between the request and its approval, and how many of them the thread shows."""
    conflicts = len(card.open_conflicts)
    settle = f"{counted(conflicts, 'conflict')} to settle in this thread before approvers are asked"
    return f"{settle}, {card.conflicts_shown:,} of them shown there" if conflicts > card.conflicts_shown else settle


def settling_buttons(card: RequestCard) -> list[Element | None]:
    """More conflicts in the thread, and one choice for all of them."""
    return [_next_ten(card), *_for_all(card)]


def settled_many_message(number: int, choice: Choice, settled: int, refused: tuple[str, ...]) -> Message:
    """Told to the one person who chose for all conflicts at once."""
    kept = "the local text" if choice is Choice.KEEP_LOCAL else "ServiceNow's text"
    told = f"Kept {kept} in {counted(settled, 'conflict')} of push request #{number}."
    if not refused:
        return message(told, section(told))
    rest = f"{counted(len(refused), 'conflict')} could not be settled like this and stay open."
    lines = [marked("• {}", reason) for reason in refused[:_REFUSED]]
    return message(f"{told} {rest}", section(f"{told}\n{rest}"), list_section(lines, total=len(refused)))


def _next_ten(card: RequestCard) -> Element | None:
    rest = len(card.open_conflicts) - card.conflicts_shown
    if rest <= 0:
        return None
    label = "Show the next ten" if rest >= 10 else f"Show the last {rest}" if rest > 1 else "Show the last one"
    value = ButtonValue(card.id, card.version, page=card.conflicts_shown)
    spoken = f"{label} conflicts of push request #{card.number}"
    return button(label, Action.NEXT_CONFLICTS, value, spoken=spoken)


def _for_all(card: RequestCard) -> list[Element]:
    """One choice for every open conflict, where there is more than one. It holds for exactly those that this card counts."""
    conflicts = card.open_conflicts
    if len(conflicts) < 2:
        return []
    seen = digest_of_shown((conflict.id, conflict.revision) for conflict in conflicts)
    value = ButtonValue(card.id, card.version, digest=seen)
    many = f"{len(conflicts):,}"
    editors = sorted({editor_there(conflict) for conflict in conflicts})
    more = f" and {len(editors) - _NAMED_EDITORS} more" if len(editors) > _NAMED_EDITORS else ""
    whose = shortened(", ".join(editors[:_NAMED_EDITORS]), 120) + more
    keep_local = confirmation(
        f"Keep the local text in all {many} conflicts?",
        f"When the request is pushed, this replaces the texts of {whose} in ServiceNow, also where nobody looked yet.",
        yes=f"Keep {many} local texts",
        no="Not yet",
    )
    keep_remote = confirmation(
        f"Keep ServiceNow's text in all {many} conflicts?",
        f"This drops the local edits of {many} statements. They stay in the history.",
        yes=f"Keep {many} of ServiceNow",
        no="Not yet",
    )
    about = f"conflicts of push request #{card.number}"
    return [
        button("Keep all local", Action.KEEP_ALL_LOCAL, value, spoken=f"Keep all local: {about}", confirm=keep_local),
        button(
            "Keep all ServiceNow",
            Action.KEEP_ALL_REMOTE,
            value,
            spoken=f"Keep all ServiceNow: {about}",
            confirm=keep_remote,
        ),
    ]

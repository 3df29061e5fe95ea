"""What an undo could not bring back."""

from collections.abc import Sequence

from bot.views.blocks import Message, list_section, message, section
from bot.views.markup import counted, marked

_LISTED = 10


def left_alone_message(number: int, left_alone: Sequence[tuple[str, str]]) -> Message:
    """The statements of a push whose earlier texts were not brought back, each with the reason."""
    story = f"{counted(len(left_alone), 'statement')} of push request #{number} not brought back"
    lines = [marked("• *{}*: {}", label, why) for label, why in left_alone[:_LISTED]]
    told = "; ".join(f"{label}: {why}" for label, why in left_alone[:_LISTED])
    return message(f"{story}. {told}.", section(f"{story}:"), list_section(lines, total=len(left_alone)))

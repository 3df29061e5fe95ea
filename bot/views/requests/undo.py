"""What an undo brought back, and what it could not."""

from collections.abc import Sequence

from bot.views.parts.blocks import Message, list_section, message, section
from bot.views.parts.markup import counted, marked

_LISTED = 10


def brought_back_message(number: int, brought_back: int) -> Message:
    """For who closed the preview of an undo before it was drawn: the texts are edits again all the same."""
    text = (
        f"The texts from before push request #{number} are local edits again: {counted(brought_back, 'statement')}."
        " ServiceNow is as it was. /grcpush mine lists them, to be pushed or given up."
    )
    return message(text, section(text))


def left_alone_message(number: int, left_alone: Sequence[tuple[str, str]]) -> Message:
    """The statements of a push whose earlier texts were not brought back, each with the reason."""
    story = f"{counted(len(left_alone), 'statement')} of push request #{number} not brought back"
    lines = [marked("• *{}*: {}", label, why) for label, why in left_alone[:_LISTED]]
    told = "; ".join(f"{label}: {why}" for label, why in left_alone[:_LISTED])
    return message(f"{story}. {told}.", section(f"{story}:"), list_section(lines, total=len(left_alone)))

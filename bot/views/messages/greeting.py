"""What the bot says when it comes into the channel: the proof that the setup works."""

from bot.views.parts.blocks import Message, message, section
from bot.views.parts.markup import counted, marked
from core.models.requests import StatusView


def greeting_message(status: StatusView, *, is_home: bool) -> Message:
    """Who it is, which ServiceNow it serves, and how to begin; `is_home` when push requests are posted here."""
    here = (
        "Push requests are posted here."
        if is_home
        else "Push requests are not posted here: an operator sets SLACK_CHANNEL to this channel's id for that."
    )
    known = f"{counted(status.statements, 'statement')} known, {status.modified:,} changed and not pushed."
    begin = "Type /grcpush to begin, /grcpush help to see what it can do."
    told = f"grcpush is here, for {status.host}. {here} {known} {begin}"
    return message(told, section(marked("*grcpush is here*, for {}.\n{}\n{}\n{}", status.host, here, known, begin)))

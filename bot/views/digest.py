"""The daily reminder of edits that are not pushed yet."""

from bot.views.blocks import Message, context, list_section, message, section
from bot.views.lines import label_of, name_of_control
from bot.views.markup import Mrkdwn, counted, marked, together, when
from core.read_models import Digest, StatementLine

SHOWN = 5


def digest_message(digest: Digest) -> Message:
    """What the owner has not pushed, the oldest first. Raises ValueError for nothing: that is never sent."""
    if digest.total < 1:
        raise ValueError("a digest about nothing is not sent")
    story = f"{counted(digest.total, 'statement')} of yours not pushed yet{_age(digest)}."
    facts = [
        f"{counted(digest.conflicts, 'statement')} in conflict" if digest.conflicts else "",
        f"{counted(digest.waiting, 'statement')} in an open push request" if digest.waiting else "",
    ]
    lines = [_line(line) for line in digest.lines[:SHOWN]]
    rest = digest.total - len(lines)
    names = ", ".join(label_of(line) for line in digest.lines[:SHOWN])
    beyond = f" and {rest:,} more" if rest else ""
    about = together(facts)
    return message(
        f"{story} {names}{beyond}. Type /grcpush mine to review and push.",
        section(marked("*{}*", story)),
        list_section(lines, total=digest.total),
        context(together([about, marked("`/grcpush mine` to review and push")])),
    )


def _age(digest: Digest) -> str:
    if digest.working_days < 1:
        return ""
    oldest = "the oldest " if digest.total > 1 else ""
    return f", {oldest}for {counted(digest.working_days, 'working day')}"


def _line(line: StatementLine) -> Mrkdwn:
    flags = [
        "in conflict" if line.is_conflict else "",
        f"in push request #{line.held_by}" if line.held_by is not None else "",
        marked("edited {}", when(line.edited_at)) if line.edited_at else "",
    ]
    return together([marked("• *{}* {}", label_of(line), name_of_control(line.control_name)), *flags])

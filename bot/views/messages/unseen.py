"""What the team is told when ServiceNow does not show grcpush something any more."""

from bot.views.parts.blocks import Message, context, message, section
from bot.views.parts.markup import counted, marked, together
from core.models.digests import Unseen
from core.text.display import safe_display, shortened

NAMED = 5
_NAME = 120


def unseen_message(unseen: Unseen) -> Message:
    """The finding: names and counts, never texts. What is told to a channel has more readers than the texts may have."""
    told = together([_missing(unseen), _hidden(unseen)], "\n")
    step = (
        "Deleted and hidden look alike from here: look for the records in ServiceNow, and at what hides rows from the "
        "service account. grcpush deletes nothing and creates nothing anew."
    )
    return message(together([told, step], " "), section(marked("{}", told)), context(step))


def _missing(unseen: Unseen) -> str:
    if not unseen.missing:
        return ""
    names = ", ".join(shortened(safe_display(name), _NAME) for name in unseen.missing[:NAMED])
    more = f" and {len(unseen.missing) - NAMED:,} more" if len(unseen.missing) > NAMED else ""
    count = counted(len(unseen.missing), "statement")
    kept = f" {unseen.edited:,} of them with a local edit, which is kept and cannot be pushed." if unseen.edited else ""
    return f"{unseen.host} does not show {count} any more, gone or hidden: {names}{more}.{kept}"


def _hidden(unseen: Unseen) -> str:
    if not unseen.hidden:
        return ""
    rows = counted(unseen.hidden, "row")
    return (
        f"{unseen.host} counts {rows} more than it shows to the service account: grcpush does not know what they hold."
    )

"""Where the deployment stands."""

from bot.views.blocks import Message, context, message, section
from bot.views.markup import counted, marked, together, when
from core.read_models import StatusView


def status_message(status: StatusView) -> Message:
    """Counts over everything, and when ServiceNow was last read."""
    facts = [
        f"{counted(status.statements, 'statement')} known",
        f"{status.modified:,} changed and not pushed",
        f"{status.conflicts:,} in conflict",
        f"{status.missing:,} missing in ServiceNow" if status.missing else "",
        f"{counted(status.open_requests, 'push request')} under way",
    ]
    pulled = marked("last read {}", when(status.last_pull_at)) if status.last_pull_at else "not read yet"
    paused = "Writing to ServiceNow is paused." if status.is_paused else ""
    small = together([status.host, pulled, counted(status.audit_events, "audit event")])
    return message(
        together([together(facts, ", ") + ".", paused], " "),
        section(together([together(facts, "\n"), marked("*{}*", paused) if paused else ""], "\n")),
        context(small),
    )

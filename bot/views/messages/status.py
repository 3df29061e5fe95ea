"""Where the deployment stands."""

from bot.views.parts.blocks import Message, context, message, section
from bot.views.parts.markup import Mrkdwn, counted, marked, together, when
from bot.views.requests.story import why_not_sent
from core.models.requests import StatusView

_GOES_ON = "Writing to ServiceNow goes on: the pushes that waited are sent now."


def paused_message(reason: str) -> Message:
    """Told to the admin who paused."""
    why = marked("Reason: {}", reason) if reason else ""
    told = "Writing to ServiceNow is paused: nothing more is sent, and every card says so."
    how = "What is being written now is finished. `/grcpush resume` lets the pushes go on."
    return message(
        f"{told} /grcpush resume lets the pushes go on.", section(together([told, why], "\n")), context(Mrkdwn(how))
    )


def resumed_message(status: StatusView) -> Message:
    """Told to the admin who resumed; on a read-only deployment still nothing is sent."""
    stays = why_not_sent(status)
    told = f"The pause is over. {stays}" if stays else _GOES_ON
    return message(told, section(told))


def unseen_words(status: StatusView) -> str:
    """What grcpush may not see in ServiceNow, in counts; empty where it sees all."""
    missing = f"{status.missing:,} missing in ServiceNow (gone or hidden)" if status.missing else ""
    hidden = f"{counted(status.hidden, 'row')} that ServiceNow counts and does not show" if status.hidden else ""
    return together([missing, hidden], ", ")


def status_message(status: StatusView) -> Message:
    """Counts over everything, and when ServiceNow was last read."""
    facts = [
        f"{counted(status.statements, 'statement')} known",
        f"{status.modified:,} changed and not pushed",
        f"{status.conflicts:,} in conflict",
        unseen_words(status),
        f"{counted(status.open_requests, 'push request')} under way",
    ]
    pulled = marked("last read {}", when(status.last_pull_at)) if status.last_pull_at else "not read yet"
    paused = why_not_sent(status)
    small = together([status.host, pulled, counted(status.audit_events, "audit event")])
    return message(
        together([together(facts, ", ") + ".", paused], " "),
        section(together([together(facts, "\n"), marked("*{}*", paused) if paused else ""], "\n")),
        context(small),
    )

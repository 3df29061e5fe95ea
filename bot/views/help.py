"""What /grcpush can be asked."""

from bot.views.blocks import Message, message, section
from bot.views.markup import Mrkdwn

COMMANDS = {
    "/grcpush": "lists what is changed and not pushed",
    "/grcpush mine": "lists only your own changes",
    "/grcpush AC-2 AC-3": "picks these controls",
    "/grcpush AC": "lists a control family; /grcpush and the name of a system lists that",
    "/grcpush conflicts": "lists what is in conflict",
    "/grcpush edit SYSTEM/CONTROL": "edits one statement",
    "/grcpush history SYSTEM/CONTROL": "shows who edited it",
    "/grcpush status": "shows where everything stands",
    "/grcpush digest": "sends you the reminder of what you have not pushed",
    "/grcpush pause REASON": "stops all writing to ServiceNow, and /grcpush resume lets it go on (admins)",
    "/grcpush settings": "shows the team's policy and your roles",
    "/grcpush help": "shows this",
}


def help_message() -> Message:
    """Every way to use the command, one line each."""
    told = "; ".join(f"{command} {does}" for command, does in COMMANDS.items())
    lines = "\n".join(f"`{command}` {does}" for command, does in COMMANDS.items())
    return message(f"{told}.", section(Mrkdwn(lines)))

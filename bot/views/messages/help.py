"""What /grcpush can be asked."""

import re

from bot.views.parts.blocks import Message, actions, message, section
from bot.views.parts.doors import all_changes, my_changes, settings_button
from bot.views.parts.markup import Mrkdwn, marked

COMMANDS = {
    "/grcpush": "lists what is changed and not pushed",
    "/grcpush mine": "lists only your own changes",
    "/grcpush AC-2 AC-3": "picks these controls",
    "/grcpush AC": "lists a control family; /grcpush and the name of a system lists that",
    "/grcpush conflicts": "lists what is in conflict",
    "/grcpush edit SYSTEM/CONTROL": "edits one statement",
    "/grcpush history SYSTEM/CONTROL": "shows who edited it, how conflicts were settled, and the pushes it was in",
    "/grcpush history @person 30d": "shows what somebody did; an e-mail address does as well",
    "/grcpush history mine 30d": "lists the pushes there were; mine, a period or the name of a system narrow it",
    "/grcpush status": "shows where everything stands",
    "/grcpush status 42": "shows where push request #42 stands, with the way to its card",
    "/grcpush cancel 42": "calls push request #42 off, and /grcpush retry 42 pushes again what failed in it",
    "/grcpush digest": "sends you the reminder of what you have not pushed",
    "/grcpush pause REASON": "stops all writing to ServiceNow, and /grcpush resume lets it go on (admins)",
    "/grcpush settings": "changes when you are reminded and told; shows the team's policy and your roles",
    "/grcpush doctor": "says how the operator checks the set-up, and /grcpush export 2026-10 how records are exported",
    "/grcpush help": "shows this",
}
# Slack folds a longer paragraph away behind “Show more”.
_AT_ONCE = 5
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def help_message() -> Message:
    """Every way to use the command, one line each, and buttons for the most common."""
    told = "; ".join(f"{command} {does}" for command, does in COMMANDS.items())
    lines = [f"`{command}` {does}" for command, does in COMMANDS.items()]
    parts = ["\n".join(lines[start : start + _AT_ONCE]) for start in range(0, len(lines), _AT_ONCE)]
    doors = actions(my_changes("My changes"), all_changes(), settings_button())
    return message(f"{told}.", *(section(Mrkdwn(part)) for part in parts), doors)


def doctor_message() -> Message:
    """How the set-up is checked: it needs the configuration and its secrets, which Slack is not shown."""
    return _on_command_line("The set-up is checked", "grcpush doctor", "Each line of its answer says what to do.")


def export_message(rest: str) -> Message:
    """How the audit trail is written to a file; `rest` may be a month, like `2026-10`."""
    month = _MONTH.fullmatch(rest.strip())
    words = "grcpush audit export --format csv --output grcpush-audit.csv"
    if month:
        year, number = int(month[1]), int(month[2])
        after = f"{year + number // 12:04}-{number % 12 + 1:02}-01"
        words = (
            f"grcpush audit export --since {month[0]}-01 --until {after} --format csv --output grcpush-{month[0]}.csv"
        )
    more = "That is for admins. The evidence of one push is a button on its card."
    return _on_command_line("The audit trail is exported", words, more)


def _on_command_line(what: str, words: str, more: str) -> Message:
    told = f"{what} on the command line, where grcpush runs: {words}"
    return message(
        f"{told} – {more}", section(marked("{} on the command line, where grcpush runs:\n`{}`\n{}", what, words, more))
    )

"""What /grcpush can be asked."""

import re

from bot.views.parts.blocks import Message, actions, message, section
from bot.views.parts.doors import all_changes, my_changes, settings_button
from bot.views.parts.markup import Mrkdwn, marked

GROUPS = {
    "What is changed, also by control, family or system": (
        "/grcpush",
        "/grcpush mine",
        "/grcpush conflicts",
        "/grcpush AC-2 AC-3",
        "/grcpush AC",
    ),
    "One statement": ("/grcpush edit SYSTEM/CONTROL", "/grcpush history SYSTEM/CONTROL"),
    "One push request": ("/grcpush status 42", "/grcpush retry 42", "/grcpush cancel 42"),
    "How things stand, what happened": ("/grcpush status", "/grcpush history mine 30d", "/grcpush history @person 30d"),
    "For yourself": ("/grcpush settings", "/grcpush digest", "/grcpush help"),
    "For admins": ("/grcpush pause REASON", "/grcpush resume", "/grcpush export 2026-10", "/grcpush doctor"),
}
COMMANDS = tuple(command for commands in GROUPS.values() for command in commands)
# Slack folds a paragraph of more than five lines away behind “Show more”.
_AT_ONCE = 3
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def help_message() -> Message:
    """Every way to use the command, in six lines, and buttons for the most common."""
    told = "; ".join(f"{about}: {', '.join(commands)}" for about, commands in GROUPS.items())
    lines = [f"*{about}:* {', '.join(f'`{command}`' for command in commands)}" for about, commands in GROUPS.items()]
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

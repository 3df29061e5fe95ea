"""The `grcpush` command."""

import sys

from bot.memory import collect_seldom


def main() -> None:
    """Run the command line. Exit status: 0 done, 1 refused or partly failed, 2 wrong usage; 130 after Ctrl-C."""
    collect_seldom()
    try:
        # Loading takes a moment, in which somebody may already have thought better of it.
        from bot.cli.root import app

        app()
    except KeyboardInterrupt:
        sys.exit(130)

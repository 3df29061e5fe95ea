"""The `grcpush` command."""

from bot.cli.root import main

__all__ = ["main"]

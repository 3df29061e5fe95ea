"""`python -m bot.cli` is `grcpush`."""

from bot.cli import main

main()

"""`python -m bot.cli` is `grcpush`."""

from bot.cli.root import main

main()

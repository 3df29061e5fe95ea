"""Push requests: drafted, asked for, shown as cards, undone."""

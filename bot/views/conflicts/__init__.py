"""Views of conflicts: the thread, the form for a merge, many at once."""

"""Views of statements: lists, choosing, editing, histories."""

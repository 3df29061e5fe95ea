"""Views of push requests: preview, card, review, progress, results."""

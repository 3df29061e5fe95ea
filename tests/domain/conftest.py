"""Real statements and genuine edits, as the tests of texts have them."""

from tests.text.conftest import corpus, edits, histories, statements

__all__ = ["corpus", "edits", "histories", "statements"]

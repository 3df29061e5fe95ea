"""Searching without regard to upper and lower case, in every alphabet and alike on both databases.

SQLite's `lower` knows ASCII alone, and PostgreSQL's no more than the locale that the database was made with, which may be
C. What is searched for is known here, though: as a pattern with both forms of each letter it needs neither.
"""

import re

from sqlalchemy import ColumnElement, SQLColumnExpression, func


def holds(text: SQLColumnExpression[str], words: str) -> ColumnElement[bool]:
    """The test for texts that have these words in them."""
    if words.isascii():
        # Several times as fast, and as good.
        return func.lower(text).like(f"%{like_escaped(words.lower())}%", escape="\\")
    return text.regexp_match(_in_either_case(words))


def is_called(name: SQLColumnExpression[str], words: str) -> ColumnElement[bool]:
    """The test for names that are exactly these words."""
    if words.isascii():
        return func.lower(name) == words.lower()
    return name.regexp_match(rf"\A{_in_either_case(words)}\Z")


def like_escaped(text: str) -> str:
    """The text so that LIKE takes every character for itself; with a backslash as the escape."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _in_either_case(words: str) -> str:
    return "".join(map(_either, words))


def _either(letter: str) -> str:
    """The letter in its forms; one that becomes two as a capital, like ß, stays what it is."""
    forms = {letter, letter.lower(), letter.upper(), letter.upper().lower()}
    forms = {form for form in forms if len(form) == 1}
    return f"[{''.join(sorted(forms))}]" if len(forms) > 1 else re.escape(letter)

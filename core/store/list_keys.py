"""Where a statement stands in lists, and what it is found by.

Both are columns of the statement, written when it comes, so that an index gives out lists in their order and no query has to
join or sort. They are made by Python and not by the database: it folds every alphabet, SQLite ASCII alone, and PostgreSQL no
more than its locale, which may be C.
"""

import functools
import re
import unicodedata
from typing import Any

from sqlalchemy import ColumnElement, FunctionElement, Text, and_, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlmodel import col

from core.store.tables import StatementRow

_END = "\x1f"
"""Ends a part of the key. It sorts before whatever a name may hold, so that “Payroll” comes before “Payroll 2”."""
_AFTER_END = "\x20"
_SEARCHED_NAMES = 300
"""So many characters of names are searched. PostgreSQL takes 2,704 bytes in an entry of an index, with 200 of the text."""
_DIGITS = re.compile("[0-9]+")


def list_key(system: str, number: str) -> str:
    """The key that sorts by system, then control; numbers by their value, so that AC-2 comes before AC-10."""
    return system_key(system) + _part(number)


@functools.lru_cache(maxsize=1024)  # A pull asks for the same few systems thousands of times.
def system_key(name: str) -> str:
    """What the keys of this system begin with, whatever the case its name is written in."""
    return _part(name)


class SystemOfKey(FunctionElement[str]):
    """What the key begins with, in a query: the `system_key` of its system."""

    inherit_cache = True
    type = Text()


@compiles(SystemOfKey, "sqlite")
def _system_of_key_in_sqlite(element: SystemOfKey, compiler: SQLCompiler, **options: Any) -> str:
    key = compiler.process(element.clauses, **options)
    return f"substr({key}, 1, instr({key}, char({ord(_END)})))"


@compiles(SystemOfKey, "postgresql")
def _system_of_key_in_postgresql(element: SystemOfKey, compiler: SQLCompiler, **options: Any) -> str:
    key = compiler.process(element.clauses, **options)
    return f"split_part({key}, chr({ord(_END)}), 1) || chr({ord(_END)})"


def family_of_key(key: str) -> str:
    """The letters of the control's family, as AC."""
    return key[key.index(_END) + 1 :].partition("-")[0].removesuffix(_END).upper()


def searched_names(system: str, number: str, name: str) -> str:
    """The names that words are looked for in."""
    return folded(f"{number} {system} {name}")[:_SEARCHED_NAMES]


def folded(text: str) -> str:
    """The text as it is searched: without regard to upper and lower case, or to how an accent is put together."""
    return unicodedata.normalize("NFC", text.casefold())


def in_system(name: str) -> ColumnElement[bool]:
    """The test for statements of the system of exactly this name."""
    key = system_key(name)
    return and_(col(StatementRow.list_key) >= key, col(StatementRow.list_key) < key[:-1] + _AFTER_END)


def in_family(letters: str) -> ColumnElement[bool]:
    """The test for statements of controls like AC-2, by the letters."""
    return col(StatementRow.list_key).contains(_END + _sortable(letters + "-"), autoescape=True)


def of_control(number: str) -> ColumnElement[bool]:
    """The test for statements of the controls of exactly this number, in any system."""
    return col(StatementRow.list_key).endswith(_END + _part(number), autoescape=True)


def of_system_and_control(system: str, number: str) -> ColumnElement[bool]:
    """The test for the statements of one control."""
    return col(StatementRow.list_key) == list_key(system, number)


def has_words(words: str) -> ColumnElement[bool]:
    """The test for statements with these words in their names or at the beginning of the local text."""
    wanted = folded(words)
    return or_(
        col(StatementRow.searched_names).contains(wanted, autoescape=True),
        col(StatementRow.searched_preview).contains(wanted, autoescape=True),
    )


def _part(name: str) -> str:
    return _sortable(name) + _END


def _sortable(name: str) -> str:
    """The name so that text order is the order of people; different names give different keys, but for the case.

    An accent stands behind its letter, so that Übersicht comes after Umbau and not after Zahlung.
    """
    return _DIGITS.sub(_with_length, unicodedata.normalize("NFD", name.casefold()).replace(_END, " "))


def _with_length(digits: re.Match[str]) -> str:
    """The digits behind the length of their number: 9 is 019, and 10 is 0210."""
    return f"{len(digits[0].lstrip('0')):02}{digits[0]}"
